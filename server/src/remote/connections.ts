import { existsSync, rmSync } from "node:fs";
import { privateFolder } from "./private-folder.ts";
import { outputOfSsh } from "./run-ssh.ts";
import { configArguments, destinationArguments, sharingArguments } from "./ssh-arguments.ts";

/** What ssh appends to the folder: a slash, the hash, and while it makes the socket a dot and 16 letters. */
const SOCKET_NAME = 1 + 40 + 17;
/** Milliseconds for what happens on this computer only. */
const LOCAL_LIMIT = 5_000;

/**
 * What the sessions of one program share: connections to hosts that stay open for some seconds, and the private folder of
 * their sockets. Windows' ssh cannot share connections.
 */
export class Connections {
  /** How long a connection stays open after its last use. */
  readonly seconds: number;
  #folder: string | undefined | null = process.platform === "win32" ? null : undefined;
  readonly #shared = new Map<string, Promise<boolean>>();
  readonly #used = new Map<string, readonly string[]>();

  /** @param seconds that a connection stays open after its last use, also when this program is killed */
  constructor(seconds = 20) {
    this.seconds = seconds;
  }

  /** A folder that only this user can enter, with a short path; null when there can be none. */
  folder(): string | null {
    // What cleans temporary folders may have taken it from an editor that has run for days.
    if (this.#folder === undefined || (this.#folder !== null && !existsSync(this.#folder))) {
      const made = privateFolder(SOCKET_NAME);
      this.#folder = made;
      if (made !== null) process.once("exit", this.#removeFolder);
    }
    return this.#folder;
  }

  /**
   * The folder for the control socket of a host. Undefined when the user's own configuration says how its connections are
   * shared: that is left alone.
   */
  async controlFolder(host: string, configFile: string | undefined): Promise<string | undefined> {
    const config = configArguments(configFile);
    const key = keyOf(host, configFile);
    let own = this.#shared.get(key);
    if (!own) {
      // Windows' ssh cannot share them.
      if (this.folder() === null) return undefined;
      own = outputOfSsh([...config, "-G", ...destinationArguments(host)], LOCAL_LIMIT).then(
        (text) => text === undefined || /^control(?:path (?!none$)|master (?!false$|no$))/m.test(text),
      );
      this.#shared.set(key, own);
    }
    if (await own) return undefined;
    const folder = this.folder();
    if (folder === null) return undefined;
    this.#used.set(key, [
      ...config,
      ...sharingArguments(folder, this.seconds),
      "-O",
      "exit",
      ...destinationArguments(host),
    ]);
    return folder;
  }

  /** For a host that is asked one thing: its connection is not worth a look at the configuration, and ends with the call. */
  leaveAlone(host: string, configFile: string | undefined): void {
    this.#shared.set(keyOf(host, configFile), Promise.resolve(true));
  }

  /** Ends the connections and removes the folder. What is still running on a host ends, too. */
  async close(): Promise<void> {
    await Promise.all([...this.#used.values()].map((args) => outputOfSsh(args, LOCAL_LIMIT)));
    this.#used.clear();
    this.#removeFolder();
    process.off("exit", this.#removeFolder);
    this.#folder = undefined;
  }

  #removeFolder = () => {
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  };
}

function keyOf(host: string, configFile: string | undefined): string {
  return JSON.stringify([host, configFile]);
}
