import * as vscode from "vscode";
import { type HostSummary, methods } from "../../../server/src/protocol.ts";
import { documentUri } from "../documents.ts";
import { showDocument } from "../show-document.ts";
import { askForUser, type Command } from "./command.ts";

/** Lists the hosts of the workspace; the chosen one opens as a read-only document of all that is known about it. */
export const showHosts: Command = async (context) => {
  const hosts = await askForUser<HostSummary[]>(context, methods.hosts);
  if (!hosts) return;
  if (hosts.length === 0) {
    void vscode.window.showInformationMessage(
      "No NixOS host was found: no flake.nix with nixosConfigurations, and no configuration file that others import from.",
    );
    return;
  }
  const items = hosts.map((host) => ({
    label: host.name,
    description: host.findings === 1 ? "1 finding" : `${host.findings} findings`,
    detail: `Root: ${host.root} · ${vscode.workspace.asRelativePath(vscode.Uri.parse(host.uri))}`,
    host,
  }));
  const choice = await vscode.window.showQuickPick(items, {
    title: "Hosts in This Workspace",
    placeHolder: "Choose a host to see what is known about it",
    matchOnDetail: true,
  });
  if (!choice) return;
  const document = await vscode.workspace.openTextDocument(documentUri({ kind: "facts", host: choice.host.name }));
  await showDocument(document, { preview: true });
};
