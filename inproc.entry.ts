export { DiskWorkspace } from "./server/src/workspace/disk-workspace.ts";
export { LiveAnalysis } from "./server/src/workspace/live-analysis.ts";
export { FactLedger } from "./server/src/host/fact-ledger.ts";
export { loadParser } from "./server/src/syntax/parser.ts";
