import { startEvaluatingThread } from "./evaluating-thread.ts";
import { Supervisor } from "./supervisor.ts";
import { transportOf } from "./transport.ts";

const { reader, writer, onEnd } = transportOf(process.argv.slice(2));
const exit = (code: number) => process.exit(code);
const supervisor = new Supervisor({ reader, writer, start: startEvaluatingThread, exit });
onEnd(() => supervisor.end());
supervisor.run();
