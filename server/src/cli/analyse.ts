import {
  type Analysis,
  type AnalysisOptions,
  type AnalysisSource,
  analyseHost,
  type CheckedHost,
  combine,
  listHosts,
  type UncheckedHost,
} from "../ide/analysis.ts";
import { hostKey } from "../workspace/live-analysis.ts";
import { stoppedHosts } from "./stopped-hosts.ts";
import { announce } from "./terminal.ts";

/** Analyses the hosts of a workspace, and announces each. Those that had to be stopped before are not tried again. */
export function analyse(source: AnalysisSource, { select = () => true, inView }: AnalysisOptions = {}): Analysis {
  announce("the list of hosts");
  const { hosts, problems } = listHosts(source);
  const chosen = hosts.filter(select);
  const results = chosen.map((reference): CheckedHost | UncheckedHost => {
    const key = hostKey(reference);
    const stopped = stoppedHosts.get(key);
    if (stopped) return { reference, why: stopped.why, place: undefined, dependencies: new Set([reference.entry]) };
    announce(`the host \`${reference.name}\` (${reference.entry})`, key);
    return analyseHost(source, reference);
  });
  return combine(source, results, problems, { inView, isComplete: chosen.length === hosts.length });
}
