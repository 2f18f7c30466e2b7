import { offer } from "../../edits/fix-plan.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, itemNode, nameAt, readBoolean, readItems, readString, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { nearestName } from "../reading/nearest-name.ts";
import { allPools, importedPools, type MadePool } from "../reading/zfs-pools.ts";
import { defineRule, type RuleContext } from "../rule.ts";

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
    const made = allPools(host, imported);
    for (const pool of new Set(missing.map((use) => use.pool))) {
      const [first, ...others] = missing.filter((use) => use.pool === pool);
      if (!first) continue;
      const meant = made && meantPool(pool, [first, ...others], made, used);
      if (made && meant !== undefined) reportUnmade(context, [first, ...others], made, meant);
      else reportUnimported(context, [first, ...others], made);
    }
  },
});

/** A pool that is there, and that nobody imports. */
function reportUnimported(
  context: RuleContext,
  [first, ...others]: readonly [Use, ...Use[]],
  made: readonly MadePool[] | undefined,
): void {
  const { pool, place } = first;
  const isByHand = made?.every(({ name }) => name !== pool) === true;
  context.report({
    at: place,
    message: `Nothing imports the pool \`${pool}\` at boot: ${isByHand ? `disko does not make it, no filesystem of the type zfs is on it,` : "no filesystem is on it,"} and \`boot.zfs.extraPools\` does not name it. After every reboot it is missing for ${usersOf([first, ...others])} until somebody imports it by hand.`,
    help: `Add it: boot.zfs.extraPools = [ "${pool}" ]; ${isByHand ? 'or mount a dataset of it with fileSystems (fsType = "zfs"), which imports it as well; ' : ""}leave it as it is if the pool is on a disk that is plugged in now and then${isByHand ? ", and name another one if there is none of this name" : ""}.`,
    related: alsoNamed(others),
    fixes: () =>
      offer(appendToListOption(context, ["boot", "zfs", "extraPools"], [`"${pool}"`]), {
        title: `Import ${pool} at boot`,
        // A pool whose disks are not there holds up the boot.
        safety: "unsafe",
      }),
  });
}

/** The pool that a name of none was to stand for: one that is called nearly so, or the only one that the same jobs leave out. */
function meantPool(
  pool: string,
  uses: readonly Use[],
  made: readonly MadePool[],
  used: readonly Use[],
): string | undefined {
  const names = made.map(({ name }) => name);
  if (names.includes(pool)) return undefined;
  const by = new Set(uses.map((use) => use.by));
  const leftOut = names.filter((name) => !used.some((use) => use.pool === name && by.has(use.by)));
  return nearestName(pool, names) ?? (leftOut.length === 1 ? leftOut[0] : undefined);
}

/** A name of no pool: an import of it would wait at every boot for disks that are not there. */
function reportUnmade(
  context: RuleContext,
  [first, ...others]: readonly [Use, ...Use[]],
  made: readonly MadePool[],
  meant: string,
): void {
  const { pool, place } = first;
  const names = made.map(({ name }) => name);
  context.report({
    at: place,
    message: `No pool \`${pool}\` here: disko makes ${inWords(names.map((name) => `\`${name}\``))}, and no filesystem is on another. For ${usersOf([first, ...others])} it is missing every time.`,
    help: `Name \`${meant}\`, if that is what it was to be; a pool that is made by hand, on a disk that stays plugged in, belongs in boot.zfs.extraPools.`,
    related: [
      ...alsoNamed(others),
      ...made.slice(0, 3).map((one) => ({ place: one.place, message: `disko makes \`${one.name}\`` })),
    ],
  });
}

function usersOf(uses: readonly Use[]): string {
  return inWords([...new Set(uses.map(({ by }) => by))]);
}

function inWords(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

function alsoNamed(uses: readonly Use[]) {
  return uses.slice(0, 3).map(({ pool, place }) => ({ place, message: `\`${pool}\` is named here as well` }));
}

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
