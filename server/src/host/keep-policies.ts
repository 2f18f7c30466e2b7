import type { Place } from "../eval/origin.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { type KeepRule, parseRetention, UNIT_SECONDS } from "../shell/retention.ts";
import type { KeepPolicy, KeepSpan } from "../shell/retention-growth.ts";
import { parseBtrbkPreserve, parseBtrbkPreserveMin, parseSnapperLimit } from "../shell/retention-tools.ts";
import { expand } from "./expand.ts";
import type { Host, Known } from "./host.ts";
import { calendarSeconds } from "./period.ts";
import {
  bindingAt,
  childrenOf,
  isNamed,
  nameAt,
  read,
  readBoolean,
  readString,
  readStringOrNull,
} from "./read-values.ts";
import { known } from "./verdict.ts";

/** A policy by which snapshots are kept, for one or more sources. */
export interface SourcePolicy {
  /** What it is called, e.g. "btrbk `daily`". */
  readonly title: string;
  readonly place: Place | undefined;
  /** The settings that make it. */
  readonly settings: readonly Place[];
  /** Snapshots that are taken apart from each other, such as sanoid's hourly and daily ones. */
  readonly series: readonly { readonly period: number; readonly policy: KeepPolicy }[];
  /** How many sources it is known to hold for. */
  readonly sources: number | undefined;
  /** Why more is not known; the series are empty then. */
  readonly why: string | undefined;
  /** Why nothing is ever deleted, where no number says so. */
  readonly endless: string | undefined;
}

const DAY = UNIT_SECONDS.day;

/** The retention policies of a host that tools and its own modules declare. */
export function keepPolicies(host: Host): SourcePolicy[] {
  return [...btrbk(host.config), ...snapper(host.config), ...sanoid(host.config), ...ownPolicies(host)];
}

function btrbk(root: OptionNode): SourcePolicy[] {
  return expand(root, ["services", "btrbk", "instances", "*"]).flatMap(({ node, names }) => {
    const settings = node.child("settings");
    const calendar = readStringOrNull(node.child("onCalendar")) ?? known("daily");
    if (calendar.known && calendar.value === null) return [];
    const period = calendarSeconds(calendar as Known<string>);
    const levels = [settings, ...expand(settings, ["volume", "*"]).map((match) => match.node)];
    return levels.flatMap((level): SourcePolicy[] => {
      const sources = childrenOf(level.child("subvolume")).length;
      if (sources === 0) return [];
      const at = (key: string) => (isNamed(level, key) ? level.child(key) : settings.child(key));
      const [min, schedule] = [at("snapshot_preserve_min"), at("snapshot_preserve")];
      const common = {
        title: `btrbk \`${names[0]}\``,
        place: nameAt(node),
        settings: placesOf([min, schedule]),
        sources,
      };
      const least = parseKnown(readString(min) ?? known("all"), (text) => parseBtrbkPreserveMin(text, "snapshot"));
      const rules = parseKnown(readString(schedule) ?? known("no"), parseBtrbkPreserve);
      if (typeof least === "string" || typeof rules === "string" || !period.known) {
        const why = [least, rules].find((one) => typeof one === "string") ?? (period.known ? "" : period.why);
        return [{ ...common, series: [], why: why as string, endless: undefined }];
      }
      const youngerThan = least.kind === "all" ? Number.POSITIVE_INFINITY : least.kind === "span" ? least.seconds : 0;
      const endless =
        least.kind === "all"
          ? `\`snapshot_preserve_min\` is \`all\`${min.isDefined() === false ? ", as long as nobody sets it" : ""}`
          : undefined;
      const policy = { recent: 1, youngerThan, spans: spansOf(rules.rules) };
      return [{ ...common, series: [{ period: period.value, policy }], why: undefined, endless }];
    });
  });
}

/** The limits of snapper's timeline, with what NixOS sets when nobody does. */
const TIMELINE: readonly (readonly [key: string, seconds: number, usual: number])[] = [
  ["HOURLY", UNIT_SECONDS.hour, 10],
  ["DAILY", DAY, 10],
  ["WEEKLY", UNIT_SECONDS.week, 0],
  ["MONTHLY", UNIT_SECONDS.month, 10],
  ["QUARTERLY", 3 * UNIT_SECONDS.month, 0],
  ["YEARLY", UNIT_SECONDS.year, 10],
];

function snapper(root: OptionNode): SourcePolicy[] {
  const period = calendarSeconds(readString(root.at("services", "snapper", "snapshotInterval")) ?? known("hourly"));
  return expand(root, ["services", "snapper", "configs", "*"]).flatMap(({ node, names }): SourcePolicy[] => {
    const create = readBoolean(node.child("TIMELINE_CREATE"));
    if (!create?.known || !create.value) return [];
    const clean = readBoolean(node.child("TIMELINE_CLEANUP"));
    const options = TIMELINE.map(([key]) => node.child(`TIMELINE_LIMIT_${key}`));
    const common = {
      title: `snapper \`${names[0]}\``,
      place: nameAt(node),
      settings: placesOf([...options, node.child("TIMELINE_CLEANUP"), node.child("TIMELINE_CREATE")]),
      sources: 1,
    };
    const limits = TIMELINE.map(([, seconds, usual], index) => ({
      seconds,
      limit: limitOf(options[index] as OptionNode, usual),
    }));
    const why =
      limits.map(({ limit }) => limit).find((limit) => typeof limit === "string") ??
      (period.known ? (clean?.known === false ? clean.why : undefined) : period.why);
    if (why !== undefined || !period.known) return [{ ...common, series: [], why: String(why), endless: undefined }];
    const keepsAll = !(clean?.known && clean.value);
    const spans = limits.map(({ seconds, limit }) => ({ seconds, each: 1, buckets: Number(limit) }));
    const policy = { recent: 0, youngerThan: keepsAll ? Number.POSITIVE_INFINITY : 0, spans };
    const endless = keepsAll ? "`TIMELINE_CLEANUP` is not true, so nothing cleans up" : undefined;
    return [{ ...common, series: [{ period: period.value, policy }], why: undefined, endless }];
  });
}

