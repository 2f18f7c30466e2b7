import { workerData } from "node:worker_threads";
import type { ProgramData, StoppedHost } from "./program-messages.ts";

const stopped = (workerData as ProgramData | null)?.stopped ?? [];

/** The hosts that earlier threads of this command were stopped at, by their keys. */
export const stoppedHosts: ReadonlyMap<string, StoppedHost> = new Map(stopped.map((host) => [host.key, host]));
