"use strict";

// The built-in git extension does not load without these names.
const fs = require("node:fs");

exports.constants = fs.constants;
exports.copyFile = fs.promises.copyFile;
exports.copyFileSync = fs.copyFileSync;
exports.cp = fs.promises.cp;
exports.isCloneSupported = async () => false;