function limitOf(option: OptionNode, usual: number): number | string {
  const number = readNumber(option);
  if (number === undefined) return usual;
  if (typeof number === "number") return number;
  const text = readString(option);
  if (!text?.known) return text ? text.why : number.why;
  const limit = parseSnapperLimit(text.value);
  return limit.ok ? limit.most : limit.message;
}

const SANOID: readonly (readonly [key: string, seconds: number])[] = [
  ["hourly", UNIT_SECONDS.hour],
  ["daily", DAY],
  ["weekly", UNIT_SECONDS.week],
  ["monthly", UNIT_SECONDS.month],
  ["yearly", UNIT_SECONDS.year],
];

/** sanoid takes a snapshot of its own for every kind that it keeps. */
function sanoid(root: OptionNode): SourcePolicy[] {
  const groups = ["templates", "datasets"].flatMap((group) => expand(root, ["services", "sanoid", group, "*"]));
  return groups.flatMap(({ node, names }): SourcePolicy[] => {
    const counts = SANOID.map(([key, seconds]) => ({ seconds, option: node.child(key) })).filter(
      ({ option }) => option.isDefined() !== false,
    );
    if (counts.length === 0) return [];
    const prune = readBoolean(node.child("autoprune"));
    const common = {
      title: `sanoid \`${names[0]}\``,
      place: nameAt(node),
      settings: placesOf(counts.map(({ option }) => option)),
      sources: undefined,
    };
    const series = [];
    for (const { seconds, option } of counts) {
      const count = readNumber(option);
      if (typeof count !== "number") {
        return [{ ...common, series: [], why: count?.why ?? "a count is not known", endless: undefined }];
      }
      if (count > 0) series.push({ period: seconds, policy: { recent: count, youngerThan: 0, spans: [] } });
    }
    const endless = prune?.known && !prune.value ? "`autoprune` is off" : undefined;
    return [{ ...common, series, why: undefined, endless }];
  });
}

/** `….snapshotPolicy.{frequency,retention,scope}` of modules of the host itself. */
function ownPolicies({ snapshotJobs }: Host): SourcePolicy[] {
  return snapshotJobs.flatMap(({ tool, node, place, period, sources }): SourcePolicy[] => {
    if (tool !== "policy") return [];
    const option = node.child("retention");
    const common = {
      title: `\`${node.path.join(".")}\``,
      place,
      settings: placesOf([option, node.child("frequency"), node.child("scope")]),
      sources: sources.length > 0 ? sources.length : undefined,
    };
    const text = readString(option);
    if (!text) return [];
    const retention = text.known ? parseRetention(text.value) : undefined;
    const why = !text.known
      ? text.why
      : retention?.kind === "invalid"
        ? retention.message
        : period?.known
          ? undefined
          : (period?.why ?? "nothing says how often snapshots are taken");
    if (why !== undefined || !retention || retention.kind === "invalid" || !period?.known) {
      return [{ ...common, series: [], why, endless: undefined }];
    }
    const policy: KeepPolicy =
      retention.kind === "span"
        ? { recent: 0, youngerThan: retention.seconds, spans: [] }
        : {
            recent: retention.rules.reduce(
              (most, rule) => (rule.per === "recent" ? Math.max(most, rule.count) : most),
              0,
            ),
            youngerThan: 0,
            spans: spansOf(retention.rules),
          };
    return [{ ...common, series: [{ period: period.value, policy }], why: undefined, endless: undefined }];
  });
}

function spansOf(rules: readonly KeepRule[]): KeepSpan[] {
  return rules.flatMap((rule) =>
    rule.per === "recent"
      ? []
      : [
          {
            seconds: UNIT_SECONDS[rule.per],
            each: rule.each,
            ...(rule.buckets === undefined ? {} : { buckets: rule.buckets }),
          },
        ],
  );
}

/** What a text means, or why that is not known. */
function parseKnown<T extends { ok: true }>(
  text: Known<string>,
  parse: (text: string) => T | { ok: false; message: string },
): T | string {
  if (!text.known) return text.why;
  const parsed = parse(text.value);
  return parsed.ok ? parsed : parsed.message;
}

/** A whole number, also as a text; undefined when nobody sets it. */
function readNumber(option: OptionNode): number | undefined | { readonly why: string } {
  const reading = read(option);
  if (reading.state === "absent") return undefined;
  if (reading.state === "unknown") return { why: reading.unknown.why };
  const { value } = reading;
  const isNumeric = typeof value === "number" || typeof value === "bigint" || typeof value === "string";
  const number = isNumeric && value !== "" ? Number(value) : Number.NaN;
  return Number.isInteger(number) ? number : { why: "it is no whole number" };
}

function placesOf(options: readonly OptionNode[]): Place[] {
  return options.flatMap((option) => (option.isDefined() === false ? [] : (bindingAt(option) ?? [])));
}
