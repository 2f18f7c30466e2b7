import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { applyEdits } from "../edits/text-edit.ts";
import type { PersistedPath } from "../host/host.ts";
import { analyseFiles } from "../testing/analyse-files.ts";
import type { Files } from "../testing/spec-check.ts";
import { parseSpec } from "../testing/spec-file.ts";
import { nixParseErrors } from "../testing/spec-nix.ts";
import { parseProgram } from "../testing/spec-program.ts";
import { type Refactoring, refactorings } from "./refactorings.ts";

const HEAD = `{
  fileSystems."/" = { device = "none"; fsType = "tmpfs"; options = [ "size=2G" "mode=755" ]; };
  fileSystems."/persist" = { device = "/dev/vda2"; fsType = "ext4"; neededForBoot = true; };
`;

/** The refactorings where `<|>` stands in the body of a host. */
async function at(body: string): Promise<{ text: string; found: readonly Refactoring[] }> {
  const marked = `${HEAD}${body}}\n`;
  const offset = marked.indexOf("<|>");
  const text = marked.replace("<|>", "");
  const { analysis, programs } = await analyseFiles({ "/host.nix": text });
  return {
    text,
    found: refactorings(programs.get("/host.nix")!, offset, analysis.hosts, (path) => programs.get(path)),
  };
}

/** The body after the refactoring whose title holds `title`. */
async function changed(body: string, title: string): Promise<string> {
  const { text, found } = await at(body);
  const one = found.find((refactoring) => refactoring.title.includes(title));
  if (!one) throw new Error(`"${title}" is not among: ${found.map((refactoring) => refactoring.title).join(", ")}`);
  const result = applyEdits(text, one.edits.get("/host.nix") ?? []);
  expect(nixParseErrors([result])).toBeUndefined();
  return result.slice(HEAD.length, -2);
}

describe("owner and mode of an entry", () => {
  it("are those the catalogue knows", async () => {
    const body = `  environment.persistence."/persist".directories = [
    "<|>/var/lib/postgresql" # the database
  ];
`;
    expect(await changed(body, "owner and mode")).toBe(`  environment.persistence."/persist".directories = [
    { directory = "/var/lib/postgresql"; user = "postgres"; group = "postgres"; mode = "0750"; } # the database
  ];
`);
  });

  it("are the module's defaults where nothing is known", async () => {
    const body = `  environment.persistence."/persist".directories = [ "<|>/srv/mine" ];\n`;
    expect(await changed(body, "owner and mode")).toBe(
      `  environment.persistence."/persist".directories = [ { directory = "/srv/mine"; user = "root"; group = "root"; mode = "0755"; } ];\n`,
    );
  });

  it("are said of files as the module takes it", async () => {
    const impermanence = `  environment.persistence."/persist".files = [ "<|>/etc/foo" ];\n`;
    expect(await changed(impermanence, "owner and mode")).toContain(
      `[ { file = "/etc/foo"; parentDirectory = { mode = "0755"; }; } ]`,
    );
    const preservation = `  preservation.enable = true;\n  preservation.preserveAt."/persist".files = [ "<|>/etc/foo" ];\n`;
    expect(await changed(preservation, "owner and mode")).toContain(
      `[ { file = "/etc/foo"; user = "root"; group = "root"; mode = "0644"; } ]`,
    );
  });

  it("go where they are the defaults, and stay where they are not", async () => {
    const defaults = `  environment.persistence."/persist".directories = [ { directory = "<|>/srv/mine"; mode = "0755"; } ];\n`;
    expect(await changed(defaults, "plain string")).toContain(`[ "/srv/mine" ]`);
    for (const kept of ['mode = "0700";', 'user = "alice";', "hideMount = true;", "/* why */ "]) {
      const body = `  environment.persistence."/persist".directories = [ { directory = "<|>/srv/mine"; ${kept} } ];\n`;
      expect((await at(body)).found.map(({ title }) => title)).not.toContain("Write this entry as a plain string");
    }
  });

  it("are those of the user in home-manager's store", async () => {
    const body = `  users.users.alice.isNormalUser = true;
  home-manager.users.alice.home.persistence."/persist".directories = [ "<|>.mozilla" ];
`;
    expect(await changed(body, "owner and mode")).toContain(
      `[ { directory = ".mozilla"; user = "alice"; mode = "0755"; } ]`,
    );
  });
});

