import { createServer } from "node:net";
import { isAbsolute, resolve } from "node:path";

/** What a call of `nix-instantiate --eval` with these words asks for. Below `folder` and `cwd` files may be read. */
export function requestOf(words, { cwd, nixPath, folder }) {
  const rest = [...words];
  const request = { roots: [folder, cwd], cwd, args: new Map(), searchPath: nixPath.split(":").filter(Boolean) };
  let json = false;
  let strict = false;
  while (rest.length > 0) {
    const word = rest.shift();
    if (word === "--json") json = true;
    else if (word === "--strict") strict = true;
    else if (word === "-E" || word === "--expr") request.expression = rest.shift();
    else if (word === "-A" || word === "--attr") request.attribute = rest.shift();
    else if (word === "-I") request.searchPath.unshift(rest.shift());
    else if (word === "--arg") request.args.set(rest.shift(), rest.shift());
    else if (word === "--argstr") request.args.set(rest.shift(), JSON.stringify(rest.shift()));
    else if (word === "--timeout" || word === "--store" || word === "--max-call-depth") rest.shift();
    else if (word === "--option") request.abortOnWarning ||= rest.splice(0, 2)[0] === "abort-on-warn";
    else if (!word.startsWith("-")) request.file = isAbsolute(word) ? word : resolve(cwd, word);
  }
  return { request, json, strict };
}

/** Listens for calls of the command `nix-instantiate.sh`; `evaluate` answers them. Resolves to the server. */
export function listen(folder, evaluate) {
  const server = createServer((socket) => {
    let received = "";
    socket.setEncoding("utf8").on("data", async (chunk) => {
      received += chunk;
      if (!received.endsWith("\u0001\0")) return;
      const [cwd, nixPath, ...words] = received.split("\0").slice(0, -2);
      const { text, error } = await evaluate(requestOf(words, { cwd, nixPath, folder }));
      const base64 = (output) => Buffer.from(output === undefined ? "" : `${output}\n`).toString("base64");
      socket.end(`${error === undefined ? 0 : 1}\n${base64(text)}\n${base64(error)}\n`);
    });
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}
