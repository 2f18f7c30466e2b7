import { scaffoldModules } from "../scaffold/scaffold-modules.ts";
import type { Command } from "./command.ts";
import { copyReport } from "./copy-report.ts";
import { explainRule } from "./explain-rule.ts";
import { restartServer } from "./restart-server.ts";
import { showHosts } from "./show-hosts.ts";
import { showOutput } from "./show-output.ts";

/** Every command, by the id that package.json contributes. */
export const commands: Readonly<Record<string, Command>> = {
  "impermanence.showHosts": showHosts,
  "impermanence.explainRule": explainRule,
  "impermanence.scaffoldModules": scaffoldModules,
  "impermanence.restartServer": restartServer,
  "impermanence.showOutput": showOutput,
  "impermanence.copyReport": copyReport,
};
