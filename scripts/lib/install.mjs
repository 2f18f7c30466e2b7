// Installing npm packages on a fresh clone. Only Node itself is used: nothing is installed yet when this runs.
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { run } from "./process.mjs";
import { root } from "./root.mjs";

/**
 * Makes `node_modules` of a folder hold what its `package-lock.json` names, by `npm ci` when it does not.
 *
 * Install scripts are not run: the packages that have one work without it, and it is code that nobody reviewed.
 *
 * Ends this process, with what npm said, when npm fails: without its packages no script can go on.
 *
 * @param {string} [folder] absolute; the repository's top folder when left out
 */
export async function ensurePackages(folder = root) {
  const reason = reasonToInstall(folder);
  if (!reason) return;
  console.log(`Installing npm packages in ${relative(root, folder) || "."} (${reason}) …`);
  const flags = ["--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"];
  // Under `npm test` the top folder's settings come as environment and would outdo those of the other folder, whose
  // packages ask for a newer Node than this one: they run on the Node that they bring.
  if (folder !== root) flags.push("--engine-strict=false");
  const { code, output } = await run("npm", ["ci", ...flags], { cwd: folder, show: "nothing" });
  if (code !== 0) {
    console.error(`${output}\nnpm ci failed in ${folder}.`);
    process.exit(1);
  }
}

/**
 * Why the packages of a folder have to be installed, or undefined when they are all there.
 *
 * npm leaves a copy of the lock file inside `node_modules`; it is compared by content, because the dates of files say
 * nothing after a clone or a checkout.
 *
 * @param {string} folder
 * @returns {string | undefined}
 */
export function reasonToInstall(folder) {
  const installedLock = join(folder, "node_modules", ".package-lock.json");
  if (!existsSync(installedLock)) return "node_modules is missing";
  const wanted = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedLock, "utf8")).packages;
  for (const [path, entry] of Object.entries(wanted)) {
    // The first entry is the package itself; optional ones may be for another system.
    if (path === "" || !path.startsWith("node_modules/") || entry.optional || entry.devOptional) continue;
    const present = installed[path];
    if (!present || present.version !== entry.version || present.integrity !== entry.integrity) {
      return `${path.slice("node_modules/".length)} is not as package-lock.json says`;
    }
  }
  return undefined;
}