describe("a list in order", () => {
  it("keeps comments with their entries, and sections apart", async () => {
    const body = `  environment.persistence."/persist".directories = [
    # Logs are long.
    "<|>/var/log"
    "/var/lib/nixos" # uids
    { directory = "/var/lib/acme"; user = "acme"; }
    "/var/lib/nixos"

    # Mine

    "/srv/b"
    "/srv/a"
  ];
`;
    expect(await changed(body, "Sort")).toBe(`  environment.persistence."/persist".directories = [
    { directory = "/var/lib/acme"; user = "acme"; }
    "/var/lib/nixos" # uids
    # Logs are long.
    "/var/log"

    # Mine

    "/srv/a"
    "/srv/b"
  ];
`);
  });

  it("keeps the line it is on", async () => {
    const body = `  environment.persistence."/persist".directories = [ "<|>/var/log" "/srv" "/var/log" ];\n`;
    expect(await changed(body, "Sort")).toBe(
      `  environment.persistence."/persist".directories = [ "/srv" "/var/log" ];\n`,
    );
  });

  it("is not offered where it is one, holds more than literals, or comments stand between", async () => {
    for (const list of [
      '"<|>/srv" "/var/log"',
      '"<|>/var/log" (toString ./x) "/srv"',
      '"<|>/var/log" /* and */ "/srv"',
    ]) {
      const { found } = await at(`  environment.persistence."/persist".directories = [ ${list} ];\n`);
      expect(found.filter(({ title }) => title.startsWith("Sort"))).toEqual([]);
    }
  });
});

describe("a move to another store", () => {
  it("takes the comments along", async () => {
    const body = `  environment.persistence."/persist".directories = [
    "/var/lib/nixos"
    # Big.
    "<|>/var/lib/docker" # images
  ];
  environment.persistence."/cache".directories = [
    "/var/cache"
  ];
`;
    expect(await changed(body, "/cache")).toBe(`  environment.persistence."/persist".directories = [
    "/var/lib/nixos"
  ];
  environment.persistence."/cache".directories = [
    "/var/cache"
    # Big.
    # images
    "/var/lib/docker"
  ];
`);
  });

  it("makes the list that the other store lacks", async () => {
    const body = `  preservation = {
    enable = true;
    preserveAt."/persist".files = [ { file = "<|>/etc/foo"; mode = "0600"; } "/etc/machine-id" ];
    preserveAt."/state".directories = [ "/var/lib/nixos" ];
  };
`;
    const moved = await changed(body, "/state");
    expect(moved).toContain(`preserveAt."/persist".files = [ "/etc/machine-id" ];`);
    expect(moved).toContain(`preserveAt."/state".files = [ { file = "/etc/foo"; mode = "0600"; } ];`);
  });

  it("keeps a user's entry with the user", async () => {
    const body = `  users.users.alice.isNormalUser = true;
  environment.persistence."/persist".users.alice.directories = [ "<|>.mozilla" "Documents" ];
  environment.persistence."/cache".directories = [ "/var/cache" ];
`;
    expect(await changed(body, "/cache")).toContain(`"/cache".users.alice.directories = [ ".mozilla" ];`);
  });

  it("is not offered between modules, nor from the system to a home", async () => {
    const body = `  environment.persistence."/persist".directories = [ "<|>/srv" ];
  preservation.enable = true;
  preservation.preserveAt."/state".directories = [ "/var/cache" ];
  home-manager.users.alice.home.persistence."/data".directories = [ ".mozilla" ];
`;
    expect((await at(body)).found.filter(({ kind }) => kind === "move")).toEqual([]);
  });
});

describe("host keys", () => {
  it("go to the store, where they are already", async () => {
    const body = `  services.openssh.enable = true;
  environment.persistence."/persist".files = [
    "/etc/machine-id"
    "<|>/etc/ssh/ssh_host_ed25519_key"
    "/etc/ssh/ssh_host_ed25519_key.pub"
    "/etc/ssh/ssh_host_rsa_key"
    "/etc/ssh/ssh_host_rsa_key.pub"
  ];
`;
    const moved = await changed(body, "services.openssh.hostKeys");
    expect(moved).toContain(`{ path = "/persist/etc/ssh/ssh_host_ed25519_key"; type = "ed25519"; }`);
    expect(moved).toContain(`{ path = "/persist/etc/ssh/ssh_host_rsa_key"; type = "rsa"; bits = 4096; }`);
    expect(moved).toContain(`files = [\n    "/etc/machine-id"\n  ];`);
  });

  it("come back as files", async () => {
    const body = `  services.openssh = {
    enable = true;
    hostKeys = [ { path = "<|>/persist/etc/ssh/ssh_host_ed25519_key"; type = "ed25519"; } ];
  };
  environment.persistence."/persist".files = [
    "/etc/machine-id"
  ];
`;
    expect(await changed(body, "as files")).toBe(`  services.openssh = {
    enable = true;
  };
  environment.persistence."/persist".files = [
    "/etc/machine-id"
    "/etc/ssh/ssh_host_ed25519_key"
    "/etc/ssh/ssh_host_ed25519_key.pub"
  ];
`);
  });

  it("stay where sshd is told of other keys", async () => {
    const body = `  services.openssh.hostKeys = [ { path = "/etc/ssh/ssh_host_ed25519_key"; type = "ed25519"; } ];
  environment.persistence."/persist".files = [ "<|>/etc/ssh/ssh_host_ed25519_key" ];
`;
    expect((await at(body)).found.filter(({ title }) => title.includes("sshd"))).toEqual([]);
  });
});

