import type { Colors } from "./pretty.ts";
import { printableData } from "./printable.ts";
import type { FactsJson } from "./schema.ts";

/** The facts of a host as a person reads them. */
export function factsText(given: FactsJson, paint: Colors): string {
  const facts = printableData(given);
  const sections = [
    [paint.bold(facts.host), paint.dim(facts.entry), `root: ${root(facts)}`].join("  "),
    section("Reached as", reach(facts), paint),
    section("Filesystems", fileSystems(facts), paint),
    ...facts.stores.map((store) =>
      section(`Store ${store.path ?? "(path unknown)"} (${store.module})`, storeLines(store), paint),
    ),
    section("Services with state", services(facts, paint), paint),
    section("Snapshots", snapshots(facts), paint),
    section(
      "Calendars",
      facts.timers.map(({ option, calendar }) => `${option}  ${calendar.value ?? `unknown: ${calendar.why}`}`),
      paint,
    ),
    section("Not known", facts.incomplete, paint),
    section("Statistics", statistics(facts), paint),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function section(title: string, lines: readonly string[], paint: Colors): string {
  return lines.length === 0 ? "" : [paint.bold(title), ...lines.map((line) => `  ${line}`)].join("\n");
}

function root({ ephemeralRoot }: FactsJson): string {
  switch (ephemeralRoot.kind) {
    case "tmpfs":
      return "tmpfs, empty at every boot";
    case "declared":
      return "empty at every boot, as impermanence.json says";
    case "rollback": {
      const when =
        ephemeralRoot.runs === "yes"
          ? "at every boot"
          : ephemeralRoot.runs === "no"
            ? "never, its unit does not run"
            : "perhaps";
      return `${ephemeralRoot.technique} rollback of ${ephemeralRoot.wipes?.join(", ") || "?"}, ${when}`;
    }
    case "none":
      return "nothing empties it";
    case "unknown":
      return `cannot tell, because ${ephemeralRoot.why}`;
  }
}

function statistics({ statistics }: FactsJson): string[] {
  if (!statistics) return [];
  const { files, steps, heapBytes, missing } = statistics;
  const functions = Object.entries(missing).map(([name, times]) => `${name} (${times}×)`);
  return [
    `files read  ${files}`,
    `steps  ${steps}`,
    `memory  ${Math.round(heapBytes / 2 ** 20)} MB`,
    `functions of lib that are not known here  ${functions.join(", ") || "none"}`,
  ];
}

/** Name, platform and addresses; nothing when the configuration gives none of them. */
function reach({ system, hostName, targets }: FactsJson): string[] {
  const names = [
    ...(hostName.value === null ? [] : [`host name  ${hostName.value}`]),
    ...(system.value === null ? [] : [`platform  ${system.value}`]),
  ];
  return [
    ...names,
    ...targets.map(
      ({ address, user, port, from }) =>
        `target  ${user === null ? "" : `${user}@`}${address}${port === null ? "" : `, port ${port}`}  (${from})`,
    ),
  ];
}

function fileSystems(facts: FactsJson): string[] {
  return Object.entries(facts.fileSystems).map(([mountpoint, fs]) => {
    const parts = [mountpoint, fs.fsType ?? "?", fs.device ?? "?", fs.options.join(",")];
    if (fs.neededForBoot) parts.push("neededForBoot");
    if (fs.certainty !== "yes") parts.push(`(${fs.certainty === "no" ? "absent" : "perhaps"})`);
    return parts.filter((part) => part !== "").join("  ");
  });
}

function storeLines(store: FactsJson["stores"][number]): string[] {
  const line = (kind: string) => (entry: FactsJson["stores"][number]["files"][number]) => {
    const rights = [entry.user, entry.group].filter((part) => part !== null).join(":");
    const certainty = entry.certainty === "yes" ? "" : `  (${entry.certainty}${entry.why ? `: ${entry.why}` : ""})`;
    return [kind, entry.path, rights, entry.mode ?? ""].filter((part) => part !== "").join("  ") + certainty;
  };
  const both = (from: {
    directories: FactsJson["stores"][number]["files"];
    files: FactsJson["stores"][number]["files"];
  }) => [...from.directories.map(line("dir ")), ...from.files.map(line("file"))];
  return [
    ...both(store),
    ...Object.values(store.users).flatMap(both),
    ...store.incomplete.map((why) => `perhaps more: ${why}`),
  ];
}

function services(facts: FactsJson, paint: Colors): string[] {
  return facts.services.flatMap((service) =>
    service.state.map(({ path, fate, by, why }) => {
      const mark =
        fate === "yes" ? paint.green("kept") : fate === "no" ? paint.red("lost") : paint.yellow("cannot tell");
      return `${service.enable}  ${path}  ${mark}: ${by}${why ? ` (${why})` : ""}`;
    }),
  );
}

function snapshots(facts: FactsJson): string[] {
  return facts.snapshotJobs.map((job) => {
    const sources = job.sources.map((source) => source ?? "(not known)").join(", ");
    // A policy of the host's own modules names neither; its scripts are jobs of their own.
    const what = sources ? `: ${sources}` : "";
    return `${job.tool} ${job.name}${what}${job.directory === null ? "" : `${what ? "" : ":"} to ${job.directory}`}`;
  });
}
