// Answers `nix-instantiate --eval …` with the checker's evaluator, for scripts that call it by that name.
// The files it may read lie below NIXPKGS_LIB and the current folder.
import { isAbsolute, resolve } from "node:path";
import { Worker } from "node:worker_threads";

const words = process.argv.slice(2);
const request = {
  roots: [process.env.NIXPKGS_LIB ?? process.cwd(), process.cwd()],
  cwd: process.cwd(),
  args: new Map(),
  searchPath: (process.env.NIX_PATH ?? "").split(":").filter(Boolean),
};
let json = false;
let strict = false;
while (words.length > 0) {
  const word = words.shift();
  if (word === "--json") json = true;
  else if (word === "--strict") strict = true;
  else if (word === "-E" || word === "--expr") request.expression = words.shift();
  else if (word === "-A" || word === "--attr") request.attribute = words.shift();
  else if (word === "-I") request.searchPath.unshift(words.shift());
  else if (word === "--arg") request.args.set(words.shift(), words.shift());
  else if (word === "--argstr") request.args.set(words.shift(), JSON.stringify(words.shift()));
  else if (word === "--timeout" || word === "--store" || word === "--max-call-depth") words.shift();
  else if (word === "--option") request.abortOnWarning ||= words.splice(0, 2)[0] === "abort-on-warn";
  else if (!word.startsWith("-")) request.file = isAbsolute(word) ? word : resolve(word);
}
const worker = new Worker(new URL("./worker.mjs", import.meta.url), {
  workerData: {
    job: { kind: "evaluate", request, json, strict },
    wasm: JSON.parse(process.env.CONFORMANCE_WASM),
  },
  resourceLimits: { stackSizeMb: 200, maxOldGenerationSizeMb: 2048 },
});
worker.on("message", ({ text, error }) => {
  if (error === undefined) console.log(text);
  else {
    console.error(error);
    process.exitCode = 1;
  }
});
