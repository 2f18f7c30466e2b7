import { homedir } from "node:os";
import { join } from "node:path";
import { readSettings } from "../../settings.ts";
import type { ClientState } from "../client-state.ts";
import type { ClientLine } from "./client-line.ts";

/**
 * The configuration file of ssh that the user chose instead of `~/.ssh/config`, as it is now. Undefined: none. It is the client's
 * to see that no workspace makes this setting.
 */
export async function sshConfigFile(
  client: ClientLine,
  state: ClientState,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { sshConfigFile: file } = readSettings(await section(client, state, signal)).settings.remote;
  if (file === "") return undefined;
  return file.startsWith("~/") ? join(homedir(), file.slice(2)) : file;
}

async function section(client: ClientLine, state: ClientState, signal: AbortSignal): Promise<unknown> {
  if (state.client?.capabilities.workspace?.configuration !== true)
    return (state.sentSettings as { settings?: { impermanence?: unknown } } | undefined)?.settings?.impermanence;
  const items = [{ section: "impermanence" }];
  const answer = await client.request<unknown[] | null>("workspace/configuration", { items }, signal);
  return answer?.[0];
}
