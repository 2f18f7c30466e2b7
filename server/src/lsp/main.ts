import { startEvaluatingThread } from "./evaluating-thread.ts";
import { RemoteDesk } from "./remote/remote-desk.ts";
import { type DeskLines, Supervisor } from "./supervisor.ts";
import { transportOf } from "./transport.ts";

const { reader, writer, onEnd } = transportOf(process.argv.slice(2));
const exit = (code: number) => process.exit(code);
const desk = (lines: DeskLines) => new RemoteDesk(lines);
const supervisor = new Supervisor({ reader, writer, start: startEvaluatingThread, exit, desk });
onEnd(() => supervisor.end());
supervisor.run();
