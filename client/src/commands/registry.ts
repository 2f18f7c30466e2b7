import { scaffoldModules } from "../scaffold/scaffold-modules.ts";
import type { Command } from "./command.ts";
import { copyReport } from "./copy-report.ts";
import { explainRule } from "./explain-rule.ts";
import {
  checkRow,
  chooseFilters,
  compareSnapshots,
  diffAsDocument,
  hostDiff,
  hostLastReboot,
  refreshDiff,
  showDiff,
  toggleFilter,
} from "./remote/diff.ts";
import { openFileDiff } from "./remote/file-diff.ts";
import { forgetHosts, refreshHosts, revealInConfiguration, showJson, showSshLog } from "./remote/housekeeping.ts";
import { copyRemotePath, persistPaths } from "./remote/persist.ts";
import { restoreChecked, restorePaths } from "./remote/restore.ts";
import { rollBack } from "./remote/rollback.ts";
import { collectSnapshots, listSnapshots, takeSnapshot } from "./remote/snapshots.ts";
import { hostStatus } from "./remote/status.ts";
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
  "impermanence.hostStatus": hostStatus,
  "impermanence.hostDiff": hostDiff,
  "impermanence.hostLastReboot": hostLastReboot,
  "impermanence.compareSnapshots": compareSnapshots,
  "impermanence.listSnapshots": listSnapshots,
  "impermanence.takeSnapshot": takeSnapshot,
  "impermanence.collectSnapshots": collectSnapshots,
  "impermanence.restorePaths": restorePaths,
  "impermanence.restoreChecked": restoreChecked,
  "impermanence.rollBack": rollBack,
  "impermanence.persistPaths": persistPaths,
  "impermanence.openFileDiff": openFileDiff,
  "impermanence.copyRemotePath": copyRemotePath,
  "impermanence.chooseFilters": chooseFilters,
  "impermanence.toggleFilter": toggleFilter,
  "impermanence.checkRow": checkRow,
  "impermanence.refreshDiff": refreshDiff,
  "impermanence.showDiff": showDiff,
  "impermanence.diffAsDocument": diffAsDocument,
  "impermanence.showJson": showJson,
  "impermanence.refreshHosts": refreshHosts,
  "impermanence.revealInConfiguration": revealInConfiguration,
  "impermanence.forgetHosts": forgetHosts,
  "impermanence.showSshLog": showSshLog,
};
