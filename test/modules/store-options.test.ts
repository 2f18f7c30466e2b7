import { expect, it } from "vitest";
import { STORE_OPTIONS, type StoreLevel } from "../../server/src/host/store-options.ts";
import { analyseFiles } from "../../server/src/testing/analyse-files.ts";
import listed from "./options.json" with { type: "json" };

/** An option of a module as the set that it is in, and its name there. */
function levelOf(option: string): { level: StoreLevel; name: string } {
  const parts = option.split(".");
  const inUser = parts[0] === "users" && parts[1] === "*";
  const own = inUser ? parts.slice(2) : parts;
  if ((own[0] === "directories" || own[0] === "files") && own[1] === "*")
    return { level: "entry", name: own[2] as string };
  return { level: inUser ? "user" : "store", name: own[0] as string };
}

const cases = listed.flatMap(({ set, options }) => {
  const module = set.startsWith("preservation") ? ("preservation" as const) : ("impermanence" as const);
  const found = new Map(options.map((option) => [JSON.stringify(levelOf(option)), levelOf(option)]));
  return [...found.values()].map((option) => ({ set, module, ...option }));
});

const unread = cases.filter(({ module, level, name }) => {
  const { read, harmless } = STORE_OPTIONS[module][level];
  return !read.includes(name) && !harmless.includes(name);
});

it("knows options that the modules have", () => {
  expect(cases.length).toBeGreaterThan(60);
  const real = new Set(cases.map(({ module, level, name }) => `${module} ${level} ${name}`));
  const known = Object.entries(STORE_OPTIONS).flatMap(([module, levels]) =>
    Object.entries(levels).flatMap(([level, { read, harmless }]) =>
      [...read, ...harmless].map((name) => `${module} ${level} ${name}`),
    ),
  );
  expect(known.filter((option) => !real.has(option))).toEqual([]);
});

it("says of every option of a store that it neither reads nor passes over on purpose that it is not known", async () => {
  const file = (set: string, level: StoreLevel, name: string) => {
    const value = `${name} = "novel";`;
    const inner =
      level === "store"
        ? value
        : level === "user"
          ? `users.anna = { ${value} };`
          : `directories = [ { directory = "/srv/x"; ${value} } ];`;
    const store = `${set}."/persist" = { ${inner} };`;
    return set === "home.persistence"
      ? `{ home-manager.users.anna = { ${store} }; users.users.anna.isNormalUser = true; }`
      : `{ ${set === "preservation.preserveAt" ? "preservation.enable = true;" : ""} ${store} users.users.anna.isNormalUser = true; }`;
  };
  const silent: string[] = [];
  for (const { set, level, name } of [
    ...unread,
    { set: "environment.persistence", level: "store", name: "novel" } as const,
  ]) {
    const { hosts } = await analyseFiles({ "/host.nix": file(set, level, name) });
    const said = hosts[0]?.stores.flatMap(({ open }) => open).some(({ why }) => why.includes(name));
    if (!said) silent.push(`${set} ${level} ${name}`);
  }
  expect(silent).toEqual([]);
});

it("is silent of the options that it knows", async () => {
  const { hosts } = await analyseFiles({
    "/host.nix": `{
      environment.persistence."/persist" = {
        hideMounts = true;
        allowTrash = true;
        directories = [ { directory = "/srv/x"; mode = "0700"; hideMount = true; } ];
        users.anna.directories = [ { directory = "x"; method = "symlink"; } ];
      };
      preservation = {
        enable = true;
        preserveAt."/keep" = {
          commonMountOptions = [ "x-gvfs-hide" ];
          directories = [ { directory = "/srv/y"; configureParent = true; parent.mode = "0755"; mountOptions = [ ]; } ];
        };
      };
      users.users.anna.isNormalUser = true;
    }`,
  });
  expect(hosts[0]?.stores.flatMap(({ open }) => open)).toEqual([]);
});
