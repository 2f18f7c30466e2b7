import type { Host } from "../host/host.ts";

/**
 * What nobody can tell of hosts, in sentences: silence about it does not mean that nothing is lost. That is all of a host of
 * which it is not known whether its root is emptied, and of one that is emptied the services whose state an entry may
 * keep that cannot be seen.
 */
export function unjudged(hosts: readonly Host[]): string[] {
  const roots = new Map<string, string[]>();
  const services = new Map<string, { readonly host: string; readonly names: ReadonlySet<string> }[]>();
  for (const host of hosts) {
    const { ephemeralRoot, name } = host;
    if (ephemeralRoot.kind === "unknown") roots.set(ephemeralRoot.why, [...(roots.get(ephemeralRoot.why) ?? []), name]);
    if (ephemeralRoot.kind === "unknown" || ephemeralRoot.kind === "none") continue;
    for (const [why, names] of doubtfulServices(host)) {
      services.set(why, [...(services.get(why) ?? []), { host: name, names }]);
    }
  }
  return [
    ...[...roots].map(
      ([why, names]) =>
        `What ${listed(names)} would lose at a reboot was not judged: whether the root is emptied cannot be told, because ${why}.`,
    ),
    ...[...services].map(([why, found]) => {
      const names = [...new Set(found.flatMap((one) => [...one.names]))];
      const where = listed(found.map(({ host }) => host));
      return `Whether ${where} ${found.length > 1 ? "keep" : "keeps"} what ${listed(names)} ${names.length > 1 ? "have" : "has"} was not judged: it cannot be told, because ${why}.`;
    }),
  ];
}

/** The services that are on and whose state may or may not be kept, by the reason. */
function doubtfulServices(host: Host): Map<string, Set<string>> {
  const reasons = new Map<string, Set<string>>();
  for (const { enable, enabled, state } of host.services) {
    if (enabled.answer !== "yes") continue;
    for (const { fate, kind, little } of state) {
      const { survives } = fate;
      if (survives.answer !== "unknown" || kind !== "state" || little) continue;
      const name = enable.replace(/\.enable$/, "");
      reasons.set(survives.why, (reasons.get(survives.why) ?? new Set()).add(name));
    }
  }
  return reasons;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).map((name) => `\`${name}\``);
  if (names.length > 3) return `${shown.join(", ")} and ${names.length - 3} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}` : shown.join("");
}
