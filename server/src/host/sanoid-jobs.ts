import type { OptionNode } from "../modules/option-node.ts";
import { SANOID_KINDS, sanoidPolicy } from "../shell/retention-tools.ts";
import { expand } from "./expand.ts";
import type { Keeping, Known, SnapshotJob } from "./host.ts";
import { nameAt, readBoolean, readTexts } from "./read-values.ts";
import { numberOf, placesOf } from "./snapshot-keeping.ts";
import { known, notKnown } from "./verdict.ts";

/** What sanoid does for a dataset whose settings and templates say nothing (its sanoid.defaults.conf). */
const USUAL: Readonly<Record<string, number>> = { hourly: 48, daily: 90, weekly: 0, monthly: 6, yearly: 0 };

/** The jobs of `services.sanoid.datasets`; what they snapshot are datasets of ZFS, so they have no source by path. */
export function sanoidJobs(root: OptionNode): SnapshotJob[] {
  return expand(root, ["services", "sanoid", "datasets", "*"]).flatMap(({ node, names }) => {
    // NixOS has two names for the list.
    const templates = ["use_template", "useTemplate"].map((option) => readTexts(node.child(option)));
    const named = templates.flatMap(({ texts }) => texts.map(({ text }) => text));
    const sections = [node, ...named.map((name) => root.at("services", "sanoid", "templates", name))];
    const hidden = templates.flatMap(({ open }) => open)[0]?.why;
    const takes = flag(sections, "autosnap", true);
    if (takes.known && !takes.value) return [];
    return [
      {
        tool: "sanoid" as const,
        name: names[0] ?? "",
        place: nameAt(node),
        sources: [],
        directory: undefined,
        period: undefined,
        keeps: keepingOf(sections, hidden ?? (takes.known ? undefined : takes.why)),
        node,
      },
    ];
  });
}

function keepingOf(sections: readonly OptionNode[], hidden: string | undefined): Keeping {
  const prunes = flag(sections, "autoprune", true);
  const counts = SANOID_KINDS.map(([kind, seconds]) => {
    const own = sections.map((section) => numberOf(section.child(kind))).find((number) => number !== undefined);
    return { seconds, count: own ?? known(USUAL[kind] ?? 0) };
  });
  const unknown = [prunes, ...counts.map(({ count }) => count)].find((one) => !one.known);
  const why = hidden ?? (unknown?.known === false ? unknown.why : undefined);
  const keepsAll = prunes.known && !prunes.value;
  return {
    settings: placesOf(
      sections.flatMap((section) =>
        ["autoprune", ...SANOID_KINDS.map(([kind]) => kind)].map((key) => section.child(key)),
      ),
    ),
    policies:
      why === undefined
        ? known(
            counts.flatMap(({ seconds, count }) => {
              if (!count.known || count.value <= 0) return [];
              const policy = sanoidPolicy(count.value, seconds);
              return [
                { policy: keepsAll ? { ...policy, youngerThan: Number.POSITIVE_INFINITY } : policy, every: seconds },
              ];
            }),
          )
        : notKnown(why),
    endless: keepsAll ? "`autoprune` is off" : undefined,
  };
}

/** The switch of the first section that sets it. */
function flag(sections: readonly OptionNode[], key: string, usual: boolean): Known<boolean> {
  return sections.map((section) => readBoolean(section.child(key))).find((one) => one !== undefined) ?? known(usual);
}
