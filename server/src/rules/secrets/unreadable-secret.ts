import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Host, Unit } from "../../host/host.ts";
import { isAtOrBelow } from "../../host/paths.ts";
import { childrenOf, isNamed, readBoolean, readString } from "../../host/read-values.ts";
import { type AccountText, readersOfUnits } from "../reading/account-texts.ts";
import { runningUnits } from "../reading/data-paths.ts";
import { type DeclaredSecret, declaredSecrets } from "../reading/declared-secrets.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { serviceTexts, textsBelow } from "../reading/option-texts.ts";
import { defineRule } from "../rule.ts";

/** A secret that belongs to root, and that an account reads which is not root. */
export const unreadableSecret = defineRule({
  code: "IMP811",
  name: "unreadable-secret",
  group: "secrets",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const secrets = declaredSecrets(host).filter((secret) => secret.path?.known && isPrivate(secret));
    if (secrets.length === 0) return;
    const said = new Set<string>();
    const readers: readonly Reader[] = [...ofServices(host), ...ofNetworkd(host), ...ofUnits(host), ...ofPersons(host)];
    for (const { text, account, by, place, isDynamic, rootOf } of readers) {
      for (const secret of secrets) {
        const path = secret.path?.known ? secret.path.value : "";
        const { tool, name, owner } = secret;
        if (!owner.known || owner.value === account || !names(text, path) || said.has(`${path} ${account}`)) continue;
        said.add(`${path} ${account}`);
        const option = [tool === "agenix" ? "age" : "sops", "secrets", name, "owner"];
        const isHidden = rootOf !== undefined && !rootOf.shows.some((shown) => isAtOrBelow(path, shown));
        const isOpen = secret.node.child("owner").isDefined() === false && !isDynamic && !isForUsers(secret);
        context.report({
          at: place,
          message: isHidden
            ? `${by} is \`${path}\`, and its units have a root of their own (RootDirectory) that shows only ${rootOf.shows.map((shown) => `\`${shown}\``).join(", ")}: "No such file or directory". There \`${account}\` could not read it either, for the secret belongs to ${owner.value === "0" ? "root" : owner.value}.`
            : `${by} reads \`${path}\` as \`${account}\`, and the secret belongs to ${owner.value === "0" ? "root" : owner.value}, who alone may read it (${tool} hands it out with the mode 0400 where nothing says another). It fails with "Permission denied".`,
          help: isHidden
            ? `Leave the secret at its own path below /run, and set ${option.slice(0, 2).join(".")}.${quoted(name)}.owner = "${account}".`
            : isDynamic
              ? "Let systemd hand the file over, which reads it as root: LoadCredential, with the path below $CREDENTIALS_DIRECTORY."
              : `Set ${option.slice(0, 2).join(".")}.${quoted(name)}.owner = "${account}".`,
          related: [{ place: secret.place, message: "the secret is declared here" }],
          fixes: () =>
            isOpen && !isHidden
              ? offer(setOption(context, option, `"${account}"`), {
                  title: `Give the secret to ${account}`,
                  safety: "safe",
                  preferred: true,
                })
              : [],
        });
      }
    }
  },
});

