import { shown } from "./outputs.ts";
import { fieldsOf, NoiseAfterEnd, RecordError, RecordReader, type RemoteRecord } from "./record-reader.ts";
import type { StepOptions } from "./remote-command.ts";
import { beginCall, endOnTheWay, type Ssh } from "./run-ssh.ts";
import {
  answerInput,
  BEGIN,
  READY,
  REMOTE_COMMAND,
  REMOTE_COMMAND_WITH_PASSWORD,
  scriptInput,
} from "./script-input.ts";
import { checkedDestination, type SshSettings, sshArguments } from "./ssh-arguments.ts";
import { errorOfOutput, MAX_QUOTED, TransportError } from "./transport-error.ts";
import type { Verb } from "./verb.ts";
import { whyNotRoot } from "./why-not-root.ts";

export interface CallOptions extends SshSettings, StepOptions {
  readonly signal?: AbortSignal;
  /** The password for sudo on the host. It is written to ssh's input and nowhere else. */
  readonly password?: string | undefined;
  /** What ssh's environment holds beside this process' own: how it asks. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Hears which boot of the host answered, before the answer is read. What it throws ends the call. */
  readonly onBoot?: (id: string) => void;
  /** Hears every command that is run, and how it ended. Never a password. */
  readonly log?: (line: string) => void;
}

/** Milliseconds: for the script, for the way to it, and for that when a person may be asked on it. */
const LIMIT = 120_000;
const LOGIN_LIMIT = 45_000;
const ASKING_LIMIT = 300_000;
const HEARTBEAT = 10_000;
const GRACE = 2_000;
const MAX_STDERR = 64 * 1024;
/** Hosts that are asked at the same time. */
const AT_ONCE = 4;
let running = 0;
const waiting: (() => void)[] = [];
/** When calls that are answered will have ended altogether: a server may allow no second one beside them. */
const endings = new Map<string, Promise<void>>();

/**
 * Asks a host one thing through the system's ssh, in one attempt.
 *
 * @throws TransportError when there is no whole answer, with a sentence for people
 */
export async function callHost<Result>(host: string, verb: Verb<Result>, options: CallOptions = {}): Promise<Result> {
  checkedDestination(host);
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    await endings.get(host);
    options.signal?.throwIfAborted();
    const { records } = await new Conversation(host, verb, options).answer;
    const boot = records.find(({ kind }) => kind === "boot-id");
    if (boot) options.onBoot?.(boot.rest);
    if (records.some(({ kind }) => kind === "needs-root")) throw needsRoot(host, records);
    return answerOf(host, verb, records);
  } catch (error) {
    if (error instanceof RecordError)
      throw new TransportError("EPROTOCOL", `What ${host} answers cannot be read: ${error.message}.`);
    if (options.signal?.aborted && !(error instanceof TransportError))
      throw new TransportError("ECANCELLED", "Cancelled.");
    throw error;
  } finally {
    // The place goes to who waits, so that nobody slips in between.
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}

function answerOf<Result>(host: string, verb: Verb<Result>, records: RecordReader["records"]): Result {
  try {
    return verb.schema.parse(verb.read(records, Math.floor(Date.now() / 1000)));
  } catch (error) {
    if (error instanceof TransportError) throw error;
    // Whatever a host makes up, it is its answer that is wrong.
    throw senseless(host, error as Error);
  }
}

function isExpected(error: unknown): error is Error {
  return error instanceof TransportError || error instanceof RecordError;
}

function senseless(host: string, { message }: Error): TransportError {
  return new TransportError("EPROTOCOL", `What ${host} answers makes no sense: ${message.slice(0, MAX_QUOTED)}`);
}

/** One run of ssh, from its start to its end. */
class Conversation {
  readonly answer: Promise<RecordReader>;
  readonly #host: string;
  readonly #verb: Verb<unknown>;
  readonly #options: CallOptions;
  readonly #reader: RecordReader;
  readonly #ssh: Ssh;
  readonly #nonce: string;
  #stderr = "";
  #failure: Error | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #sent: boolean;
  #onEnd = () => {};

