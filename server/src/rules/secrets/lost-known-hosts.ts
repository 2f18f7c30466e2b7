import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, nameAt, openOf, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { textsBelow } from "../reading/option-texts.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type Severity } from "../rule.ts";

/** A backup over ssh that knows the other side by a file which is lost, so that nobody is there to say yes. */
export const lostKnownHosts = defineRule({
  code: "IMP805",
  name: "lost-known-hosts",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    if (isStateless(host) || knowsHosts(host)) return;
    for (const { option, file, place, severity } of jobsOverSsh(host)) {
      const loss = uncoveredLoss(host, file);
      if (loss.lost !== "yes") continue;
      report({
        at: place,
        severity,
        message: `\`${option}\` goes over ssh, and the other side's key is known in \`${file}\` alone, ${whereInWords(loss)}. It ${lossInWords(loss)}: then ssh asks whether the host is the right one, nobody answers, and the job fails ("Host key verification failed").`,
        help: 'Declare the key: programs.ssh.knownHosts."host.example.org".publicKey = "ssh-ed25519 …"; a port other than 22 is written "[host.example.org]:23".',
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
      });
    }
  },
});

interface Job {
  readonly option: string;
  readonly file: string;
  readonly place: Place | undefined;
  readonly severity: Severity;
}

/** Whether the configuration says which keys other hosts have, or that any will do. */
function knowsHosts(host: Host): boolean {
  const { config } = host;
  const ssh = config.at("programs", "ssh");
  // The older name of the option is that of the service.
  const declared = [
    ssh.child("knownHosts"),
    ssh.child("knownHostsFiles"),
    config.at("services", "openssh", "knownHosts"),
  ];
  if (declared.some((node) => node.isDefined() !== false)) return true;
  const etc = config.at("environment", "etc");
  if (["ssh/ssh_known_hosts", "ssh/ssh_config"].some((name) => etc.child(name).isDefined() !== false)) return true;
  if (
    tmpfilesRules(host).some(
      ({ path, argument }) => SAID.test(argument ?? "") || /\/\.ssh\/(config|known_hosts)$/.test(path),
    )
  )
    return true;
  if (host.scripts.some(({ text }) => SAID.test(text))) return true;
  const extra = ssh.child("extraConfig").isDefined() === false ? undefined : readString(ssh.child("extraConfig"));
  return extra !== undefined && (!extra.known || SAID.test(extra.value));
}

const SAID = /StrictHostKeyChecking|KnownHosts(File|Command)|HostKeyAlias/i;
/** An address as ssh, borg, restic, btrbk and rsync take it. */
const OVER_SSH = /^(ssh:\/\/|sftp:)|^[\w.-]+@[\w.-]+:/;

/** Jobs of tools that call ssh without a terminal, with the file in which their account knows hosts. */
function jobsOverSsh({ config }: Host): Job[] {
  const services = config.child("services");
  const roots = "/root/.ssh/known_hosts";
  return [
    ...jobs(services.at("borgbackup", "jobs"), ["repo"], roots),
    ...jobs(services.at("restic", "backups"), ["repository"], roots),
    ...syncoidCommands(services.child("syncoid")),
    ...childrenOf(services.at("btrbk", "instances")).flatMap(({ node, certain }) =>
      certain.answer === "yes" ? btrbkJob(node) : [],
    ),
  ];
}

function jobs(group: OptionNode, names: readonly string[], file: string): Job[] {
  if (group.isDefined() === false) return [];
  return childrenOf(group).flatMap(({ node, certain }): Job[] => {
    const texts = certain.answer === "yes" ? textsBelow(node) : [];
    const address = texts.find(({ text, option }) => names.includes(option.at(-1) ?? "") && OVER_SSH.test(text));
    const user = node.child("user").isDefined() === false ? undefined : readString(node.child("user"));
    if (!address || (user && (!user.known || user.value !== "root"))) return [];
    if (texts.some(({ text }) => SAID.test(text) || /^rclone:/.test(text))) return [];
    return [{ option: node.path.join("."), file, place: address.place, severity: "warning" }];
  });
}

/** The commands of syncoid to or from another host, with the home that the module gives their account. */
function syncoidCommands(group: OptionNode): Job[] {
  const enabled = readBoolean(group.child("enable"));
  const user = group.child("user").isDefined() === false ? undefined : readString(group.child("user"));
  if (!enabled?.known || !enabled.value || (user && !user.known)) return [];
  const account = user?.value ?? "syncoid";
  const home = account === "syncoid" ? "/var/lib/syncoid" : account === "root" ? "/root" : undefined;
  const common = readTexts(group.child("commonArgs"));
  if (home === undefined || common.open.length > 0 || common.texts.some(({ text }) => SAID.test(text))) return [];
  return childrenOf(group.child("commands")).flatMap(({ name, node, certain }): Job[] => {
    const texts = certain.answer === "yes" && openOf(node) === undefined ? textsBelow(node) : [];
    if (texts.some(({ text }) => SAID.test(text)) || readTexts(node.child("extraArgs")).open.length > 0) return [];
    const address = texts.find(
      ({ text, option }) => /^(target|source)$/.test(option.at(-1) ?? "") && REMOTE_DATASET.test(text),
    );
    const place = address?.place ?? (REMOTE_DATASET.test(name) ? nameAt(node) : undefined);
    if (!place || certain.answer !== "yes") return [];
    return [{ option: node.path.join("."), file: `${home}/.ssh/known_hosts`, place, severity: "warning" }];
  });
}

/** A dataset on another host, as syncoid takes it. */
const REMOTE_DATASET = /^(?:[\w.-]+@)?[\w.-]+:\w/;

/** btrbk names its targets in the names of sets: `target."ssh://host/path"`. */
function btrbkJob(instance: OptionNode): Job[] {
  const settings = instance.child("settings");
  const found = addressIn(settings, 0);
  const option = settings.child("ssh_extra_options");
  if (!found || option.isDefined() !== false) return [];
  // The account's own configuration of ssh, made by hand, may say it as well.
  return [
    {
      ...{ option: instance.path.join("."), file: "/var/lib/btrbk/.ssh/known_hosts", place: found.place },
      severity: "information",
    },
  ];
}

function addressIn(node: OptionNode, depth: number): { readonly place: Place | undefined } | undefined {
  const text = textsBelow(node).find((one) => /^(\S+\s+)?ssh:\/\//.test(one.text));
  if (text) return { place: text.place };
  for (const { name, node: child } of depth < 6 ? childrenOf(node) : []) {
    if (/^(\S+\s+)?ssh:\/\//.test(name)) return { place: nameAt(child) };
    const inner = child.names().length > 0 ? addressIn(child, depth + 1) : undefined;
    if (inner) return inner;
  }
  return undefined;
}
