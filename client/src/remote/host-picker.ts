import * as vscode from "vscode";
import type { RemoteArgument } from "../../../server/src/protocol.ts";
import { argumentFor, type KnownHost } from "./known-host.ts";

interface HostItem extends vscode.QuickPickItem {
  readonly host?: KnownHost;
}

const HEADINGS = {
  workspace: "Hosts of this workspace",
  typed: "Used before",
  ssh: "Configuration of ssh",
} as const;

/** Lets the user choose a host, or type one that no list knows. Undefined: none was chosen. */
export async function pickHost(title: string, hosts: readonly KnownHost[]): Promise<KnownHost | undefined> {
  const items = (["workspace", "typed", "ssh"] as const).flatMap((from): HostItem[] => {
    const own = hosts.filter((host) => host.from === from);
    if (own.length === 0) return [];
    const heading = { label: HEADINGS[from], kind: vscode.QuickPickItemKind.Separator };
    return [heading, ...own.map((host) => ({ label: host.name, description: host.description, host }))];
  });
  const pick = vscode.window.createQuickPick<HostItem>();
  pick.title = title;
  pick.placeholder = "A host, or user@name as ssh takes it";
  pick.matchOnDescription = true;
  pick.items = items;
  pick.onDidChangeValue((value) => {
    const name = value.trim();
    const isKnown = name === "" || hosts.some((host) => host.name === name);
    const item: HostItem = { label: `$(plus) ${name}`, description: "as typed", alwaysShow: true, host: typed(name) };
    pick.items = isKnown ? items : [...items, item];
  });
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      // Who types fast is here before the list shows what was typed.
      const name = pick.value.trim();
      const host = pick.selectedItems[0]?.host ?? hosts.find((one) => one.name === name) ?? (name && typed(name));
      if (!host) return;
      resolve(host);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function typed(name: string): KnownHost {
  return { name, from: "typed", destinations: [], description: "" };
}

/** What reaches the host; asks for one of several addresses. Undefined: none was chosen. */
export async function reach(host: KnownHost): Promise<RemoteArgument | undefined> {
  if (host.from !== "workspace" || host.destinations.length < 2) return argumentFor(host);
  const chosen = await vscode.window.showQuickPick([...host.destinations], {
    title: `Which Address of ${host.name}?`,
    placeHolder: "The configuration gives several",
  });
  return chosen === undefined ? undefined : argumentFor(host, chosen);
}
