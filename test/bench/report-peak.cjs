// Preloaded by measure.mjs: writes the most memory that the process had, in kilobytes, to the file that PEAK_FILE names.
const { writeFileSync } = require("node:fs");
const { isMainThread } = require("node:worker_threads");

if (isMainThread) process.on("exit", () => writeFileSync(process.env.PEAK_FILE, String(process.resourceUsage().maxRSS)));
