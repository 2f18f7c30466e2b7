import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { RecordError, RecordReader } from "./record-reader.ts";
import type { StepOptions } from "./remote-command.ts";
import { REMOTE_COMMAND, REMOTE_COMMAND_WITH_PASSWORD, scriptInput } from "./script-input.ts";
import { checkedDestination, type SshSettings, sshArguments } from "./ssh-arguments.ts";
import { errorOfOutput, TransportError } from "./transport-error.ts";
import type { Verb } from "./verb.ts";

export interface CallOptions extends SshSettings, StepOptions {
  readonly signal?: AbortSignal;
  /** The password for sudo on the host. It is written to ssh's input and nowhere else. */
  readonly password?: string;
  /** Hears every command that is run, and how it ended. Never a password. */
  readonly log?: (line: string) => void;
}

const LIMIT = 120_000;
const HEARTBEAT = 10_000;
const GRACE = 2_000;
const MAX_STDERR = 64 * 1024;
/** Hosts that are asked at the same time. */
const AT_ONCE = 4;
let running = 0;
const waiting: (() => void)[] = [];

/**
 * Asks a host one thing through the system's ssh.
 *
 * @throws TransportError when there is no whole answer, with a sentence for people
 */
export async function callHost<Result>(host: string, verb: Verb<Result>, options: CallOptions = {}): Promise<Result> {
  checkedDestination(host);
  if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
  else running++;
  try {
    options.signal?.throwIfAborted();
    const reader = await converse(host, verb, options);
    return verb.schema.parse(verb.read(reader.records, Math.floor(Date.now() / 1000)));
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

function converse<Result>(host: string, verb: Verb<Result>, options: CallOptions): Promise<RecordReader> {
  const { args = [], signal, password, limit = LIMIT, log = () => {} } = options;
  if (password !== undefined && /[\n\0]/.test(password))
    throw new TransportError("EPASSWORD", "A password is one line.");
  const nonce = randomBytes(16).toString("hex");
  const reader = new RecordReader(nonce, options);
  const command = password === undefined ? REMOTE_COMMAND : REMOTE_COMMAND_WITH_PASSWORD;
  const argv = sshArguments(host, command, options);
  log(`ssh ${argv.map((arg) => JSON.stringify(arg)).join(" ")} # ${verb.name}`);
  const ssh = spawn("ssh", argv, { stdio: "pipe", env: { ...process.env, LC_ALL: "C" }, windowsHide: true });

  return new Promise((resolve, reject) => {
    let stderr = "";
    let failure: Error | undefined;
    const stop = (error: Error) => {
      failure ??= error;
      end(ssh);
    };
    const onAbort = () => stop(new TransportError("ECANCELLED", "Cancelled. Nothing was left on the host."));
    const timer = setTimeout(
      () => stop(new TransportError("ETIMEOUT", `${host} did not answer within ${limit / 1000} seconds.`)),
      limit,
    );
    const beat = setInterval(() => reader.started && ssh.stdin.writable && ssh.stdin.write("."), HEARTBEAT);
    signal?.addEventListener("abort", onAbort, { once: true });

    ssh.stdin.on("error", () => {
      // ssh ended before it took everything; its end says why.
    });
    ssh.stderr.on("data", (bytes: Buffer) => {
      if (stderr.length < MAX_STDERR) stderr += bytes.toString("latin1");
    });
    ssh.stdout.on("data", (bytes: Buffer) => {
      if (failure) return;
      try {
        reader.push(bytes);
        // The script has said its last word: without input, the rest of the host's side ends too.
        if (reader.ended) ssh.stdin.end();
      } catch (error) {
        // Also what a listener throws: it cannot read what comes.
        stop(error as Error);
      }
    });
    const done = () => {
      clearTimeout(timer);
      clearInterval(beat);
      signal?.removeEventListener("abort", onAbort);
    };
    ssh.once("error", (error: NodeJS.ErrnoException) => {
      done();
      const text = error.code === "ENOENT" ? "ssh is not installed here." : `ssh cannot be started (${error.code}).`;
      reject(new TransportError("ENOSSH", text));
    });
    ssh.once("close", (code, killedBy) => {
      done();
      log(`# ${verb.name} on ${host}: ${killedBy ?? code}, ${reader.count} records`);
      if (failure) return reject(failure);
      if (!reader.ended) return reject(unfinished(host, reader, stderr, code));
      try {
        const status = reader.finish();
        if (status === 0) resolve(reader);
        else reject(new TransportError("ESCRIPT", `The script on ${host} ended with ${status}.`));
      } catch (error) {
        reject(error);
      }
    });
    ssh.stdin.write(password === undefined ? "" : `${password}\n`);
    ssh.stdin.write(scriptInput(verb.scripts, args, nonce));
  });
}

function unfinished(host: string, reader: RecordReader, stderr: string, code: number | null): TransportError {
  if (reader.started)
    return new TransportError(
      "EINCOMPLETE",
      `The connection to ${host} ended in the middle of the answer (${reader.count} records). Nothing of it is shown.`,
    );
  return (
    errorOfOutput(`${stderr}\n${reader.noise}`, host) ??
    new TransportError("ESSH", `ssh ${host} ended with ${code} before the script ran. ${stderr.trim()}`.trim())
  );
}

/** Without input the host's side cleans up; ssh itself is ended when that takes long. */
function end(ssh: ChildProcessWithoutNullStreams): void {
  ssh.stdin.end();
  const ask = setTimeout(() => ssh.kill("SIGTERM"), GRACE);
  const force = setTimeout(() => ssh.kill("SIGKILL"), 2 * GRACE);
  ssh.once("close", () => {
    clearTimeout(ask);
    clearTimeout(force);
  });
}
