import { isMainThread } from "node:worker_threads";
import { runCommand } from "./main.ts";
import { readProgram } from "./read-program.ts";

/** What runs first: in the process that a person starts, and in the thread that this one starts for the command. */
await (isMainThread ? runCommand() : readProgram().run());
