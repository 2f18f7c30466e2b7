import type { Connection } from "vscode-languageserver";
import { explainFinding } from "../../ide/finding-help.ts";
import {
  type ExplainParams,
  type ExplainResult,
  type FactsParams,
  type FactsResult,
  type HostSummary,
  methods,
  type RuleSummary,
  type ScaffoldParams,
} from "../../protocol.ts";
import { factsJson, rootInWords } from "../../report/facts.ts";
import { ruleHelp } from "../../rules/rule-help.ts";
import { onceCurrent } from "../outdated.ts";
import type { Session } from "../session.ts";
import { scaffold } from "./scaffold.ts";

/** Requests of our own client, see protocol.ts. */
export function answerExtras(connection: Connection, session: () => Session): void {
  connection.onRequest(methods.hosts, (token) => onceCurrent(token, hosts));
  const hosts = (): HostSummary[] => {
    const findings = session().findings();
    return session()
      .analysis()
      .hosts.map(({ host }) => ({
        name: host.name,
        uri: session().uri(host.entry),
        isImpermanent: host.isImpermanent,
        hasFileSystems: host.fileSystems.length > 0 || host.fileSystemsOpen !== undefined,
        findings: findings.filter((finding) => finding.hosts.includes(host.name)).length,
        root: rootInWords(host),
      }));
  };
  connection.onRequest(methods.facts, ({ host: name }: FactsParams, token) => onceCurrent(token, () => facts(name)));
  const facts = (name: string): FactsResult | null => {
    const found = session()
      .analysis()
      .hosts.find(({ host }) => host.name === name);
    return found ? { facts: factsJson(found.host, session().locations()) } : null;
  };
  connection.onRequest(methods.rules, (): RuleSummary[] => ruleHelp().map(({ markdown, ...summary }) => summary));
  connection.onRequest(methods.explain, ({ rule }: ExplainParams): ExplainResult | null => {
    const page = explainFinding(rule);
    return page ? { code: page.code, name: page.name, markdown: page.markdown } : null;
  });
  connection.onRequest(methods.scaffold, (params: ScaffoldParams, token) =>
    onceCurrent(token, () => scaffold(session(), params)),
  );
}
