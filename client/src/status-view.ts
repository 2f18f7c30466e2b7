import type { Status } from "../../server/src/protocol.ts";
import type { ServerState } from "./server-state.ts";

/** What the language status item shows. `text` is one short line, `detail` the line below it. */
export interface StatusView {
  readonly text: string;
  readonly detail: string;
  readonly level: "information" | "warning" | "error";
  readonly busy: boolean;
  /** The action the item itself offers. */
  readonly action: "showHosts" | "restartServer" | "showOutput";
  /** Whether a second item offers the output, because the first one offers a restart. */
  readonly offersOutput: boolean;
}

/**
 * The status of the file `uri` in words. Findings do not change the level: the squiggles already shout. Only a server
 * that does not run does, because then silence would be mistaken for "nothing found".
 */
export function statusView(server: ServerState, status: Status | undefined, uri: string | undefined): StatusView {
  switch (server.kind) {
    case "starting":
      return view("Starting…", "The checker is starting.", { busy: true, action: "showOutput" });
    case "waiting": {
      const times =
        server.crashes === 1 ? "stopped unexpectedly" : `stopped unexpectedly, ${server.crashes} times by now`;
      const detail = `The checker ${times}. It starts again in ${seconds(server.delay)}.`;
      return view("Restarting…", detail, { level: "warning", busy: true, action: "restartServer", offersOutput: true });
    }
    case "down":
      return view("Checker is not running", server.why, {
        level: "error",
        action: "restartServer",
        offersOutput: true,
      });
    case "off":
      return view("Not checked here", server.why, { action: "showOutput" });
    case "running":
      return runningView(status, uri);
  }
}

function runningView(status: Status | undefined, uri: string | undefined): StatusView {
  const file = status?.files.find((candidate) => candidate.uri === uri);
  if (!status || !file) return view("Reading…", "The checker is reading the configuration.", { busy: true });
  const { busy } = status;
  if (file.hosts.length === 0) {
    return view("Not part of a checked host", "No host in this workspace imports this file.", { busy });
  }
  const text = file.findings === 0 ? "No findings" : count(file.findings, "finding");
  const parts = [`${file.hosts.length === 1 ? "host" : "hosts"} ${names(file.hosts)}`];
  if (file.findings > 0) parts.unshift(`${file.findingsInFile === 0 ? "none" : file.findingsInFile} in this file`);
  if (status.elapsed !== undefined) parts.push(`${Math.round(status.elapsed)} ms`);
  return view(text, parts.join(" · "), { busy });
}

function view(text: string, detail: string, rest: Partial<Omit<StatusView, "text" | "detail">>): StatusView {
  return { text, detail, level: "information", busy: false, action: "showHosts", offersOutput: false, ...rest };
}

function names(hosts: readonly string[]): string {
  const shown = hosts.slice(0, 3).join(", ");
  return hosts.length > 3 ? `${shown} and ${hosts.length - 3} more` : shown;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function seconds(milliseconds: number): string {
  return count(Math.max(1, Math.round(milliseconds / 1000)), "second");
}
