import { type FixPlan, offer } from "../../edits/fix-plan.ts";
import { quote } from "../../edits/nix-text.ts";
import { setOption } from "../../edits/option-edit.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { unlessDataset } from "../reading/data-fate.ts";
import { mainStore } from "../reading/main-store.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { whyNotKept } from "../reading/why-not-kept.ts";
import { lossInWords, lossOf, severityOfLoss, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type RuleContext, type Severity } from "../rule.ts";

/** sshd makes new host keys when it finds none: a new identity at every boot. */
export const unpersistedHostKeys = defineRule({
  code: "IMP405",
  name: "unpersisted-host-keys",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const service = host.services.find(({ enable }) => enable === "services.openssh.enable");
    if (service?.enabled.answer !== "yes") return;
    // What is below /run is made at each boot, by a secret manager for example.
    const keys = service.state.filter(
      ({ kind, type, path }) => kind === "state" && type === "file" && !isAtOrBelow(path, "/run"),
    );
    const judged = keys.map((state) => ({ state, loss: uncoveredLoss(host, state.path) }));
    const lost = judged.filter(({ loss }) => loss.lost === "yes");
    const [first] = lost;
    if (!first || judged.some(({ state, loss }) => state.assumed || loss.lost === "unknown")) return;
    const all = lost.length === judged.length;
    const unless = unlessDataset(
      host,
      isStateless(host) ? "information" : severityOfLoss(host, first.loss.hypothetical, "error"),
    );
    const why = whyNotKept(host, first.state.path);
    context.report({
      at: service.place,
      severity: !all ? severityOfOne(lost.map(({ state }) => state.path)) : unless.severity,
      message: all
        ? `The SSH host ${lost.length > 1 ? "keys" : "key"} ${lost.map(({ state }) => `\`${state.path}\``).join(", ")} ${lossInWords(first.loss, lost.length > 1)}: clients are warned of a changed host key after each boot, and secrets encrypted to the key (agenix, sops-nix) cannot be read.${unless.words}${why?.words ?? ""}`
        : `The SSH host key \`${first.state.path}\` ${lossInWords(first.loss)}, while the other one survives: clients that know this one are warned of a changed host key after each boot.${isPreferred(first.state.path) ? " ssh asks for the key of this type first." : ""}`,
      help: all
        ? "Let sshd keep its keys in the store itself: services.openssh.hostKeys with a path below it. A bind mount of the key file comes too late on the first boot."
        : "List only the key you keep in services.openssh.hostKeys.",
      related: [
        ...(why ? [{ place: why.place, message: why.related }] : []),
        { place: first.loss.fate.place, message: whereInWords(first.loss) },
      ],
      fixes: () => (all ? keysInStore(context) : []),
    });
  },
});

/** ssh asks for a key of ed25519 first, so that the others are hardly ever seen (`HostKeyAlgorithms` in ssh_config(5)). */
function isPreferred(path: string): boolean {
  return /ed25519/.test(path);
}

/** Of several keys some are kept. */
function severityOfOne(lost: readonly string[]): Severity {
  return lost.some(isPreferred) ? "warning" : "hint";
}

function keysInStore(context: RuleContext): readonly FixPlan[] {
  const { host } = context;
  const option = ["services", "openssh", "hostKeys"];
  const path = mainStore(host)?.path;
  const home = path?.known
    ? path.value
    : host.fileSystems.find(({ mountpoint }) => mountpoint === "/persist")?.mountpoint;
  if (home === undefined || lossOf(host, home).lost !== "no" || host.config.at(...option).isDefined() !== false)
    return [];
  const key = joinPath(home, "/etc/ssh/ssh_host_ed25519_key");
  return offer(setOption(context, option, `[ { path = ${quote(key)}; type = "ed25519"; } ]`), {
    title: `Keep the host key in ${key}`,
    safety: "safe",
    preferred: true,
    note: `Copy the present key there first (install -D -m 0600 /etc/ssh/ssh_host_ed25519_key ${key}), or clients see a new one once.`,
  });
}
