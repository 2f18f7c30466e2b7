import { type MessagePort, parentPort, resourceLimits, workerData } from "node:worker_threads";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { watchHeap } from "../platform/heap-watch.ts";
import { serve } from "./server.ts";
import type { ThreadData } from "./thread-messages.ts";
import { ThreadLine } from "./thread-transport.ts";

const data = workerData as ThreadData;
watchHeap(resourceLimits.maxOldGenerationSizeMb ?? Number.POSITIVE_INFINITY);
const line = new ThreadLine(parentPort as MessagePort, data);
const connection = createConnection(ProposedFeatures.all, line.reader, line.writer, { messageStrategy: line });
serve(connection, { line, stopped: data.stopped });
