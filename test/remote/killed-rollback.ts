import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { rollbackCommand } from "../../server/src/remote/rollback/rollback.ts";
import type { RollbackOptions } from "../../server/src/remote/rollback/rollback-schema.ts";
import { type End, Runner } from "./killed-run.ts";
import { TestHost } from "./test-host.ts";

const SNAPSHOT = "snapshots/services-20260101-000000";
const WHOLE = { old: "old old x\n", new: "new new x\n" };
type What = "rollback" | "undo" | "discard";

/** A host with the subvolume `services`, mounted, that is rolled back, with everything ended at every step. */
export class KilledRollback {
  readonly host: TestHost;
  readonly #runner: Runner;

  private constructor(host: TestHost) {
    this.host = host;
    this.#runner = new Runner(host);
  }

  static async start(): Promise<KilledRollback> {
    const host = await TestHost.start();
    host.run(
      "top",
      `btrfs -q subvolume create services; echo new >services/x; echo new >services/new
       btrfs -q subvolume snapshot -r services ${SNAPSHOT}; echo old >services/x; mv services/new services/old; sync -f .`,
    );
    writeFileSync(join(host.folder, "mounts"), "services /services\n");
    host.run("crash");
    return new KilledRollback(host);
  }

  async destroy(): Promise<void> {
    await this.#runner.close();
    this.host.run("destroy");
  }

  /** Ends a verb at each of its steps, and looks at what the next call makes of it. What did not run, in order. */
  async atEveryStep(what: What, end: End, how: "exchange" | "renames" = "exchange"): Promise<string[]> {
    const steps: string[] = [];
    for (let step = 1; ; step++) {
      const id = what === "rollback" ? undefined : await this.#rolledBack();
      const before = this.#onDisk();
      if (how === "renames") this.#withoutExchange();
      const options = id === undefined ? { subvolume: "services", snapshot: SNAPSHOT } : { [what]: id };
      const words = id === undefined ? ["services", SNAPSHOT, "--yes"] : [`--${what}`, id, "--yes"];
      const at = await this.#runner.until(end, step, rollbackCommand, options, words);
      if (at !== undefined) steps.push(at);
      const where = `${what}, ${end}, at ${at ?? "the end"}`;
      // An exchange is there or not, before anybody repairs it. What is deleted is not in use.
      if (at !== undefined && how === "exchange") expect(Object.values(WHOLE), where).toContain(this.#onDisk());
      if (what === "discard") expect(this.#onDisk(), where).toBe(before);
      if (at === undefined && end === "host") await this.#loseWhatIsNotWritten();
      const repaired = await this.#call({ repair: true });
      expect(repaired.done, `${where}: ${repaired.why}`).toBe(true);
      const is = this.#onDisk();
      expect(Object.values(WHOLE), where).toContain(is);
      expect(this.#mounted(), where).toBe(is);
      const [entry] = repaired.rollbacks;
      const states = repaired.rollbacks.map(({ state, pending }) => [state, ...pending].join(" "));
      const rolledBack = is === WHOLE.new ? ["rolled-back"] : [];
      const undone = is === WHOLE.new ? ["rolled-back"] : ["undone"];
      if (what === "rollback") expect(states, where).toEqual(rolledBack);
      if (what === "undo") expect(states, where).toEqual(undone);
      if (what === "discard") expect([[], ["rolled-back"]], where).toContainEqual(states);
      if (at === undefined && what === "discard") expect(states).toEqual([]);
      // That what was repaired can be taken back is looked at now and then.
      if (entry && (at === undefined || step % 4 === 0)) await this.#takeBack(entry.id, is);
      else this.#reset();
      expect(this.#onDisk(), where).toBe(WHOLE.old);
      if (at === undefined) return steps;
    }
  }

  /** A crash right behind the answer: what was said to be done is so, even where the last mark of it did not reach the disk. */
  async #loseWhatIsNotWritten(): Promise<void> {
    const before = this.#onDisk();
    this.host.run("powerloss");
    await this.#runner.close();
    expect(this.#onDisk()).toBe(before);
  }

  /** Rolls back, and answers the name of that. */
  async #rolledBack(): Promise<string> {
    const done = await this.#call({ subvolume: "services", snapshot: SNAPSHOT });
    expect(done.why).toBeUndefined();
    return done.id as string;
  }

  /** Takes a rollback back for good, and expects that nothing of it is left. */
  async #takeBack(id: string, is: string): Promise<void> {
    if (is === WHOLE.new) expect((await this.#call({ undo: id })).why).toBeUndefined();
    expect(await this.#call({ discard: id })).toMatchObject({ done: true, rollbacks: [] });
    const left = "ls -A .nix-impermanence-rollbacks 2>/dev/null || :; btrfs subvolume list -o . | wc -l";
    expect(this.host.run("top", left)).toBe("8\n");
  }

  /** The same without a word to the host, which is faster. */
  #reset(): void {
    this.host.run(
      "top",
      `for d in .nix-impermanence-rollbacks/*; do [ -d "$d" ] || continue
         for s in other before; do [ ! -e "$d/$s" ] || btrfs -q subvolume delete "$d/$s"; done; rm -r "$d"; done
       cd services; rm -f new; echo old >x; echo new >old; sync -f .`,
    );
  }

  #call(options: Partial<RollbackOptions>) {
    return this.#runner.call(rollbackCommand, options);
  }

  #withoutExchange(): void {
    const hide = "mkdir -p /run/wrappers/bin; for c in perl python3; do ln -sf /bin/false /run/wrappers/bin/$c; done";
    this.host.run("inside", "sh", "-c", hide);
  }

  #onDisk = () => this.host.run("top", "echo $(cat services/x; ls services)");

  /** What the host itself sees. */
  #mounted = () => this.host.run("inside", "sh", "-c", "echo $(cat /services/x; ls /services)");
}
