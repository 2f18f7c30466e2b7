import type { Service, ServiceState } from "../../host/host.ts";
import { coveragePlace } from "../reading/coverage-place.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { type Loss, lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule, type Severity } from "../rule.ts";

/** Host keys have a rule of their own, whose advice is another. */
const ELSEWHERE = new Set(["services.openssh.enable"]);

/** An enabled service keeps its state on the root, which is wiped. */
export const unpersistedServiceState = defineRule({
  code: "IMP401",
  name: "unpersisted-service-state",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (isStateless(host)) return;
    for (const service of host.services) {
      if (service.enabled.answer !== "yes" || ELSEWHERE.has(service.enable)) continue;
      const lost = service.state
        .filter(({ kind, assumed, fate }) => kind === "state" && !(assumed && fate.survives.answer === "unknown"))
        .map((state) => ({ state, loss: uncoveredLoss(host, state.path) }))
        .filter(({ loss }) => loss.lost === "yes");
      const [first] = lost;
      if (!first) continue;
      const paths = lost.map(({ state }) => `\`${state.path}\``).join(", ");
      const remark = first.state.note ? ` (${first.state.note})` : "";
      context.report({
        at: service.place ?? coveragePlace(host),
        severity: severityOf(service, lost),
        message: `\`${service.enable}\` keeps its state in ${paths}${remark}, ${whereInWords(first.loss)}. It ${lossInWords(first.loss)}.${doubt(service, first.state)}`,
        help: lost.some(({ state }) => state.dynamicUser)
          ? "Persist the directory below /var/lib/private: that is where systemd keeps the state of services with DynamicUser."
          : `Persist ${lost.length > 1 ? "the directories" : "the directory"}, or mount a filesystem there that nothing wipes.`,
        related: [{ place: first.loss.fate.place, message: whereInWords(first.loss) }],
        fixes: () =>
          persistFix(
            context,
            lost.map(({ state }) => ({
              kind: state.type,
              path: state.path,
              user: owner(state.user, state),
              group: owner(state.group, state),
              mode: state.mode,
            })),
          ),
      });
    }
  },
});

/** systemd gives the directories of dynamic users their owner itself. */
function owner(name: string | undefined, state: ServiceState): string | undefined {
  return state.dynamicUser ? undefined : name;
}

/**
 * How well the path is known decides how loud to say it: read in the module, persisted by others or written by the
 * host itself is certain; found by evaluating an older NixOS is worth a look; the rest is a hint.
 */
function severityOf(service: Service, lost: readonly { state: ServiceState; loss: Loss }[]): Severity {
  if (lost.every(({ state }) => state.little)) return "hint";
  if (service.confidence === "static" || service.confidence === "curated") return "hint";
  if (service.confidence === "evaluated" || lost.every(({ state }) => state.assumed)) return "information";
  if (lost.every(({ state }) => state.containers)) return "information";
  return lost.some(({ state }) => state.database && !state.assumed) ? "error" : "warning";
}

function doubt(service: Service, state: ServiceState): string {
  if (service.impliedBy) return ` It is switched on by \`${service.impliedBy}\`.`;
  return state.assumed ? " The path is the usual one; the configuration may move it." : "";
}
