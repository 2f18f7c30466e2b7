#!/bin/sh
# ssh runs this when it needs an answer. The question goes to the program that started ssh, over a socket in a folder that
# only its user can enter, and the answer comes back the same way: no file and no argument ever holds it.
ELECTRON_RUN_AS_NODE=1 exec "$NIX_IMPERMANENCE_NODE" -e '
const socket = require("node:net").connect(process.env.NIX_IMPERMANENCE_ASKPASS);
const { SSH_ASKPASS_PROMPT: hint = "" } = process.env;
socket.write(JSON.stringify({ text: process.argv[1] ?? "", hint }) + "\n");
let answer = "";
socket.on("data", (bytes) => { answer += bytes; });
socket.on("error", () => process.exit(1));
socket.on("end", () => {
  if (answer === "") process.exit(1);
  process.stdout.write(JSON.parse(answer) + "\n");
});
' "${1-}"
