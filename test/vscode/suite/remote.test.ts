// Commands for a host over the real ssh, on the host that test/vscode/run-suite.ts has started. Where the suite runs
// without one (as it does in a downloaded VS Code), there is nothing to reach.
import * as assert from "node:assert/strict";
import * as vscode from "vscode";
import { answerDialogs, restoreDialogs, type Shown } from "./dialogs.ts";
import { shownDiffOf } from "./diffs.ts";
import { allow, atTop, hostFolder, inside, JOSH, run } from "./host.ts";
import { openFileWith, revert, until } from "./workspace.ts";

const documents = () => vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === "impermanence-host");
const answerOf = (name: string) =>
  documents()
    .find(({ uri }) => uri.path.endsWith(`/${name}`))
    ?.getText();

if (hostFolder !== undefined) {
  describe("a host over ssh", () => {
    before(async () => {
      await openFileWith('"6h"');
      await until("findings", () => vscode.languages.getDiagnostics().length > 0);
      // Other files of the suite may have run before, and approved it.
      answerDialogs(({ buttons }) => [...buttons]);
      await run("forgetHosts");
      restoreDialogs();
    });
    afterEach(restoreDialogs);

    it("is not reached when the user does not approve, nor when the question is closed", async () => {
      for (const answer of ["Cancel", undefined]) {
        const shown = answerDialogs(() => answer);
        await run("hostStatus", JOSH);
        const [question] = shown;
        assert.match(question?.text ?? "", /run ssh on josh@127\.0\.0\.1\?/);
        assert.doesNotMatch(question?.detail ?? "", /ssh connects/);
        assert.equal(shown.length, 1);
        assert.equal(answerOf("status.txt"), undefined);
      }
    });

    it("says where the name leads to who wants to know it, and asks again", async () => {
      const shown = answerDialogs(({ buttons }) => buttons.find((one) => one === "Show Where It Leads"));
      await run("hostStatus", JOSH);
      assert.deepEqual(
        shown.map(({ buttons }) => buttons),
        [["Allow", "Show Where It Leads"], ["Allow"]],
      );
      assert.match(
        shown[1]?.detail ?? "",
        /^ssh connects to josh@127\.0\.0\.1, port \d+\.\n+Root is used there, if sudo/,
      );
      assert.equal(answerOf("status.txt"), undefined);
    });

    it("says how it is, and is asked about once", async () => {
      const shown = answerDialogs(allow);
      await run("hostStatus", JOSH);
      assert.match(answerOf("status.txt") ?? "", /testhost/);
      await run("hostStatus", JOSH);
      assert.deepEqual(
        shown.map(({ kind }) => kind),
        ["warning"],
      );
      await run("showJson");
      assert.equal(JSON.parse(answerOf("status.json") ?? "").host, "testhost");
    });

    it("is asked about again when approvals are forgotten", async () => {
      answerDialogs(({ buttons }) => [...buttons]);
      await run("forgetHosts");
      const shown = answerDialogs(() => undefined);
      await run("hostStatus", JOSH);
      assert.match(shown[0]?.text ?? "", /run ssh on/);
    });

    it("is never reached from a workspace that is not trusted", async () => {
      const trusted = Object.getOwnPropertyDescriptor(vscode.workspace, "isTrusted");
      answerDialogs(allow);
      await run("hostStatus", JOSH);
      Object.defineProperty(vscode.workspace, "isTrusted", { value: false, configurable: true });
      try {
        const shown = answerDialogs(allow);
        await run("hostStatus", JOSH);
        assert.match(shown[0]?.text ?? "", /not trusted/);
        assert.equal(shown.length, 1);
      } finally {
        Object.defineProperty(vscode.workspace, "isTrusted", trusted as PropertyDescriptor);
      }
    });

    it("is reached with the user's file for ssh, whatever the folder says", async () => {
      // The folder's settings are there from the start, see run-suite.ts. VS Code 1.100 believes them, 1.139 does not.
      const shown = answerDialogs(allow);
      await run("hostStatus", JOSH);
      assert.deepEqual(
        shown.filter(({ kind }) => kind === "error"),
        [],
      );
    });

    it("takes a snapshot and lists it", async () => {
      const shown = answerDialogs((one) => (one.kind === "pick" ? "/persist" : allow(one)));
      await run("takeSnapshot", JOSH);
      assert.deepEqual(shown.find(({ kind }) => kind === "pick")?.buttons.includes("/persist"), true);
      await run("listSnapshots", JOSH);
      const { snapshots } = JSON.parse(
        (
          await vscode.workspace.openTextDocument(
            vscode.Uri.from({ scheme: "impermanence-host", path: `/${encodeURIComponent(JOSH)}/list.json` }),
          )
        ).getText(),
      );
      assert.ok(
        snapshots.some(({ of }: { of?: string }) => of === "persist"),
        JSON.stringify(snapshots),
      );
    });

    it("shows what the next reboot loses", async () => {
      inside("sh", "-c", "mkdir -p /var/lib/app && echo data >/var/lib/app/state");
      answerDialogs(allow);
      await run("hostDiff", JOSH);
      await until("the diff as a document", async () => {
        await run("diffAsDocument");
        return answerOf("diff.txt")?.includes("/var/lib/app");
      });
    });

    const goOn = ({ buttons }: Shown) => buttons.find((one) => one === "Go On");
    /** Takes a snapshot of a mount point. Answers with its line of the Hosts view. */
    const snapshotOf = async (path: string) => {
      answerDialogs((one) => (one.kind === "pick" ? path : allow(one)));
      await run("takeSnapshot", JOSH);
      const snapshot = /snapshots\/\S+-\d{8}-\d{6}\S*/.exec(answerOf("snapshot.txt") ?? "")?.[0] ?? "";
      const host = { name: JOSH, from: "typed", destinations: [], description: "" };
      return { host, label: snapshot, snapshot };
    };

    it("has a path restored after the plan was seen", async () => {
      inside("sh", "-c", "mkdir -p /persist/data && echo good >/persist/data/file");
      const line = await snapshotOf("/persist");
      inside("sh", "-c", "rm /persist/data/file");
      const path = ({ kind }: Shown) => (kind === "input" ? "/persist/data/file" : undefined);
      answerDialogs((one) => path(one) ?? allow(one));
      await run("restorePaths", line);
      assert.equal(inside("sh", "-c", "ls /persist/data"), "");
      answerDialogs((one) => path(one) ?? goOn(one) ?? allow(one));
      await run("restorePaths", line);
      assert.equal(inside("cat", "/persist/data/file"), "good\n");
    });

    it("has a subvolume rolled back after the plan was seen", async () => {
      inside("sh", "-c", "echo good >/var/log/file");
      const line = await snapshotOf("/var/log");
      inside("sh", "-c", "echo bad >/var/log/file");
      const pick = ({ kind, text }: Shown) =>
        kind !== "pick" ? undefined : text.startsWith("When") ? "Now" : "/var/log";
      answerDialogs((one) => pick(one) ?? allow(one));
      await run("rollBack", line);
      assert.equal(inside("cat", "/var/log/file"), "bad\n");
      const shown = answerDialogs((one) => pick(one) ?? goOn(one) ?? allow(one));
      await run("rollBack", line);
      assert.equal(inside("cat", "/var/log/file"), "good\n", JSON.stringify(shown));
    });

    it("asks before it restores over what is there, and keeps that beside", async () => {
      inside("sh", "-c", "echo old >/persist/data/file");
      const line = await snapshotOf("/persist");
      inside("sh", "-c", "echo newer >/persist/data/file");
      const path = ({ kind }: Shown) => (kind === "input" ? "/persist/data/file" : undefined);
      const aside = ({ buttons }: Shown) => buttons.find((one) => one === "Put Aside and Restore");
      const left = answerDialogs((one) => path(one) ?? goOn(one) ?? allow(one));
      await run("restorePaths", line);
      assert.match(left.find(({ buttons }) => buttons.length > 0)?.detail ?? "", /^\/persist\/data\/file\n/);
      assert.equal(inside("cat", "/persist/data/file"), "newer\n");
      answerDialogs((one) => path(one) ?? aside(one) ?? goOn(one) ?? allow(one));
      await run("restorePaths", line);
      assert.equal(inside("sh", "-c", "cd /persist/data; cat file; cat file.before-restore-*"), "old\nnewer\n");
    });

    it("has rows of a diff restored by their exact names", async () => {
      inside("bash", "-c", "mkdir /persist/odd; cd /persist/odd; echo 1 >one; echo 2 >$'\\xff'");
      const older = await snapshotOf("/persist");
      inside("sh", "-c", "rm -r /persist/odd");
      const newer = await snapshotOf("/persist");
      answerDialogs((one) => allow(one) ?? one.buttons.find((label) => label === newer.label));
      await run("compareSnapshots", older);
      const rows = (await shownDiffOf(newer.label)).rows.filter(({ path }) => path.startsWith("/odd/"));
      const nodes = rows.map((row) => ({ kind: "row", row }));
      assert.equal(rows.length, 2);
      answerDialogs((one) => goOn(one) ?? allow(one));
      await run("restorePaths", { kind: "group", path: "/odd", rows: nodes });
      assert.equal(inside("sh", "-c", "cd /persist/odd; cat *"), "1\n2\n");
      // Nothing is chosen now, and that is said.
      const shown = answerDialogs(allow);
      await run("restoreChecked");
      assert.match(shown[0]?.text ?? "", /No row .* is chosen/);
    });

    it("has a busy subvolume rolled back at the next boot, and that undone", async () => {
      inside("sh", "-c", "echo good >/var/log/file");
      const line = await snapshotOf("/var/log");
      inside("sh", "-c", "echo bad >/var/log/file; cd /var/log; sleep 60 >/dev/null 2>&1 &");
      const pick = ({ kind, text }: Shown) =>
        kind !== "pick" ? undefined : text.startsWith("When") ? "Now" : "/var/log";
      const boot = ({ text, buttons }: Shown) => (text.includes("in use") ? buttons.at(-1) : undefined);
      const units = ({ kind, text }: Shown) =>
        kind === "input"
          ? "no-such.service"
          : text.startsWith("When")
            ? "Now, with Units Stopped Meanwhile…"
            : undefined;
      const stopped = answerDialogs((one) => units(one) ?? pick(one) ?? goOn(one) ?? allow(one));
      await run("rollBack", line);
      assert.match(stopped.at(-1)?.text ?? "", /no unit no-such\.service|systemctl/);
      const busy = answerDialogs((one) => pick(one) ?? boot(one) ?? goOn(one) ?? allow(one));
      await run("rollBack", line);
      const question = busy.find(({ text }) => text.includes("in use"));
      assert.match(question?.detail ?? "", /^sleep \(\d+\)/, JSON.stringify(busy));
      assert.equal(inside("cat", "/var/log/file"), "bad\n");
      assert.equal(atTop("cat log/file"), "good\n");
      const undo = (one: Shown) => one.buttons.find((label) => label.startsWith("Undo"));
      answerDialogs((one) => undo(one) ?? goOn(one) ?? allow(one));
      await run("rollBack", JOSH);
      assert.equal(atTop("cat log/file"), "bad\n");
      inside("pkill", "sleep");
    });

    it("shows which archived roots a policy deletes, and deletes them after two answers", async () => {
      for (const day of ["01", "02", "03"])
        atTop(`btrfs -q subvolume create old_roots/root-202601${day}-000000; sync -f .`);
      const keep = ({ kind }: Shown) => (kind === "input" ? "1 recent" : undefined);
      const remove = ({ buttons }: Shown) => buttons.find((one) => one === "Delete 2 Snapshots…");
      const left = () => atTop("ls old_roots").trim().split("\n");
      for (const no of [allow, (one: Shown) => remove(one) ?? allow(one)]) {
        const shown = answerDialogs((one) => keep(one) ?? no(one));
        await run("collectSnapshots", JOSH);
        assert.match(
          shown.find(({ kind }) => kind === "information")?.text ?? "",
          /deletes 2 snapshots\. Nothing has been/,
        );
        assert.match(answerOf("gc.txt") ?? "", /root-20260101-000000/);
        assert.equal(left().length, 3);
      }
      const shown = answerDialogs((one) => keep(one) ?? remove(one) ?? goOn(one) ?? allow(one));
      await run("collectSnapshots", JOSH);
      assert.deepEqual(left(), ["root-20260103-000000"], JSON.stringify(shown));
    });

    it("writes into no configuration for a host that is in none", async () => {
      const shown = answerDialogs(allow);
      await run("persistPaths", { kind: "group", path: "/var/lib/app", rows: [] });
      assert.match(shown.find(({ kind }) => kind === "error")?.text ?? "", /no file to write to/);
    });

    it("is written into the configuration after the change was seen, and offers what copies the content", async () => {
      inside("sh", "-c", "mkdir -p /var/lib/widget && echo data >/var/lib/widget/state");
      const file = await addHost("widget");
      const listed = answerDialogs(() => undefined);
      await until("host of the new file", async () => {
        await run("showHosts");
        return listed.at(-1)?.buttons.includes("widget");
      });
      const path = (one: Shown) => (one.kind === "input" ? "/var/lib/widget" : undefined);
      const address = (one: Shown) => (one.text.includes("Address") ? JOSH : undefined);
      const yes = ({ buttons }: Shown) => buttons.find((one) => one === "Copy the Commands" || one === "Go On");
      // A line of the Hosts view, as its menu hands it over; no diff of another host may be meant.
      const host = { name: "widget", from: "workspace", destinations: [JOSH, "elsewhere"], description: "" };
      const persist = async (goOn: boolean) => {
        const shown = answerDialogs((one) => address(one) ?? path(one) ?? allow(one) ?? (goOn ? yes(one) : undefined));
        await run("persistPaths", { host, label: "widget" });
        assert.deepEqual(
          shown.filter(({ kind }) => kind === "error"),
          [],
        );
        return shown.find(({ buttons }) => buttons.includes("Go On"))?.detail ?? "";
      };
      const document = await vscode.workspace.openTextDocument(file);
      assert.match(await persist(false), /^\+.*"\/var\/lib\/widget"/m);
      assert.ok(!document.isDirty);
      await persist(true);
      assert.match(document.getText(), /"\/var\/lib\/widget"/);
      assert.match(await vscode.env.clipboard.readText(), /^cp --archive .*'\/var\/lib\/widget'/);
      await revert(document);
      await vscode.workspace.fs.delete(vscode.Uri.joinPath(file, ".."), { recursive: true });
    });
  });
}

/** Adds a host that is emptied at boot to the workspace. Answers with its file. */
async function addHost(name: string): Promise<vscode.Uri> {
  const folder = vscode.Uri.joinPath(vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri, name);
  const write = (file: string, text: string) =>
    vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, file), Buffer.from(text));
  await write(
    "host.nix",
    `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "mode=755" ]; };
  fileSystems."/persist" = { device = "/dev/sda2"; fsType = "btrfs"; neededForBoot = true; };
  environment.persistence."/persist".directories = [ "/var/log" ];
}
`,
  );
  await write(
    "flake.nix",
    `{ inputs.impermanence.url = "github:nix-community/impermanence";
  outputs = { nixpkgs, impermanence, ... }: {
    nixosConfigurations.${name} = nixpkgs.lib.nixosSystem { modules = [ impermanence.nixosModules.impermanence ./host.nix ]; };
  };
}
`,
  );
  return vscode.Uri.joinPath(folder, "host.nix");
}
