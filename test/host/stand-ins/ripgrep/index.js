"use strict";

const path = require("node:path");

const universal = path.dirname(require.resolve("@vscode/ripgrep-universal/package.json"));

exports.rgPath = path.join(universal, "bin", `${process.platform}-${process.arch}`, "rg");
