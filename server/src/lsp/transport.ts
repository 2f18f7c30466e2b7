import {
  createServerPipeTransport,
  createServerSocketTransport,
  IPCMessageReader,
  IPCMessageWriter,
  type MessageReader,
  type MessageWriter,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";

export interface Transport {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Calls back when the client has gone. */
  onEnd(callback: () => void): void;
}

/**
 * The line to the client that the arguments name: `--stdio`, `--node-ipc`, `--pipe=NAME`, `--socket=PORT`.
 *
 * @throws Error when they name none
 */
export function transportOf(args: readonly string[]): Transport {
  if (args.includes("--stdio")) {
    return {
      reader: new StreamMessageReader(process.stdin),
      writer: new StreamMessageWriter(process.stdout),
      onEnd: (callback) => {
        process.stdin.once("end", callback);
        process.stdin.once("close", callback);
        // A client that does not read any more is gone.
        process.stdout.once("error", callback);
      },
    };
  }
  if (args.includes("--node-ipc")) {
    return {
      reader: new IPCMessageReader(process),
      writer: new IPCMessageWriter(process),
      onEnd: (callback) => process.once("disconnect", callback),
    };
  }
  const pipe = argumentOf(args, "--pipe");
  const port = Number(argumentOf(args, "--socket"));
  if (pipe === undefined && !port)
    throw new Error("name the way to talk: --stdio, --node-ipc, --pipe=NAME, --socket=PORT");
  const [reader, writer] = pipe === undefined ? createServerSocketTransport(port) : createServerPipeTransport(pipe);
  return { reader, writer, onEnd: (callback) => reader.onClose(callback) };
}

function argumentOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name);
  if (at >= 0) return args[at + 1];
  return args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
}
