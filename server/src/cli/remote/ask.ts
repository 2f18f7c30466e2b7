import type { Ask } from "../../remote/question.ts";
import { printable } from "../../report/printable.ts";
import { ask, writeNote } from "../terminal.ts";

/** Asks on the terminal what ssh and sudo want to know. Without a terminal nothing is answered. */
export function askIn(signal: AbortSignal): Ask {
  return ({ host, kind, text, hidden, attempt }) => {
    // Which of several answers was wrong a host does not say.
    if (attempt > 0)
      writeNote(`${kind === "passphrase" ? "That was not right" : "That was not accepted"} (${printable(host)}).\n`);
    // A code is asked for in the host's own words, which may not say whose they are.
    const whose = kind === "other" || (kind === "password" && !text.includes(host)) ? `${host}: ` : "";
    return ask(printable(`${whose}${text}`), hidden, signal);
  };
}