  constructor(host: string, verb: Verb<unknown>, options: CallOptions) {
    const { password, signal, log = () => {}, asks = false } = options;
    if (password !== undefined && /[\n\0]/.test(password))
      throw new TransportError("EPASSWORD", "A password is one line.");
    this.#host = host;
    this.#verb = verb;
    this.#options = options;
    const onRecord = (record: RemoteRecord) => {
      // The remote command says which; without it something else has read the script.
      if (record.kind === "space" && !SPACES.has(record.rest)) throw boundToAnother(host, "");
      if (record.kind !== "ask") return options.onRecord?.(record) ?? false;
      this.#ask();
      return true;
    };
    const argv = sshArguments(host, password === undefined ? REMOTE_COMMAND : REMOTE_COMMAND_WITH_PASSWORD, options);
    log(`ssh ${argv.map((arg) => JSON.stringify(arg)).join(" ")} # ${verb.name}`);
    const { ssh, nonce, isSent } = beginCall(argv, options.environment, (own) => this.#input(own));
    this.#ssh = ssh;
    this.#nonce = nonce;
    this.#sent = isSent;
    this.#reader = new RecordReader(nonce, { ...options, onRecord });
    const onAbort = () => this.#stop(new TransportError("ECANCELLED", "Cancelled. Nothing was left on the host."));
    signal?.addEventListener("abort", onAbort, { once: true });
    this.#limit(asks ? ASKING_LIMIT : LOGIN_LIMIT);
    this.answer = this.#run().finally(() => {
      clearTimeout(this.#timer);
      clearInterval(this.#beat);
      signal?.removeEventListener("abort", onAbort);
      const end = this.#reader.ended ? "answered" : (this.#ssh.signalCode ?? this.#ssh.exitCode);
      log(`# ${verb.name} on ${host}: ${end}, ${this.#reader.count} records`);
    });
  }

  #run(): Promise<RecordReader> {
    const { password } = this.#options;
    this.#ssh.stdin.on("error", () => {
      // ssh ended before it took everything; its end says why.
    });
    this.#ssh.stderr.on("data", (bytes: Buffer) => {
      if (this.#stderr.length >= MAX_STDERR) return;
      this.#stderr += bytes.toString("latin1", 0, MAX_STDERR);
      // sudo asks again, and must not take the script for an answer.
      if (password !== undefined && !this.#sent && /try again/i.test(this.#stderr)) this.#ssh.stdin.end();
    });
    this.#ssh.stdout.on("data", (bytes: Buffer) => this.#take(bytes));
    if (password === undefined) {
      if (!this.#sent) this.#send();
    } else this.#ssh.stdin.write(`${password}\n`);
    return new Promise((resolve, reject) => {
      this.#ssh.once("error", ({ code }: NodeJS.ErrnoException) => {
        const text = code === "ENOENT" ? NO_SSH : `ssh cannot be started (${code}).`;
        reject(new TransportError("ENOSSH", text));
      });
      const settle = (code: number | null) => {
        try {
          resolve(this.#finish(code));
        } catch (error) {
          reject(error);
        }
      };
      // The answer is whole at its end; how ssh ends then tells nothing more.
      this.#onEnd = () => {
        const ending = new Promise<void>((end) => this.#ssh.once("close", () => end()));
        endings.set(this.#host, ending);
        void ending.then(() => endings.get(this.#host) === ending && endings.delete(this.#host));
        settle(null);
      };
      this.#ssh.once("close", settle);
    });
  }

  #take(bytes: Buffer): void {
    if (this.#failure || this.#reader.ended) return;
    try {
      const { started } = this.#reader;
      this.#push(bytes);
      if (!this.#sent && this.#reader.noise.includes(READY)) this.#send();
      if (this.#reader.started && !started) this.#begun();
      // The script has said its last word: without input, the rest of the host's side ends too.
      if (this.#reader.ended) {
        this.#ssh.stdin.end();
        if (this.#verb.answersEarly === true) this.#onEnd();
      }
    } catch (error) {
      // Also what a listener throws: it cannot read what comes.
      this.#stop(error as Error);
    }
  }

  #push(bytes: Buffer): void {
    try {
      this.#reader.push(bytes);
    } catch (error) {
      // It is noise as that before the first word, and may come together with the last one.
      if (!(error instanceof NoiseAfterEnd)) throw error;
    }
  }

  #send(): void {
    this.#sent = true;
    if (this.#options.password !== undefined) this.#ssh.stdin.write(`${BEGIN}\n`);
    this.#ssh.stdin.write(this.#input(this.#nonce));
  }

  #input(nonce: string): Buffer {
    return scriptInput(this.#verb, this.#options.args ?? [], nonce);
  }

  #ask(): void {
    const { onAsk } = this.#options;
    if (!onAsk) throw new RecordError("there is a question that nobody expects");
    onAsk(this.#reader.records).then(
      (args) => this.#ssh.stdin.writable && this.#ssh.stdin.write(answerInput(args)),
      // What there is to ask depends on what the host said: whatever it makes up, it is its answer that is wrong.
      (error) => this.#stop(isExpected(error) ? error : senseless(this.#host, error as Error)),
    );
  }

  #begun(): void {
    this.#limit(this.#options.limit ?? LIMIT);
    this.#beat = setInterval(() => this.#ssh.stdin.writable && this.#ssh.stdin.write("."), HEARTBEAT);
  }

  #limit(milliseconds: number): void {
    clearTimeout(this.#timer);
    const text = this.#reader.started
      ? `What was asked of ${this.#host} did not end within ${milliseconds / 1000} seconds, and was stopped. A command may hang there, as btrfs does on a disk that fails: dmesg on the host may say more.`
      : `${this.#host} did not answer within ${milliseconds / 1000} seconds. If ssh shares a connection with it that is dead, ssh -O exit ${this.#host} ends that. If it lets you in by hand, a file that the login shell reads at its start, such as ~/.bashrc, may wait for something, or go over to another shell (exec fish) also where nobody types.`;
    this.#timer = setTimeout(() => this.#stop(new TransportError("ETIMEOUT", text)), milliseconds);
  }

  /** Without input the host's side cleans up; ssh itself is ended when that takes long. */
  #stop(error: Error): void {
    this.#failure ??= error;
    const ssh = this.#ssh;
    ssh.stdin.end();
    const { started } = this.#reader;
    const ask = setTimeout(() => (started ? ssh.kill() : endOnTheWay(ssh)), started ? GRACE : 0);
    const force = setTimeout(() => ssh.kill("SIGKILL"), 2 * GRACE);
    ssh.once("close", () => {
      clearTimeout(ask);
      clearTimeout(force);
    });
  }

  #finish(code: number | null): RecordReader {
    if (this.#failure) throw this.#failure;
    if (!this.#reader.ended) throw this.#unfinished(code);
    const status = this.#reader.finish();
    if (status === 0) return this.#reader;
    throw new TransportError("ESCRIPT", `The script on ${this.#host} ended with ${status}.`);
  }

  #unfinished(code: number | null): TransportError {
    const host = this.#host;
    if (this.#reader.started)
      return new TransportError(
        "EINCOMPLETE",
        `The connection to ${host} ended in the middle of the answer (${this.#reader.count} records). Nothing of it is shown.`,
      );
    const said = `${this.#stderr.trim()} ${this.#reader.noise.trim()}`.trim().slice(0, MAX_QUOTED);
    // Something has read the command that knows no commands, and shows what it could not read.
    if (said.includes(REMOTE_COMMAND.slice(0, QUOTED_BY_SHELLS)))
      return new TransportError(
        "ENOSHELL",
        `The login shell of the account on ${host} does not run commands as a shell does. Use an account whose shell is bash, fish, zsh or another sh.`,
      );
    if (code === 127 && /\bsh: (?:command )?not found|\bsh: No such file/.test(said))
      return new TransportError(
        "ENOSHELL",
        `The login shell of the account on ${host} finds no command sh: its PATH is empty or wrong, by ~/.ssh/environment, SetEnv, or a file that the shell reads at its start.`,
      );
    if (said === "" && code === 255)
      return new TransportError(
        "ESSH",
        `${host} let the account in, or was about to, and ended the connection without a word: it may allow no sessions (MaxSessions in sshd_config), or bind the key or the account to something else. ssh -v ${host} shows more.`,
      );
    return (
      errorOfOutput(`${this.#stderr}\n${this.#reader.noise}`, host) ??
      // What we run ends well only with a script. The answer of another conversation is no other command.
      (code === 0 && !this.#reader.noise.includes("\0IMP 1 ")
        ? boundToAnother(host, said)
        : new TransportError("ESSH", `ssh ${host} ended with ${code} before the script ran. ${said || SILENT}`))
    );
  }
}

/** Characters of the command by which it is known in what a program says. */
const QUOTED_BY_SHELLS = 60;

/** Whose mounts a script sees. */
const SPACES: ReadonlySet<string> = new Set(["private", "shared"]);

function boundToAnother(host: string, said: string): TransportError {
  const text = `${host} runs another command than the one that it was asked to run: the account is bound to it by ForceCommand in sshd_config, or by command= of its key; or a file that its login shell reads at its start, such as ~/.bashrc, ends that shell or puts another program in its place. Use an account, or a key, that may run any command.`;
  return new TransportError("EFORCED", said === "" ? text : `${text} It says: ${said}`);
}

const SILENT =
  "Nothing says why: a file that the login shell reads at its start, such as ~/.bashrc, may end that shell (set -e).";

const NO_SSH = "ssh is not installed here. Install OpenSSH (the package openssh or openssh-client).";

function needsRoot(host: string, records: RecordReader["records"]): TransportError {
  const record = (kind: string, count: number) => {
    const found = records.find((one) => one.kind === kind);
    return found ? fieldsOf(found, count) : [];
  };
  const [, user = "the account"] = record("user", 2);
  const [said = ""] = record("sudo", 1);
  const { need, takesPassword } = whyNotRoot(shown(said), shown(user));
  return new TransportError(takesPassword ? "EROOT" : "ECANNOT", `This needs root on ${host}${need}`);
}
