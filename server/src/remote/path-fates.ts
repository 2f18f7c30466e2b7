import type { Host } from "../host/host.ts";
import type { PathFate } from "./remote-command.ts";

/** What the next boot does to paths by the configuration, in a form that can cross threads. */
export function pathFates(host: Host, paths: readonly string[]): PathFate[] {
  return paths.map((path) => {
    const { survives, by } = host.fateOf(path);
    return { survives: survives.answer, by, ...(survives.answer === "unknown" ? { why: survives.why } : {}) };
  });
}
