import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import { type DatasetJob, datasetJobs, takesDataset } from "../../host/dataset-jobs.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, openOf, readBoolean, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { defineRule } from "../rule.ts";

/** An encrypted dataset that is sent in clear text to another machine, or to a pool that is not encrypted. */
export const plainSendOfEncrypted = defineRule({
  code: "IMP654",
  name: "plain-send-of-encrypted",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const jobs = datasetJobs(host.config).filter(({ kind, tool }) => kind === "send" && tool !== "sanoid");
    if (jobs.length === 0) return;
    const encrypted = encryptedDatasets(host);
    for (const job of jobs) {
      if (job.open !== undefined) continue;
      const target = job.tool === "syncoid" ? plainTarget(host, job) : plainPush(job);
      const taken = target === undefined ? [] : encrypted.filter(({ name }) => takesDataset(job, name));
      const [first] = taken;
      if (!first || target === undefined) continue;
      const several = taken.length > 1 ? ` and ${taken.length - 1} more` : "";
      const option = [...job.node.path, "sendOptions"];
      report({
        at: job.place,
        message: `\`${first.name}\`${several} ${several ? "are" : "is"} encrypted, and \`${job.name}\` sends ${several ? "them" : "it"} without the raw flag: ZFS decrypts what it sends, and ${target} has the files in clear text${target.startsWith("the pool") ? "" : ", or under a key of its own"}.`,
        help:
          job.tool === "syncoid"
            ? `Send raw: services.syncoid.commands.${quoted(job.name)}.sendOptions = "w". What was sent plain before cannot be continued raw: the first raw run needs a new dataset on the other side.`
            : "Send raw: send.encrypted = true in the job. What was sent plain before cannot be continued raw: the first raw run needs a new dataset on the other side.",
        related: [{ place: first.place, message: `\`${first.name}\` is encrypted here` }],
        fixes: () =>
          job.tool === "syncoid" && !isNamed(job.node, "sendOptions")
            ? offer(setOption(context, option, '"w"'), {
                title: 'Send it raw (sendOptions = "w")',
                safety: "unsafe",
                preferred: true,
                note: "If it was sent plain before, the first raw run needs a new dataset on the other side.",
              })
            : [],
      });
    }
  },
});

/** The other machine or the pool in clear text, where syncoid sends to one and certainly not raw. Source of truth: syncoid.nix of nixpkgs, zfs-send(8). */
function plainTarget({ config }: Host, { node }: DatasetJob): string | undefined {
  const target = readString(node.child("target"));
  const host = target?.known ? /^(?:[^@/:]+@)?([^/:]+):/.exec(target.value)?.[1] : undefined;
  const own = target?.known && host === undefined ? plainPool(config, target.value) : undefined;
  if (own === undefined && (host === undefined || /^(localhost|127\.0\.0\.1|::1)$/.test(host))) return undefined;
  const send = readString(node.child("sendOptions"));
  const receive = readString(node.child("recvOptions"));
  if (send?.known === false || receive?.known === false) return undefined;
  if (send && /(^|\s)\w*w\w*(\s|$)|raw/.test(send.value)) return undefined;
  // The other side encrypts it anew, which is a decision.
  if (receive && /encryption|encryptionroot/.test(receive.value)) return undefined;
  const flags = [node.child("extraArgs"), config.at("services", "syncoid", "commonArgs")].map((list) =>
    readTexts(list),
  );
  if (
    flags.some(
      ({ open, texts }) => open.length > 0 || texts.some(({ text }) => /sendoptions|recvoptions|encrypt/.test(text)),
    )
  )
    return undefined;
  return own === undefined ? `\`${host}\`` : `the pool \`${own}\`, which is not encrypted,`;
}

/** The pool of a dataset, where disko makes it and nothing on the way to the dataset is encrypted. */
function plainPool(config: OptionNode, dataset: string): string | undefined {
  const [pool = ""] = dataset.split("/");
  const zpool = config.at("disko", "devices", "zpool");
  if (!isNamed(zpool, pool)) return undefined;
  const node = zpool.child(pool);
  const sets = node.child("datasets");
  if (openOf(node) || openOf(sets) || encryptionOf(node.child("rootFsOptions")) !== undefined) return undefined;
  const around = childrenOf(sets).filter(({ name }) => `${dataset}/`.startsWith(`${pool}/${name}/`));
  return around.some((one) => encryptionOf(one.node.child("options")) !== undefined) ? undefined : pool;
}

/** zrepl's jobs that push to another machine, or let another one pull, without `send.encrypted` or `send.raw`. */
function plainPush({ node }: DatasetJob): string | undefined {
  const send = node.child("send");
  if (openOf(node) || openOf(send)) return undefined;
  for (const name of ["encrypted", "raw"]) {
    const flag = isNamed(send, name) ? readBoolean(send.child(name)) : undefined;
    if (flag && (!flag.known || flag.value)) return undefined;
  }
  const kind = readString(node.at("connect", "type")) ?? readString(node.at("serve", "type"));
  return kind?.known && /^(tcp|tls|ssh\+stdinserver|stdinserver)$/.test(kind.value) ? "the other machine" : undefined;
}

interface EncryptedDataset {
  readonly name: string;
  readonly place: Place | undefined;
}

/** The datasets that disko makes encrypted, by their own options or by those of a dataset around them. */
function encryptedDatasets({ config }: Host): readonly EncryptedDataset[] {
  return childrenOf(config.at("disko", "devices", "zpool")).flatMap(({ name: pool, node, certain }) => {
    if (certain.answer !== "yes") return [];
    const root = encryptionOf(node.child("rootFsOptions"));
    const own = childrenOf(node.child("datasets")).flatMap((one) =>
      one.certain.answer === "yes"
        ? [{ name: `${pool}/${one.name}`, encryption: encryptionOf(one.node.child("options")) }]
        : [],
    );
    const all = [{ name: pool, encryption: root }, ...own];
    return all.flatMap(({ name }): EncryptedDataset[] => {
      const around = all
        .filter((one) => one.encryption !== undefined && `${name}/`.startsWith(`${one.name}/`))
        .sort((a, b) => b.name.length - a.name.length)[0];
      return around?.encryption?.isOn === true ? [{ name, place: around.encryption.place }] : [];
    });
  });
}

function encryptionOf(
  options: OptionNode,
): { readonly isOn: boolean | undefined; readonly place: Place | undefined } | undefined {
  if (options.isDefined() === false || !isNamed(options, "encryption")) return undefined;
  const text = readString(options.child("encryption"));
  return { isOn: text?.known ? text.value !== "off" : undefined, place: text?.place };
}

function quoted(name: string): string {
  return /^[A-Za-z_][\w'-]*$/.test(name) ? name : `"${name}"`;
}
