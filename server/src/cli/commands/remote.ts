import { type CallOptions, callHost } from "../../remote/call-host.ts";
import { list } from "../../remote/list.ts";
import { listText, statusText } from "../../remote/remote-text.ts";
import { status } from "../../remote/status.ts";
import { TransportError } from "../../remote/transport-error.ts";
import { printable } from "../../report/printable.ts";
import { write, writeNote } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

/** `remote`: 0 when the host answered, 1 when its wipe did not happen or is blocked. */
export async function remote(
  verb: "status" | "list",
  host: string,
  { format, log, sshConfig }: { format: "pretty" | "json"; log?: boolean; sshConfig?: string },
): Promise<number> {
  const options: CallOptions = {
    ...(sshConfig === undefined ? {} : { configFile: sshConfig }),
    ...(log ? { log: (line) => writeNote(`${printable(line)}\n`) } : {}),
  };
  const print = (json: object, text: string) => write(format === "json" ? `${JSON.stringify(json, null, 2)}\n` : text);
  try {
    if (verb === "list") {
      const found = await callHost(host, list, options);
      print(found, listText(found));
      return found.complete ? 0 : 2;
    }
    const found = await callHost(host, status, options);
    print(found, statusText(found));
    return found.wipe.atThisBoot === "no" || found.nestedInRoot.length > 0 ? 1 : 0;
  } catch (error) {
    if (error instanceof TransportError) throw new UsageError(error.message);
    throw error;
  }
}
