import { callHost } from "./call-host.ts";
import type { ConfiguredHost, Plan, RemoteSession } from "./remote-command.ts";
import type { SshSettings } from "./ssh-arguments.ts";

/** Who is at the other end of a session: a terminal, an editor, a test. */
export interface SessionSettings extends SshSettings {
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
  readonly progress?: (text: string, fraction?: number) => void;
  /** Answers no when left out. */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
  readonly configured?: ConfiguredHost | undefined;
  /** The password for sudo on the host. */
  readonly password?: string;
}

/** A session with one host. It holds no connection by itself. */
export function openSession(host: string, settings: SessionSettings = {}): RemoteSession {
  const { signal = new AbortController().signal, configured } = settings;
  const { log = () => {}, progress = () => {}, confirm = async () => false } = settings;
  return {
    ...{ signal, log, progress, confirm, configured },
    call: (verb, step = {}) => callHost(host, verb, { ...settings, ...step, signal, log }),
  };
}