describe("a parent in place of its entries", () => {
  it("takes those that say no more than their path", async () => {
    const body = `  environment.persistence."/persist".directories = [
    "/var/lib/nixos"
    "<|>/var/lib/systemd/coredump" # dumps
    "/var/lib/systemd/timers"
    { directory = "/var/lib/systemd/linger"; mode = "0700"; }
  ];
`;
    expect(await changed(body, "in place of 2 entries")).toBe(`  environment.persistence."/persist".directories = [
    "/var/lib/nixos"
    "/var/lib/systemd" # dumps
    { directory = "/var/lib/systemd/linger"; mode = "0700"; }
  ];
`);
  });

  it("stays below the directories of many programs, and below the home", async () => {
    for (const body of [
      `  environment.persistence."/persist".directories = [ "<|>/var/lib" "/var/log" ];\n`,
      `  environment.persistence."/persist".users.alice.directories = [ "<|>Documents" "Music" ];\n`,
    ]) {
      expect((await at(body)).found.filter(({ title }) => title.includes("in place of"))).toEqual([]);
    }
  });
});

/** Every case of the rules' specs and every example. */
function hosts(): Files[] {
  const rules = fileURLToPath(new URL("../rules/", import.meta.url));
  const specs = (readdirSync(rules, { recursive: true }) as string[]).filter((path) => path.endsWith(".spec.md"));
  const cases = specs.sort().flatMap((path) => parseSpec(readFileSync(rules + path, "utf8")).map(({ files }) => files));
  const examples = fileURLToPath(new URL("../../../examples/", import.meta.url));
  const folders = ["hetzner-vps-fixed", "juni"].map((name) => {
    const paths = (readdirSync(examples + name, { recursive: true }) as string[]).filter((path) =>
      path.endsWith(".nix"),
    );
    return Object.fromEntries(
      paths.map((path) => [`/${name}/${path}`, readFileSync(`${examples}${name}/${path}`, "utf8")]),
    );
  });
  return [...folders, ...cases];
}

it("every refactoring of every entry parses, keeps comments and what survives", { timeout: 120_000 }, async () => {
  const texts = new Set<string>();
  const kinds = new Map<string, number>();
  for (const files of hosts()) {
    const { analysis, hosts: before, programs } = await analyseFiles(files);
    const entries = before.flatMap(({ stores }) => stores.flatMap((store) => [...store.directories, ...store.files]));
    const offered = new Map<string, Refactoring & { entry: PersistedPath }>();
    for (const entry of entries) {
      const { place } = entry;
      const program = place && programs.get(place.file);
      if (!place || !program) continue;
      for (const one of refactorings(program, place.start, analysis.hosts, (path) => programs.get(path))) {
        offered.set(JSON.stringify([one.title, [...one.edits]]), { ...one, entry });
      }
    }
    for (const { title, kind, edits, entry: target } of offered.values()) {
      const changed = { ...files };
      for (const [file, list] of edits) {
        const text = applyEdits(files[file]!, list);
        changed[file] = text;
        texts.add(text);
        expect((await parseProgram(text)).problems, title).toEqual([]);
        // Repeated lines of a list are dropped, but no comment is.
        expect(comments(text), `${title} in ${file}`).toEqual(comments(files[file]!));
      }
      kinds.set(title.split(" ")[0]!, (kinds.get(title.split(" ")[0]!) ?? 0) + 1);
      const result = await analyseFiles(changed);
      // Done twice is done once: it is not offered for the same entry again.
      const now = result.hosts.flatMap(({ stores }) =>
        stores.flatMap((store) => [...store.directories, ...store.files]),
      );
      for (const { place, path, store } of now) {
        const program = place && result.programs.get(place.file);
        if (!place || !program || path !== target.path || store.name !== target.store.name) continue;
        const again = refactorings(program, place.start, result.analysis.hosts, (file) => result.programs.get(file));
        // The same path may stand in two lists, of which one was changed.
        if (now.filter((other) => other.path === path).length === 1) {
          expect(
            again.map((one) => one.title),
            title,
          ).not.toContain(title);
        }
      }
      for (const [index, host] of before.entries()) {
        const now = result.hosts[index]!;
        const kept = (path: PersistedPath) => now.fateOf(path.path).persisted !== undefined;
        for (const store of kind === "move" ? [] : host.stores) {
          for (const entry of [...store.directories, ...store.files]) {
            const isKey = /ssh_host_/.test(entry.path);
            const was = host.fateOf(entry.path).persisted !== undefined;
            if (!isKey) expect(kept(entry), `${title}: ${entry.path}`).toBe(was);
          }
        }
      }
    }
  }
  expect(nixParseErrors([...texts])).toBeUndefined();
  // All five kinds are met.
  for (const kind of ["Say", "Write", "Sort", "Move", "Persist", "Let"])
    expect(kinds.get(kind) ?? 0, kind).toBeGreaterThan(0);
});

function comments(text: string): string[] {
  return [...text.matchAll(/(?:^|\s)#[^\r\n]*/g)].map(([comment]) => comment.trim()).sort();
}
