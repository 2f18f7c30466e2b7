import type { OptionNode } from "../modules/option-node.ts";
import { btrbkPolicy, parseBtrbkPreserve, parseBtrbkPreserveMin } from "../shell/retention-tools.ts";
import { expand } from "./expand.ts";
import type { Keeping, Known, SnapshotJob } from "./host.ts";
import { joinPath, normalise } from "./paths.ts";
import { calendarSeconds } from "./period.ts";
import { childrenOf, nameAt, readString, readStringOrNull } from "./read-values.ts";
import { parseKnown, placesOf } from "./snapshot-keeping.ts";
import { known, notKnown } from "./verdict.ts";

/** Settings inherit from the sections around them: an instance's settings, a volume, a subvolume. */
type Sections = readonly OptionNode[];

const KEEPS = ["snapshot_preserve_min", "snapshot_preserve", "preserve_day_of_week", "preserve_hour_of_day"] as const;
/** What makes a subvolume differ from the others of its volume. */
const OWN = [...KEEPS, "snapshot_dir", "snapshot_create"];

/** The jobs of `services.btrbk.instances`: one for each volume, and one for each subvolume with settings of its own. */
export function btrbkJobs(root: OptionNode): SnapshotJob[] {
  return expand(root, ["services", "btrbk", "instances", "*"]).flatMap(({ node, names }) => {
    const settings = node.child("settings");
    const calendar = readStringOrNull(node.child("onCalendar")) ?? known("daily");
    const stopped = calendar.known && calendar.value === null;
    const period = stopped ? undefined : calendarSeconds(calendar as Known<string>);
    const volumes = expand(settings, ["volume", "*"]).map((match) => ({
      sections: [match.node, settings],
      path: normalise(match.names[0] ?? "/"),
    }));
    // btrbk also takes subvolumes by absolute path, without a volume around them.
    // What is on another host says nothing of this one.
    const local = volumes.filter(({ path }) => !/^\/?ssh:\//.test(path));
    return [{ sections: [settings], path: "/" }, ...local].flatMap(({ sections, path }) => {
      const subvolumes = childrenOf((sections[0] as OptionNode).child("subvolume"));
      const own = subvolumes.filter((child) => OWN.some((key) => child.node.child(key).isDefined() !== false));
      const alike = subvolumes.filter((child) => !own.includes(child));
      const sources = [
        ...alike.map((child) => sourceOf(path, child.name, nameAt(child.node))),
        ...plain(path, sections),
      ];
      const groups = [
        ...(sources.length > 0 ? [{ sources, sections }] : []),
        ...own.map((child) => ({
          sources: [sourceOf(path, child.name, nameAt(child.node))],
          sections: [child.node, ...sections],
        })),
      ];
      return groups.map(({ sources, sections: inner }): SnapshotJob => {
        const creates = setting(inner, "snapshot_create");
        const isOff = creates?.known && creates.value.trim() === "no";
        const directory = setting(inner, "snapshot_dir");
        return {
          tool: "btrbk",
          name: names[0] ?? "",
          place: nameAt(node),
          sources,
          directory: directory?.known ? known(within(path, directory.value), directory.place) : directory,
          period: isOff ? undefined : period,
          keeps: keepingOf(inner),
          node,
        };
      });
    });
  });
}

function sourceOf(volume: string, name: string, place: Known<string>["place"]): Known<string> {
  return known(joinPath(volume, name), place);
}

/** A single subvolume as a text, which the module writes as it is: `subvolume = "."` stands for the volume itself. */
function plain(path: string, [section]: Sections): Known<string>[] {
  const text = section && readString(section.child("subvolume"));
  return text?.known ? [sourceOf(path, text.value, text.place)] : [];
}

function keepingOf(sections: Sections): Keeping {
  const least = parseKnown(setting(sections, "snapshot_preserve_min") ?? known("all"), (text) =>
    parseBtrbkPreserveMin(text, "snapshot"),
  );
  const rules = parseKnown(setting(sections, "snapshot_preserve") ?? known("no"), parseBtrbkPreserve);
  const weekday = setting(sections, "preserve_day_of_week") ?? known("sunday");
  const hour = setting(sections, "preserve_hour_of_day") ?? known("0");
  const unknown = [least, rules, weekday, hour].find((one) => !one.known);
  const isSet = sections.some((section) => section.child("snapshot_preserve_min").isDefined() !== false);
  const policies: Keeping["policies"] =
    least.known && rules.known && weekday.known && hour.known
      ? known([{ policy: btrbkPolicy(least.value, rules.value, weekday.value, Number(hour.value)), every: undefined }])
      : notKnown(unknown?.known === false ? unknown.why : "its settings are not known", unknown?.place);
  return {
    settings: placesOf(KEEPS.flatMap((key) => sections.map((section) => section.child(key)))),
    policies,
    endless:
      least.known && least.value.kind === "all"
        ? `\`snapshot_preserve_min\` is \`all\`${isSet ? "" : ", as long as nobody sets it"}`
        : undefined,
  };
}

/** The setting of the innermost section that has it. */
function setting(sections: Sections, key: string): Known<string> | undefined {
  for (const section of sections) {
    const own = readString(section.child(key));
    if (own) return own;
  }
  return undefined;
}

function within(volume: string, directory: string): string {
  return directory.startsWith("/") ? normalise(directory) : joinPath(volume, directory);
}
