import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { createConnection, ProposedFeatures } from "vscode-languageserver/node";
import { serve } from "./server.ts";
import type { ThreadData } from "./thread-messages.ts";
import { ThreadLine } from "./thread-transport.ts";

const data = workerData as ThreadData;
const line = new ThreadLine(parentPort as MessagePort, data);
const connection = createConnection(ProposedFeatures.all, line.reader, line.writer, { messageStrategy: line });
serve(connection, { line, stopped: data.stopped });
