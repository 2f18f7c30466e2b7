import { Askpass } from "./askpass.ts";
import { type CallOptions, callHost } from "./call-host.ts";
import { Connections } from "./connections.ts";
import type { Ask } from "./question.ts";
import type { ConfiguredHost, Plan, RemoteSession, StepOptions } from "./remote-command.ts";
import { explained } from "./session-options.ts";
import { TransportError } from "./transport-error.ts";
import type { Verb } from "./verb.ts";

/** Who is at the other end of a session: a terminal, an editor, a test. */
export interface SessionSettings {
  /** Another configuration file than ~/.ssh/config. */
  readonly configFile?: string | undefined;
  readonly signal?: AbortSignal;
  readonly log?: (line: string) => void;
  readonly progress?: (text: string, fraction?: number) => void;
  /** Answers no when left out. */
  readonly confirm?: (plan: Plan) => Promise<boolean>;
  /** Answers questions of ssh and sudo. Without it, what would ask fails. */
  readonly ask?: Ask;
  /** Whether to ask for sudo's password also where a command could answer in part without root. */
  readonly asksForRoot?: boolean;
  readonly configured?: ConfiguredHost | undefined;
  /** What several sessions share. A session without it has connections of its own. */
  readonly connections?: Connections;
}

/** A session that was opened, for who has to end it. */
export interface OpenedSession extends RemoteSession {
  /** Forgets passwords, and ends what only this session used. */
  close(): Promise<void>;
}

/** How often sudo's password is asked for. */
const ATTEMPTS = 3;

/** A session with one host. It connects when something is called. */
export function openSession(host: string, settings: SessionSettings = {}): OpenedSession {
  const { log = () => {}, progress = () => {}, confirm = async () => false, configured } = settings;
  const { signal = new AbortController().signal } = settings;
  const calls = new Calls(host, { ...settings, signal, log, progress });
  return {
    ...{ signal, configured, log, progress, confirm },
    call: (verb, step) => calls.call(verb, step),
    close: () => calls.close(),
  };
}

type Heard = SessionSettings & Required<Pick<SessionSettings, "signal" | "log" | "progress">>;

/** The calls of one session, with what they had to learn on the way in. */
class Calls {
  readonly #host: string;
  readonly #settings: Heard;
  readonly #connections: Connections;
  #askpass: Askpass | undefined;
  #password: string | undefined;
  #attempts = 0;
  /** Which connections may be shared: ours, those of the user's own configuration, or none any more. */
  #sharing: "ours" | "own" | "none" = "ours";
  /** Whether the way was tried again without sharing. */
  #isRepeated = false;
  #boot: string | undefined;

  constructor(host: string, settings: Heard) {
    this.#host = host;
    this.#settings = settings;
    this.#connections = settings.connections ?? new Connections();
  }

  async call<Result>(verb: Verb<Result>, step: StepOptions = {}): Promise<Result> {
    const asked = this.#settings.asksForRoot && this.#settings.ask ? { ...verb, needsRoot: true } : verb;
    for (;;) {
      try {
        return await callHost(this.#host, asked, { ...step, ...(await this.#options()) });
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        if (!(await this.#canGoOn(error))) throw await explained(error, this.#host, this.#settings.configFile);
      }
    }
  }

  async close(): Promise<void> {
    this.#askpass?.close();
    this.#password = undefined;
    if (!this.#settings.connections) await this.#connections.close();
  }

  async #options(): Promise<CallOptions> {
    const { configFile, signal, log } = this.#settings;
    const folder = this.#askpass && this.#connections.folder();
    return {
      ...{ configFile, log, password: this.#password },
      signal: this.#askpass ? AbortSignal.any([signal, this.#askpass.cancelled]) : signal,
      onBoot: (id) => this.#checkBoot(id.trimEnd()),
      controlSeconds: this.#connections.seconds,
      isAlone: this.#sharing === "none",
      controlFolder: await this.#controlFolder(),
      ...(this.#askpass && folder ? { asks: true, environment: await this.#askpass.environment(folder) } : {}),
    };
  }

  async #controlFolder(): Promise<string | undefined> {
    if (this.#sharing !== "ours") return undefined;
    const folder = await this.#connections.controlFolder(this.#host, this.#settings.configFile);
    if (folder === undefined) this.#sharing = "own";
    return folder;
  }

  /** What was learnt before a restart does not hold after it. */
  #checkBoot(id: string): void {
    // An account may not see the age of the first process, and root sees it afterwards.
    if (this.#boot === undefined || id.startsWith(this.#boot)) this.#boot = id;
    if (this.#boot.startsWith(id)) return;
    const text = `${this.#host} was restarted in the meantime, or another machine answers under this name now. What was found before may not be so any more: ask again.`;
    throw new TransportError("EREBOOTED", text);
  }

  /** Whether another attempt is worth it after this error: there is an answer now, or another way. */
  async #canGoOn({ code, message }: TransportError): Promise<boolean> {
    const { ask, signal, progress } = this.#settings;
    if (signal.aborted) return false;
    switch (code) {
      // What stands behind this is not shown while a connection is made to be shared: a host on the way that is down.
      case "EBANNER":
      case "ESHARING":
        if (this.#sharing === "none" || this.#isRepeated) return false;
        this.#sharing = this.#sharing === "ours" ? "own" : "none";
        this.#isRepeated = code === "EBANNER" || this.#sharing === "none";
        return true;
      case "EAUTH":
      case "EUNKNOWNHOST":
        if (this.#askpass || !ask || this.#connections.folder() === null) return false;
        this.#askpass = new Askpass(this.#host, ask, progress);
        return true;
      case "EROOT":
      case "EPASSWORD": {
        this.#password = undefined;
        if (!ask || this.#attempts >= ATTEMPTS) return false;
        const text = `Password for sudo on ${this.#host}: `;
        const question = { kind: "password", host: this.#host, text, hidden: true, attempt: this.#attempts++ } as const;
        const answer = await ask(question);
        if (answer === null) throw new TransportError("ECANCELLED", `Cancelled. ${message}`);
        this.#password = answer;
        return true;
      }
      default:
        return false;
    }
  }
}
