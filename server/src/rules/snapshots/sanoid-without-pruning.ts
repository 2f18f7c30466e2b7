import type { Host } from "../../host/host.ts";
import { childrenOf, nameAt, openOf, readBoolean, readTexts, setAt } from "../../host/read-values.ts";
import { defineRule, type RuleContext } from "../rule.ts";

/** sanoid takes snapshots of a dataset and deletes none. */
export const sanoidWithoutPruning = defineRule({
  code: "IMP612",
  name: "sanoid-without-pruning",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check({ host, report }) {
    const enabled = readBoolean(host.config.at("services", "sanoid", "enable"));
    if (!enabled?.known || !enabled.value) return;
    reportIdle(host, report);
    for (const job of host.snapshotJobs) {
      if (job.tool !== "sanoid" || job.keeps?.endless === undefined || !job.keeps.policies.known) continue;
      if (job.keeps.policies.value.length === 0) continue;
      report({
        at: job.place,
        message: `sanoid takes snapshots of \`${job.name}\` and deletes none, because \`autoprune\` is off: the numbers of its policy have no effect, and what is deleted stays on the disk.`,
        help: "Set autoprune = true, unless another program deletes them.",
        related: job.keeps.settings.map((place) => ({ place, message: "set here" })).slice(0, 3),
      });
    }
  },
});

/** The settings that say how many snapshots of a kind stay. */
const LIMITS = ["hourly", "daily", "weekly", "monthly", "yearly"];

/** Datasets for which sanoid neither takes nor deletes anything, and that are given numbers all the same. */
function reportIdle({ config }: Host, report: RuleContext["report"]): void {
  const sanoid = config.at("services", "sanoid");
  for (const { name, node, certain } of childrenOf(sanoid.child("datasets"))) {
    const named = ["use_template", "useTemplate"].map((option) => readTexts(node.child(option)));
    if (certain.answer !== "yes" || named.some(({ open }) => open.length > 0)) continue;
    const templates = named.flatMap(({ texts }) => texts.map(({ text }) => sanoid.at("templates", text)));
    const sections = [node, ...templates];
    const isOff = (key: string) => {
      const flag = sections.map((section) => readBoolean(section.child(key))).find((one) => one !== undefined);
      return flag?.known === true && !flag.value;
    };
    if (sections.some((section) => openOf(section)) || !isOff("autosnap") || !isOff("autoprune")) continue;
    const limits = sections.flatMap((section) =>
      LIMITS.flatMap((key) => {
        const count = section.child(key).isDefined() === false ? undefined : section.child(key).value();
        return typeof count === "number" && count > 0 ? [{ key, count, place: setAt(section.child(key)) }] : [];
      }),
    );
    const [first] = limits;
    if (!first) continue;
    const words = limits.map(({ key, count }) => `\`${key} = ${count}\``).join(", ");
    report({
      at: nameAt(node),
      message: `sanoid neither takes nor deletes snapshots of \`${name}\`: \`autosnap\` and \`autoprune\` are off, and ${words} ${limits.length > 1 ? "have" : "has"} no effect. What is received there stays for ever, unless another program deletes it.`,
      help: "Set autoprune = true to keep received snapshots by these numbers; autosnap may stay off.",
      related: limits.slice(0, 3).map(({ key, place }) => ({ place, message: `\`${key}\` is set here` })),
    });
  }
}
