"use strict";

// An output channel is a log file which the window reads back: without a logger that really writes, every channel
// stays empty.
const fs = require("node:fs");
const path = require("node:path");

const LEVELS = ["trace", "debug", "info", "warning", "error", "critical"];
const INFO = LEVELS.indexOf("info");

class Logger {
  constructor(file) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.file = fs.openSync(file, "a");
    this.level = INFO;
    this.bare = false;
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {
    this.bare = false;
  }

  clearFormatters() {
    this.bare = true;
  }

  // Every line is written at once, so there is nothing to flush.
  flush() {}

  drop() {
    if (this.file === undefined) return;
    fs.closeSync(this.file);
    this.file = undefined;
  }

  write(level, message) {
    if (this.file === undefined || level < this.level) return;
    const time = new Date().toISOString().slice(0, -1).replace("T", " ");
    fs.writeSync(this.file, this.bare ? message : `${time} [${LEVELS[level]}] ${message}\n`);
  }
}

for (const [method, level] of [
  ["trace", 0],
  ["debug", 1],
  ["info", 2],
  ["warn", 3],
  ["error", 4],
  ["critical", 5],
]) {
  Logger.prototype[method] = function (message) {
    this.write(level, String(message));
  };
}

const create = async (_name, file) => new Logger(file);

// One plain assignment for each name: only then does `import { setFlushOn }` of a CommonJS module find it.
exports.version = 11500;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
