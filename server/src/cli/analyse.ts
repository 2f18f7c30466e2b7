import {
  type Analysis,
  type AnalysisOptions,
  type AnalysisSource,
  analyseHost,
  combine,
  listHosts,
} from "../ide/analysis.ts";
import { announce } from "./terminal.ts";

/** Analyses the hosts of a workspace, and announces each. */
export function analyse(source: AnalysisSource, { select = () => true, inView }: AnalysisOptions = {}): Analysis {
  announce("the list of hosts");
  const { hosts, problems } = listHosts(source);
  const chosen = hosts.filter(select);
  const results = chosen.map((reference) => {
    announce(`the host \`${reference.name}\` (${reference.entry})`);
    return analyseHost(source, reference);
  });
  return combine(source, results, problems, { inView, isComplete: chosen.length === hosts.length });
}
