import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { sshConfigNames } from "./ssh-config-names.ts";

it("names of an ssh configuration are those without patterns, of included files, too", () => {
  const folder = mkdtempSync(join(tmpdir(), "nix-impermanence-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "conf.d"));
  writeFileSync(
    join(folder, "config"),
    `# Host commented
Include ${folder}/conf.d/*.conf ${folder}/missing ${folder}/config
Host web1 web2 # the pair
  HostName 10.0.0.1
HOST=db "quoted name" "quoted"
Host *.lan !bad -x $(id)
Match host web3
  User x
host fd00::1
`,
  );
  writeFileSync(join(folder, "conf.d", "b.conf"), "Host b\n");
  writeFileSync(join(folder, "conf.d", "a.conf"), "Host a web1\n");
  writeFileSync(join(folder, "conf.d", "c.txt"), "Host c\n");
  mkdirSync(join(folder, "conf.d", "folder.conf"));
  expect(sshConfigNames(join(folder, "config"))).toEqual(["a", "web1", "b", "web2", "db", "quoted", "fd00::1"]);
  expect(sshConfigNames(join(folder, "nothing"))).toEqual([]);
});
