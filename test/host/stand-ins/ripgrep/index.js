"use strict";

const path = require("node:path");

// npm links this folder into test/host/node_modules, where the package with the binaries is.
const modules = path.join(__dirname, "..", "..", "node_modules");

exports.rgPath = path.join(
  modules,
  "@vscode",
  "ripgrep-universal",
  "bin",
  `${process.platform}-${process.arch}`,
  "rg",
);
