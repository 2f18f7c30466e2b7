import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, itemNode, nameAt, readBoolean, readItems, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { importedPools } from "../reading/zfs-pools.ts";
import { defineRule } from "../rule.ts";

/** A job works on a pool of ZFS that nothing imports at boot. */
export const unimportedPool = defineRule({
  code: "IMP323",
  name: "unimported-pool",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const used = usedPools(host);
    if (used.length === 0) return;
    const imported = importedPools(host);
    // Without any the host may be one whose hardware is configured elsewhere.
    if (!imported || imported.size === 0) return;
    const missing = used.filter(({ pool }) => !imported.has(pool));
    for (const pool of new Set(missing.map((use) => use.pool))) {
      const [first, ...others] = missing.filter((use) => use.pool === pool);
      if (!first) continue;
      const users = [...new Set([first, ...others].map(({ by }) => by))];
      context.report({
        at: first.place,
        message: `Nothing imports the pool \`${pool}\` at boot: no filesystem is on it, and \`boot.zfs.extraPools\` does not name it. After every reboot it is missing for ${users.join(" and ")} until somebody imports it by hand.`,
        help: `Add it: boot.zfs.extraPools = [ "${pool}" ]; leave it as it is if the pool is on a disk that is plugged in now and then.`,
        related: others.slice(0, 3).map(({ place }) => ({ place, message: `\`${pool}\` is named here as well` })),
        fixes: () =>
          offer(appendToListOption(context, ["boot", "zfs", "extraPools"], [`"${pool}"`]), {
            title: `Import ${pool} at boot`,
            // A pool whose disks are not there holds up the boot.
            safety: "unsafe",
          }),
      });
    }
  },
});

interface Use {
  readonly pool: string;
  /** What uses it, for the end of a sentence. */
  readonly by: string;
  readonly place: Place | undefined;
}

function usedPools({ config }: Host): Use[] {
  return [
    ...scrubbed(config.at("services", "zfs", "autoScrub")),
    ...replicated(config.at("services", "zrepl")),
    ...taken(config.at("services", "sanoid")),
    ...sent(config.at("services", "syncoid")),
  ];
}

function isOn(node: OptionNode): boolean {
  const flag = readBoolean(node.child("enable"));
  return flag?.known === true && flag.value;
}

function scrubbed(scrub: OptionNode): Use[] {
  if (!isOn(scrub)) return [];
  return readTexts(scrub.child("pools")).texts.flatMap(({ text, place, certain }) =>
    certain.answer === "yes" ? useOf(text, "the scrub", place) : [],
  );
}

/** The root of what a sink receives, and the filesystems of jobs that the host itself has. */
function replicated(zrepl: OptionNode): Use[] {
  if (!isOn(zrepl)) return [];
  return readItems(zrepl.at("settings", "jobs")).items.flatMap((item) => {
    if (item.certain.answer !== "yes") return [];
    const job = itemNode(item, []);
    const root = readString(job.child("root_fs"));
    const filesystems = childrenOf(job.child("filesystems")).filter(({ node }) => node.value() === true);
    return [
      ...(root?.known ? useOf(root.value, "zrepl", root.place) : []),
      ...filesystems.flatMap(({ name, node }) => useOf(name.replace(/<$/, ""), "zrepl", nameAt(node))),
    ];
  });
}

function taken(sanoid: OptionNode): Use[] {
  if (!isOn(sanoid)) return [];
  return childrenOf(sanoid.child("datasets")).flatMap(({ name, node, certain }) =>
    certain.answer === "yes" ? useOf(name, "sanoid", nameAt(node)) : [],
  );
}

/** Datasets of other machines have a colon in their names. */
function sent(syncoid: OptionNode): Use[] {
  if (!isOn(syncoid)) return [];
  return childrenOf(syncoid.child("commands")).flatMap(({ name, node, certain }) => {
    if (certain.answer !== "yes") return [];
    const source = readString(node.child("source"));
    const target = readString(node.child("target"));
    return [
      ...(source
        ? source.known
          ? useOf(source.value, "syncoid", source.place)
          : []
        : useOf(name, "syncoid", nameAt(node))),
      ...(target?.known ? useOf(target.value, "syncoid", target.place) : []),
    ];
  });
}

function useOf(dataset: string, by: string, place: Place | undefined): Use[] {
  const pool = /^([A-Za-z][\w.-]*)(\/[\w./ -]*)?$/.exec(dataset)?.[1];
  return pool === undefined ? [] : [{ pool, by, place }];
}