function quoted(name: string): string {
  return /^[A-Za-z_][\w'-]*$/.test(name) ? name : `"${name}"`;
}

function isForUsers({ tool, isEarly }: DeclaredSecret): boolean {
  return tool === "sops-nix" && (!isEarly.known || isEarly.value);
}

/** Whether only its owner may read it. */
function isPrivate({ node }: DeclaredSecret): boolean {
  const mode = readString(node.child("mode"));
  if (mode && !mode.known) return false;
  const bits = mode?.known ? mode.value : "0400";
  if (!/^[0-7]{3,4}$/.test(bits) || Number(bits.at(-1)) & 4) return false;
  const hasGroup = ["group", "gid"].some((name) => node.child(name).isDefined() !== false);
  return !hasGroup || (Number(bits.at(-2)) & 4) === 0;
}

/** Whether a text has the path in it, and not one of which that is only the start. */
function names(text: string, path: string): boolean {
  const at = text.indexOf(path);
  return at >= 0 && !/[\w./-]/.test(text[at + path.length] ?? "") && !/\b(sudo|doas|pkexec|run0)\b/.test(text);
}

interface ServiceReader {
  readonly option: RegExp;
  /** The option that names the account, and what it is by default; `*` stands for the instance. */
  readonly user?: string;
  readonly account: string;
  /** What the text has to be. */
  readonly text?: RegExp;
  /** What is seen of the system in the root that its units have of their own, and how the units begin. */
  readonly rootOf?: { readonly units: string; readonly shows: readonly string[] };
}

/** Options of NixOS whose files the service itself opens, under its own account; read in the modules. */
const READERS: readonly ServiceReader[] = [
  { option: /^services\.grafana\.settings\./, text: /\$__file\{/, account: "grafana" },
  { option: /^services\.matrix-synapse\.(extraConfigFiles|settings\..*_path)$/, account: "matrix-synapse" },
  { option: /^services\.radicale\.settings\.auth\.htpasswd_filename$/, account: "radicale" },
  { option: /^services\.knot\.keyFiles$/, account: "knot" },
  { option: /^services\.btrbk\.instances\..*\.ssh_identity$/, account: "btrbk" },
  {
    option: /^services\.nginx\.virtualHosts\..*\.basicAuthFile$/,
    user: "services.nginx.user",
    account: "nginx",
  },
  {
    option: /^services\.syncoid\.(commands\..*\.)?sshKey$/,
    user: "services.syncoid.user",
    account: "syncoid",
    rootOf: { units: "syncoid-", shows: ["/nix/store", "/etc", "/run", "/var/lib/syncoid"] },
  },
  {
    option: /^services\.restic\.backups\.(.+)\.(passwordFile|repositoryFile|rcloneConfigFile)$/,
    user: "services.restic.backups.*.user",
    account: "root",
  },
  {
    option:
      /^services\.prometheus\.(scrapeConfigs|remoteWrite|remoteRead|alertmanagers)\..*(password|credentials|bearer_token|client_secret)_file$|^services\.prometheus\.(scrapeConfigs|remoteWrite|remoteRead|alertmanagers)\.(password|credentials|bearer_token)_file$/,
    account: "prometheus",
  },
];

interface Reader extends AccountText {
  readonly rootOf?: ServiceReader["rootOf"];
}

function ofServices(host: Host): Reader[] {
  return serviceTexts(host).flatMap(({ text, option, place }): Reader[] => {
    const name = option.join(".");
    const reader = READERS.find((one) => one.option.test(name) && (one.text?.test(text) ?? true));
    if (!reader || !text.includes("/")) return [];
    const instance = reader.option.exec(name)?.[1] ?? "";
    const user = reader.user?.split(".").map((part) => (part === "*" ? instance : part));
    const set = user && readString(host.config.at(...user));
    if (set && !set.known) return [];
    const account = set?.value ?? reader.account;
    const { rootOf } = reader;
    // Somebody may have shown it more.
    const isOwn = rootOf && !host.units.some((unit) => unit.name.startsWith(rootOf.units) && showsMore(unit));
    return account === "root" ? [] : [{ text, account, by: `\`${name}\``, place, ...(isOwn ? { rootOf } : {}) }];
  });
}

function showsMore({ node }: Unit): boolean {
  return (
    isNamed(node, "serviceConfig") &&
    ["RootDirectory", "BindPaths", "BindReadOnlyPaths"].some((name) => isNamed(node.child("serviceConfig"), name))
  );
}

/** Keys of network devices, which networkd opens under its own account (systemd.netdev(5)). */
function ofNetworkd({ config }: Host): AccountText[] {
  const network = config.at("systemd", "network");
  const switches = [network.child("enable"), config.at("networking", "useNetworkd")].map(readBoolean);
  if (!switches.some((one) => one?.known === true && one.value)) return [];
  // It may be given another account or credentials there.
  if (isNamed(config.at("systemd", "services"), "systemd-networkd")) return [];
  return textsBelow(network.child("netdevs"))
    .filter(({ option }) => /^(PrivateKey|PresharedKey|Key)File$/.test(option.at(-1) ?? ""))
    .map(({ text, option, place }) => ({ text, account: "systemd-network", by: `\`${option.join(".")}\``, place }));
}

/** Own services that run under an account. */
function ofUnits(host: Host): readonly AccountText[] {
  return readersOfUnits(runningUnits(host.units));
}

/** What persons' own programs are told by home-manager. */
function ofPersons(host: Host): AccountText[] {
  return normalUsers(host).flatMap(({ name }) => {
    const own = host.config.at("home-manager", "users", name);
    if (own.isDefined() === false) return [];
    return ["programs", "services", "systemd", "home", "xdg", "accounts"].flatMap((group) =>
      childrenOf(own.child(group))
        .filter(
          ({ name: part, certain }) =>
            certain.answer === "yes" && !/^(packages|activation|persistence|file|configFile)$/.test(part),
        )
        .flatMap(({ node }) => [...textsBelow(node), ...ownText(node)])
        .map(({ text, option, place }) => ({
          text,
          account: name,
          by: `\`${option.slice(3).join(".")}\` of ${name}`,
          place,
        })),
    );
  });
}

/** The text that an option holds itself. */
function ownText(node: Host["config"]) {
  if (node.names().length > 0) return [];
  const text = readString(node);
  return text?.known ? [{ text: text.value, option: node.path, place: text.place }] : [];
}
