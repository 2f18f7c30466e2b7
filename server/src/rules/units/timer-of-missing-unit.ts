import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { replaceStringAt } from "../../edits/place-edit.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, isNamed, nameAt, openOf } from "../../host/read-values.ts";
import { isSlipOf, nearestName } from "../reading/nearest-name.ts";
import { isStartedByOthers, type OwnTimer, ownService, ownTimers, placeOfTimer } from "../reading/own-timers.ts";
import { defineRule } from "../rule.ts";

/** A timer that starts a unit which the host does not have. */
export const timerOfMissingUnit = defineRule({
  code: "IMP715",
  name: "timer-of-missing-unit",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    for (const timer of ownTimers(host)) {
      const { name, scope, unit, starts } = timer;
      if (starts === undefined || isDeclared(host, scope, starts)) continue;
      const meant = meantUnit(host, timer, starts);
      if (!meant) continue;
      const place = unit?.known ? unit.place : undefined;
      report({
        at: place ?? placeOfTimer(timer),
        message: `The timer \`${name}\` starts \`${starts}\`, which the configuration does not have: ${meant.why}. systemd refuses to start the timer, or it runs without effect; \`${meant.unit}\` is not run by it.`,
        help: unit
          ? `Write Unit = "${meant.unit}"${meant.unit === `${name}.service` ? ", or leave it out: a timer starts the service of its own name" : ""}.`
          : `Give timer and service one name, or set timerConfig.Unit = "${meant.unit}".`,
        related: [{ place: meant.place, message: `\`${meant.unit}\` is declared here` }],
        fixes: (): readonly FixPlan[] =>
          place
            ? offer(replaceStringAt(context, place, meant.unit), {
                title: `Change to ${meant.unit}`,
                safety: "unsafe",
                note: `\`${meant.unit}\` runs by the timer from then on, which it did not before.`,
              })
            : [],
      });
    }
  },
});

interface Meant {
  readonly unit: string;
  readonly why: string;
  readonly place: ReturnType<typeof placeOfTimer>;
}

/** Whether the host may have a unit: services, and what else it declares of the same scope; instances of templates count. */
function isDeclared(host: Host, scope: readonly string[], unit: string): boolean {
  const dot = unit.lastIndexOf(".");
  const [stem, type] = [unit.slice(0, dot), unit.slice(dot + 1)];
  const units = host.config.at(...scope, `${type}s`);
  if (dot < 0 || openOf(units) || openOf(host.config.at(...scope, "units"))) return true;
  const template = stem.includes("@") ? `${stem.slice(0, stem.indexOf("@"))}@` : stem;
  const names = [
    ...childrenOf(units).map((child) => child.name),
    ...childrenOf(host.config.at(...scope, "units")).map((child) => child.name.replace(/\.\w+$/, "")),
  ];
  return names.includes(stem) || names.includes(template);
}

/** The service that a timer is for: that of its own name, one of the other scope, or one whose name differs by a slip. */
function meantUnit(host: Host, { name, scope, unit, node }: OwnTimer, starts: string): Meant | undefined {
  const stem = starts.replace(/\.service$/, "");
  const own = unit && ownService(host, scope, name);
  if (own)
    return {
      unit: `${name}.service`,
      why: `its own service is \`${name}.service\``,
      place: own.definitions()[0]?.place,
    };
  const other = scope.length > 1 ? ["systemd"] : ["systemd", "user"];
  const elsewhere = ownService(host, other, stem);
  if (elsewhere) {
    const why =
      scope.length > 1
        ? "that is a service of the system, and the timer is one of users"
        : "that is a service of users, and the timer is one of the system";
    return { unit: `${stem}.service`, why, place: elsewhere.definitions()[0]?.place };
  }
  const idle = childrenOf(host.config.at(...scope, "services")).flatMap((child) => {
    const service = ownService(host, scope, child.name);
    const timers = host.config.at(...scope, "timers");
    const isUsed = !service || ["wantedBy", "requiredBy", "startAt"].some((key) => isNamed(service, key));
    return isUsed || isNamed(timers, child.name) ? [] : [child.name];
  });
  const near =
    idle.find((one) => isSlipOf(one, stem) || hasSameWords(one, stem)) ??
    (isNamed(node, "wantedBy") ? (nearestOf(stem, idle) ?? beside(host, node, scope, stem, idle)) : undefined);
  if (near === undefined) return undefined;
  const place = ownService(host, scope, near)?.definitions()[0]?.place;
  return { unit: `${near}.service`, why: `it has \`${near}.service\`, which nothing starts`, place };
}

/** The nearest of the names, when it shares its beginning or its end with the text. */
function nearestOf(text: string, names: readonly string[]): string | undefined {
  const near = nearestName(text, names);
  return near && (near.slice(0, 3) === text.slice(0, 3) || near.slice(-3) === text.slice(-3)) ? near : undefined;
}

/** The only service without a start that shares a word with the timer and is declared in the same file. */
function beside(
  host: Host,
  timer: OwnTimer["node"],
  scope: readonly string[],
  stem: string,
  idle: readonly string[],
): string | undefined {
  const file = nameAt(timer)?.file;
  const words = (name: string) => name.toLowerCase().split(/[-_.]/);
  const found = idle.filter((name) => {
    const service = ownService(host, scope, name);
    if (!service || nameAt(service)?.file !== file || isStartedByOthers(host, scope, `${name}.service`)) return false;
    return words(name).some((word) => word.length >= 4 && words(stem).includes(word));
  });
  return found.length === 1 ? found[0] : undefined;
}

/** Whether two names are the same words in another order; an `s` at the end of a word is no difference. */
function hasSameWords(a: string, b: string): boolean {
  const [ofA, ofB] = [a, b].map((name) =>
    name
      .toLowerCase()
      .split(/[-_.]/)
      .map((word) => word.replace(/s$/, ""))
      .sort(),
  );
  return ofA !== undefined && ofA.length > 1 && ofA.join(" ") === ofB?.join(" ");
}
