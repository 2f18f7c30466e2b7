import { parentPath } from "../../eval/path-name.ts";
import { joinPath } from "../../host/paths.ts";
import type { RuleContext } from "../rule.ts";

/** What a script beside the configuration gives a dataset of ZFS as its `mountpoint`. */
export interface HandMadeDataset {
  readonly mountpoint: string;
  /** The script, as the configuration names it. */
  readonly script: string;
}

/** Scripts that people keep beside a configuration, by which a machine is set up. */
const USUAL = ["install.sh", "setup.sh", "create-pools.sh", "scripts/install.sh", "scripts/create-pools.sh"];

/** A script that a comment or a text of a module names. */
const NAMED = /(?:\.{0,2}\/)?(?:[\w-]+\/)*[\w-]+\.sh\b/g;

/**
 * The `mountpoint` of datasets that a script of the workspace makes by hand: one that a module with filesystems of ZFS names,
 * or one with a usual name. What is only known when the script runs is left out, and so is what two of them say differently.
 */
export function datasetsByHand({
  host,
  program,
}: Pick<RuleContext, "host" | "program">): ReadonlyMap<string, HandMadeDataset> {
  const files = new Set(
    host.fileSystems.flatMap(({ fsType, place }) =>
      fsType.known && fsType.value === "zfs" && place !== undefined ? [place.file] : [],
    ),
  );
  const found = new Map<string, HandMadeDataset | undefined>();
  const read = new Set<string>();
  const take = (folder: string, script: string): void => {
    const path = joinPath(folder, script);
    if (read.has(path)) return;
    read.add(path);
    const { text } = host.beside(path);
    if (text === undefined) return;
    for (const [dataset, mountpoint] of mountpointsIn(text)) {
      const before = found.get(dataset);
      const differs = found.has(dataset) && before?.mountpoint !== mountpoint;
      found.set(dataset, differs ? undefined : { mountpoint, script });
    }
  };
  for (const file of files) {
    const folders = new Set([parentPath(file), parentPath(host.entry)]);
    const named = [...(program(file)?.text ?? "").matchAll(NAMED)].map(([name]) => name.replace(/^\.?\//, ""));
    for (const folder of folders) for (const script of new Set([...named, ...USUAL])) take(folder, script);
  }
  return new Map([...found].flatMap(([name, made]) => (made ? [[name, made] as const] : [])));
}

/** What the last `zfs create` or `zfs set` of each dataset says in a script; nothing where one cannot be read. */
function mountpointsIn(text: string): ReadonlyMap<string, string> {
  const points = new Map<string, string>();
  if (/\bzfs\s+(set|inherit)\b[^\n]*\bmountpoint\b[^\n]*\$/.test(text)) return points;
  for (const line of text.replace(/\\\n/g, " ").split("\n")) {
    const [, verb = "", rest = ""] = /^\s*(?:sudo\s+)?zfs\s+(create|set|inherit|rename)\s+([^;|&#]*)/.exec(line) ?? [];
    if (verb === "") continue;
    const words = rest
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/^["']|["']$/g, ""));
    const dataset = words.at(-1) ?? "";
    const own = words.map((word) => /^mountpoint=(\S+)$/.exec(word)?.[1]).find((value) => value !== undefined);
    const speaksOfIt = own !== undefined || verb === "rename" || words.includes("mountpoint");
    // A name that is only known when it runs may be any of them.
    if (speaksOfIt && (verb === "rename" || verb === "inherit" || dataset.includes("$"))) {
      if (verb !== "create") return new Map();
      continue;
    }
    if (own !== undefined && !own.includes("$") && /^[\w.-]+(\/[\w.:-]+)+$/.test(dataset)) points.set(dataset, own);
  }
  return points;
}
