import * as vscode from "vscode";
import { reveal } from "../../remote/hosts-view.ts";
import { resultScheme } from "../../remote/result-documents.ts";
import type { Command } from "../command.ts";
import { isNode } from "./target.ts";

/** Takes approvals of hosts back, and forgets hosts that were typed. */
export const forgetHosts: Command = async ({ remote }) => {
  const approved = [...remote.approvals.destinations];
  if (approved.length === 0) {
    void vscode.window.showInformationMessage("No host is approved in this workspace.");
    return;
  }
  const title = "Forget Approved Hosts";
  const options = { title, placeHolder: "Before ssh is run there again, you are asked", canPickMany: true } as const;
  const items = approved.map((label) => ({ label, picked: true }));
  const chosen = await vscode.window.showQuickPick(items, options);
  const names = (chosen ?? []).map(({ label }) => label);
  await remote.approvals.forget(names);
  await remote.book.forget(names);
};

/** Reads the lists of hosts again. */
export const refreshHosts: Command = ({ remote }) => remote.book.refresh();

/** Shows every ssh that was run. */
export const showSshLog: Command = ({ remote }) => remote.log.show(true);

/** Opens the place in the configuration that a line of the Hosts view is about. */
export const revealInConfiguration: Command = async ({ remote }, given) => {
  const node = isNode(given) ? given : remote.hosts.selected;
  if (node) await reveal(node);
};

/** The answer in the active editor as JSON. */
export const showJson: Command = async ({ remote }) => {
  const uri = vscode.window.activeTextEditor?.document.uri;
  if (uri?.scheme === resultScheme) await remote.documents.show(remote.documents.json(uri));
};
