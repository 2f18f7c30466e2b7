import { offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Host, Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { childrenOf, isNamed, nameAt, openOf } from "../../host/read-values.ts";
import { isSlipOf } from "../reading/nearest-name.ts";
import { isStartedByOthers, ownService } from "../reading/own-timers.ts";
import { HARD, needsOf, relationsOf, type UnitRelation } from "../reading/unit-relations.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A unit that starts or requires another one under a name that it does not have. */
export const referenceToMissingUnit = defineRule({
  code: "IMP729",
  name: "reference-to-missing-unit",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const named = referring(host.units);
    if (named.length === 0) return;
    const services = host.config.at("systemd", "services");
    if (openOf(services) || openOf(host.config.at("systemd", "units")) || mayBeSetByOwnModules(host)) return;
    const declared = new Set([
      ...childrenOf(services).map(({ name }) => name),
      ...childrenOf(host.config.at("systemd", "units")).map(({ name }) => name.replace(/\.service$/, "")),
    ]);
    const isReferred = new Set(named.flatMap(({ uses }) => uses.map(({ text }) => templateOf(stemOf(text)))));
    for (const { unit, uses } of named) {
      for (const { relation, text, place } of uses) {
        const stem = stemOf(text);
        if (declared.has(stem) || declared.has(templateOf(stem))) continue;
        const meant = candidates(host, declared, isReferred).find((name) => isMeant(name, templateOf(stem)));
        if (meant === undefined || mayBeOfNixos(host, stem)) continue;
        const name = meant.endsWith("@") ? `${meant}${stem.slice(stem.indexOf("@") + 1)}` : meant;
        report({
          at: place ?? unit.place,
          message: `No unit of this host is called \`${text}\`; it has \`${meant}.service\`, which nothing starts. ${consequence(unit, relation)}`,
          help: `Write "${name}.service".`,
          related: [{ place: placeOf(host, meant), message: "declared here" }],
          fixes: () =>
            offer(replaceStringAt(context, place, `${name}.service`), {
              title: `Write ${name}.service`,
              safety: "unsafe",
              note: `\`${name}.service\` is started from then on, which it was not before.`,
            }),
        });
      }
    }
  },
});

/** Where NixOS has what it switches on, mostly with a unit of the same name: `virtualisation.incus` has `incus.service`. */
const GROUPS = ["services", "virtualisation", "programs", "networking", "hardware", "security", "boot"];

/** Whether the configuration names an option of NixOS that may have a unit of that name. */
function mayBeOfNixos({ config }: Host, stem: string): boolean {
  return GROUPS.some((group) =>
    childrenOf(config.child(group)).some(({ name }) => stem === name || stem.startsWith(`${name}-`)),
  );
}

const AFTERWARDS = ["onFailure", "onSuccess"];

/** The units that start or require services of other names. */
const referring = perItem((unit: Unit) => {
  const uses = [...needsOf(unit), ...relationsOf(unit)].filter(
    ({ relation, text }: UnitRelation) =>
      text.endsWith(".service") && (AFTERWARDS.includes(relation) || HARD.includes(relation) || relation === "wants"),
  );
  return unit.stage === "system" && unit.certain.answer === "yes" && uses.length > 0 ? [{ unit, uses }] : [];
});

function consequence({ name }: Unit, relation: string): string {
  if (relation === "onFailure") return `When \`${name}\` fails, nothing is run: the failure is not reported.`;
  if (relation === "onSuccess") return `When \`${name}\` has ended, nothing is run.`;
  return relation === "wants"
    ? `\`${name}\` starts nothing beside itself.`
    : `\`${name}\` requires a unit that does not exist, and is never started.`;
}

const stemOf = (text: string): string => text.replace(/\.service$/, "");

const templateOf = (stem: string): string => (stem.includes("@") ? stem.slice(0, stem.indexOf("@") + 1) : stem);

/** Services of the host's own that nothing starts. */
function candidates(host: Host, declared: ReadonlySet<string>, isReferred: ReadonlySet<string>): readonly string[] {
  return [...declared].filter((name) => {
    const service = isReferred.has(name) ? undefined : ownService(host, ["systemd"], name);
    if (!service || ["wantedBy", "requiredBy", "startAt"].some((key) => isNamed(service, key))) return false;
    if (isNamed(host.config.at("systemd", "timers"), name)) return false;
    return !isStartedByOthers(host, ["systemd"], `${name}.service`);
  });
}

/** Whether a name is another one of the same kind: a slip, or with words more or less at the end. */
function isMeant(name: string, sought: string): boolean {
  if (name.endsWith("@") !== sought.endsWith("@")) return false;
  const [a, b] = [name, sought].map((one) => one.replace(/@$/, ""));
  if (a === undefined || b === undefined) return false;
  if (isSlipOf(a, b)) return true;
  const [short = "", long = ""] = [a, b].sort((one, two) => one.length - two.length);
  return short.length >= 4 && (long.startsWith(`${short}-`) || long.endsWith(`-${short}`));
}

function placeOf(host: Host, name: string) {
  const service = ownService(host, ["systemd"], name);
  return service && nameAt(service);
}
