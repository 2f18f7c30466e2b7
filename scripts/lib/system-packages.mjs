// The Debian packages that the tests need, in one place, each with what it is for.
import { spawnSync } from "node:child_process";
import { run } from "./process.mjs";

const PACKAGES = {
  "nix-bin": "nix-instantiate: what our evaluator must agree with, and the parser every fixed file must pass",
  clang: "compiles the tree-sitter grammar to WebAssembly, to compare with the committed file",
  lld: "links it",
  "wasi-libc": "the C headers for it",
  chromium: "the window that VS Code runs in",
  neovim: "a second editor that speaks to the language server",
  "emacs-nox": "a third editor",
  "elpa-eglot": "its language client",
  shellcheck: "checks the shell that snippets and fixes write",
  systemd: "systemd-analyze: what our calendar and time span reader must agree with",
  "btrfs-progs": "the btrfs command whose arguments the rollback reader knows, and which shows what rules claim",
  "btrfs-compsize": "shows how btrfs stores a file",
  btrbk: "shows which snapshots a policy keeps",
  prometheus: "promtool: checks the metrics and alert rules of the modules for servers, and runs the rules",
  fio: "writes as a database does, to compare directories with and without copy-on-write",
  e2fsprogs: "lsattr, chattr and filefrag: show NOCOW and fragments",
  mount: "mount and swapon, for filesystems of the tests' own",
  "util-linux": "unshare and setpriv: keep those mounts from the rest of the machine",
  "openssh-server": "a host of the tests' own, which remote commands ask",
  "openssh-client": "the ssh that asks it",
  sudo: "becomes root there",
  fish: "a login shell that is not POSIX",
  zsh: "another one",
  tcsh: "one of another family",
  mksh: "another one that is POSIX",
  elvish: "one with a language of its own",
  opendoas: "becomes root on a host without sudo",
  "libpam-oath": "asks for one-time codes at a login",
  busybox: "the programs of hosts that have no others",
  procps: "pgrep: finds what is left running there",
  openssl: "makes the hash of a password there",
  python3: "makes histories with file names that no shell can write",
  "ca-certificates": "npm over https",
};

/**
 * Installs what is missing when this may be done here, and says how otherwise.
 *
 * @returns {Promise<boolean>} whether all packages are there now
 */
export async function ensureSystemPackages() {
  const missing = missingPackages();
  if (missing === undefined) {
    console.error("The tests run on Debian 12: they need programs at the versions that its packages have.");
    return false;
  }
  if (missing.length === 0) return true;
  const install = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid?.() !== 0) {
    console.error("The tests need these Debian packages:\n");
    for (const name of missing) console.error(`  ${name.padEnd(18)}${PACKAGES[name]}`);
    console.error(`\nRun this once, then npm test again:\n\n  sudo apt-get update && sudo ${install}`);
    return false;
  }
  console.log(`Installing Debian packages: ${missing.join(" ")} …`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [["update"], install.split(" ").slice(1)]) {
    const { code, output } = await run("apt-get", ["-q", ...args], { env, show: "nothing" });
    if (code !== 0) {
      console.error(output);
      return false;
    }
  }
  return missingPackages()?.length === 0;
}

/** The names of packages that are not installed, or undefined when this is not a Debian system. */
function missingPackages() {
  const names = Object.keys(PACKAGES);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: these are dpkg's own placeholders.
  const format = "${Package} ${db:Status-Status}\n";
  const asked = spawnSync("dpkg-query", ["-W", "-f", format, ...names], { encoding: "utf8" });
  if (asked.error) return undefined;
  const installed = new Set(
    asked.stdout
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  return names.filter((name) => !installed.has(name));
}
