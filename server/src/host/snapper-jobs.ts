import type { OptionNode } from "../modules/option-node.ts";
import { parseSnapperLimit, SNAPPER_LIMITS, snapperPolicy } from "../shell/retention-tools.ts";
import { expand } from "./expand.ts";
import type { Keeping, Known, SnapshotJob } from "./host.ts";
import { joinPath } from "./paths.ts";
import { calendarSeconds } from "./period.ts";
import { nameAt, readBoolean, readString } from "./read-values.ts";
import { numberOf, placesOf } from "./snapshot-keeping.ts";
import { known, notKnown } from "./verdict.ts";

/** Seconds below which snapper's cleanup leaves a snapshot alone, unless TIMELINE_MIN_AGE says otherwise. */
const MINIMUM_AGE = 3600;

/** The jobs of `services.snapper.configs`. */
export function snapperJobs(root: OptionNode): SnapshotJob[] {
  const interval = readString(root.at("services", "snapper", "snapshotInterval")) ?? known("hourly");
  return expand(root, ["services", "snapper", "configs", "*"]).map(({ node, names }) => {
    const source = readString(node.child("SUBVOLUME"));
    const timeline = readBoolean(node.child("TIMELINE_CREATE"));
    return {
      tool: "snapper",
      name: names[0] ?? "",
      place: nameAt(node),
      sources: source ? [source] : [],
      directory: source?.known ? known(joinPath(source.value, ".snapshots"), source.place) : source,
      period: timeline?.known && !timeline.value ? undefined : timeline ? calendarSeconds(interval) : undefined,
      keeps: timeline?.known && timeline.value ? keepingOf(node) : undefined,
      node,
    };
  });
}

function keepingOf(node: OptionNode): Keeping {
  const clean = readBoolean(node.child("TIMELINE_CLEANUP")) ?? known(false);
  const options = SNAPPER_LIMITS.map(([key]) => node.child(`TIMELINE_LIMIT_${key}`));
  const least = node.child("TIMELINE_MIN_AGE");
  const limits = SNAPPER_LIMITS.map(([, , usual], index) => limitOf(options[index] as OptionNode, usual));
  const minimum = numberOf(least) ?? known(MINIMUM_AGE);
  const unknown = [clean, minimum, ...limits].find((one) => !one.known);
  const policy = snapperPolicy(
    limits.map((limit) => (limit.known ? limit.value : 0)),
    minimum.known ? minimum.value : 0,
  );
  const keepsAll = clean.known && !clean.value;
  return {
    settings: placesOf([...options, least, node.child("TIMELINE_CLEANUP"), node.child("TIMELINE_CREATE")]),
    policies:
      unknown?.known === false && !keepsAll
        ? notKnown(unknown.why, unknown.place)
        : known([
            { policy: keepsAll ? { ...policy, youngerThan: Number.POSITIVE_INFINITY } : policy, every: undefined },
          ]),
    endless: keepsAll ? "`TIMELINE_CLEANUP` is not true, so nothing cleans up" : undefined,
  };
}

function limitOf(option: OptionNode, usual: number): Known<number> {
  const number = numberOf(option);
  if (number === undefined) return known(usual);
  if (number.known) return number;
  const text = readString(option);
  if (!text?.known) return number;
  const limit = parseSnapperLimit(text.value);
  return limit.ok ? known(limit.most, text.place) : notKnown(limit.message, text.place);
}
