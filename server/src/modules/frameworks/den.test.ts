import { describe, expect, it } from "vitest";
import { analyseFiles } from "../../testing/analyse-files.ts";
import { HOST, persisted, whys } from "../../testing/hosts-of.ts";

const flake = (lockedOn: string, modules: Record<string, string>) => {
  const locked = { lastModified: Date.parse(lockedOn) / 1000, owner: "denful", repo: "den", type: "github" };
  return {
    "/flake.nix": `{
      inputs.flake-parts.url = "github:hercules-ci/flake-parts";
      inputs.import-tree.url = "github:vic/import-tree";
      inputs.den.url = "github:denful/den";
      inputs.home-manager.url = "github:nix-community/home-manager";
      inputs.impermanence.url = "github:nix-community/impermanence";
      inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";
      outputs = inputs: inputs.flake-parts.lib.mkFlake { inherit inputs; } (inputs.import-tree ./modules);
    }`,
    "/flake.lock": JSON.stringify({ nodes: { den: { locked }, root: { inputs: { den: "den" } } }, root: "root" }),
    "/modules/den.nix": "{ inputs, ... }: { imports = [ inputs.den.flakeModule ]; }",
    ...modules,
  };
};

/** One aspect for each way to write one, each with a path at the system and one at home that tell it. */
const EVERY_WAY = `{ inputs, den, lib, ... }:
let
  p = tag: { environment.persistence."/p".directories = [ "/m/\${tag}" ]; };
  h = tag: { home.persistence."/p".directories = [ "m/\${tag}" ]; };
  both = tag: { nixos = p tag; homeManager = h tag; };
in {
  imports = [ inputs.den.flakeModule ];
  den.hosts.x86_64-linux.h1.users.u1 = { };
  den.hosts.x86_64-linux.h2.users.u2.classes = [ "homeManager" ];
  den.hosts.x86_64-linux.h3.users = { u1 = { }; u2.classes = [ "homeManager" ]; };
  den.schema.user.options.mail = lib.mkOption { default = "none"; };
  den.schema.host.includes = [ (both "schema-host") ({ host, ... }: both "schema-host-fn-\${host.extra}") ({ host, user, ... }: both "schema-host-user-fn-\${user.name}") den.aspects.named ];
  den.schema.user.includes = [ (both "schema-user") ({ user, ... }: both "schema-user-fn-\${user.name}-\${user.mail}") den.aspects.named ];
  den.default = both "default" // { includes = [ den.batteries.define-user den.batteries.hostname ({ host, ... }: both "default-host-\${host.name}") ({ host, user, ... }: both "default-user-\${user.name}") (both "default-static") ({ home, ... }: both "default-home") ({ host, user ? null, ... }: both "default-opt-\${if user == null then "none" else user.name}") ]; };
  den.aspects.named = both "named" // { includes = [ ({ user, ... }: both "named-user-\${user.name}") ({ host, ... }: both "named-host-\${host.name}") ]; };
  den.aspects.os1 = { os = p "os"; user = { extraGroups = [ "x" ]; }; };
  den.aspects.fnaspect = { host, ... }: both "fnaspect-\${host.name}";
  den.aspects.fnuser = { host, user, ... }: both "fnuser-\${user.name}";
  den.aspects.factory = tag: both "factory-\${tag}";
  den.aspects.called = { tag, other ? "o" }: both "called-\${tag}-\${other}";
  den.aspects.positional = ctx: both "positional-\${ctx.host.name or "x"}-\${ctx.user.name or "none"}";
  den.aspects.nest = { inner = both "nest-inner" // { deeper = both "nest-deeper"; }; nixos = p "nest"; };
  den.aspects.prov = { nixos = p "prov"; provides.sub = both "prov-sub"; provides.fn = { host, ... }: both "prov-fn-\${host.name}"; provides.prov = both "prov-self"; _.alias = both "prov-alias"; };
  den.aspects.offers = {
    provides.to-users = { user, ... }: both "to-users-\${user.name}";
    provides.to-hosts = { host, ... }: both "to-hosts-\${host.name}";
    provides.u1 = both "for-u1";
    provides.h3 = both "for-h3";
  };
  den.aspects.modargs = { nixos = { host, config, ... }: p "modargs-\${host.name}"; homeManager = { host, user, ... }: h "modargs-\${user.name}"; };
  den.aspects.moduser = { nixos = { user, ... }: p "moduser-\${user.name}"; };
  den.aspects.modimports.nixos = { imports = [ ({ host, ... }: p "modimports-\${host.name}") { imports = [ ({ host, pkgs, ... }: p "modimports2-\${host.name}") ]; } ]; };
  den.aspects.optuser = { host, user ? null, ... }: both "optuser-\${if user == null then "none" else user.name}";
  den.aspects.libfn = { lib, ... }: { nixos = p "libfn"; includes = [ (both "libfn-inc") ]; };
  den.aspects.hostfan = { includes = [ ({ user, ... }: { name = "fan"; nixos = p "fan-\${user.name}"; }) ]; };
  den.aspects.perhost = den.lib.perHost ({ host, ... }: both "perhost-\${host.name}");
  den.aspects.peruser = den.lib.perUser ({ user, ... }: both "peruser-\${user.name}");
  den.aspects.cyc1 = both "cyc1" // { includes = [ den.aspects.cyc2 ]; };
  den.aspects.cyc2 = both "cyc2" // { includes = [ den.aspects.cyc1 ]; };
  den.aspects.listy.includes = lib.mkIf true [ (both "mkif") ];
  den.aspects.bundle.a1 = both "bundle-a1"; den.aspects.bundle.a2 = both "bundle-a2";
  den.aspects.fnres = { host, ... }: { includes = [ den.aspects.named (both "fnres-inc") ({ user, ... }: both "fnres-user-\${user.name}") ]; nixos = p "fnres"; };
  den.aspects.common.includes = with den.aspects; [ named os1 fnaspect fnuser (factory "a") (factory "b") (called { tag = "t"; }) positional nest.inner nest nest.inner.deeper prov prov.sub prov._.fn prov.alias offers modargs moduser modimports optuser libfn hostfan perhost peruser cyc1 listy bundle._ fnres ];
  den.aspects.h1 = both "h1" // { includes = [ den.aspects.common ]; };
  den.aspects.h2 = both "h2" // { includes = [ den.aspects.common ]; u2 = both "h2-child-u2"; };
  den.aspects.h3 = both "h3" // { includes = [ den.aspects.common ]; provides.u1 = both "h3-provides-u1"; };
  den.aspects.u1 = both "u1" // { includes = [ den.aspects.named den.aspects.fnaspect den.batteries.primary-user den.aspects.ufeat ]; provides.to-hosts = { host, user }: both "u1-to-hosts-\${host.name}-\${user.name}"; provides.h3 = both "u1-for-h3"; };
  den.aspects.u2 = both "u2" // { includes = [ den.batteries.host-aspects den.aspects.ufeat den.aspects.moduser ({ host, ... }: { homeManager = h "u2-on-\${host.name}"; }) ]; };
  den.aspects.ufeat = { nixos = p "ufeat"; homeManager = { osConfig, ... }: h "ufeat-\${osConfig.networking.hostName}"; user.description = "d"; };
}
`;

const SCHEMA = `{ lib, inputs, ... }: {
  den.default.nixos.imports = [ inputs.impermanence.nixosModules.impermanence ];

  den.schema.host = { config, lib, ... }: { options.extra = lib.mkOption { type = lib.types.str; default = "e-\${config.name}"; }; };
}
`;

/** What den itself made of these, by Nix: revision 3932adfe of June 2026. */
const REAL: Record<string, { persisted: string; homes: string }> = {
  h1: {
    persisted:
      "bundle-a1 bundle-a2 called-t-o cyc1 cyc2 default default-host-h1 default-opt-none default-opt-u1 default-static default-user-u1 factory-a factory-b fan-u1 fnaspect-h1 fnres fnres-inc fnres-user-u1 fnuser-u1 h1 libfn libfn-inc mkif modargs-h1 modimports-h1 modimports2-h1 named named-host-h1 named-user-u1 nest nest-deeper nest-inner optuser-none os perhost-h1 peruser-u1 positional-h1-none prov prov-alias prov-fn-h1 prov-self prov-sub schema-host schema-host-fn-e-h1 schema-host-user-fn-u1 schema-user schema-user-fn-u1-none u1 u1-to-hosts-h1-u1 ufeat",
    homes: "",
  },
  h2: {
    persisted:
      "bundle-a1 bundle-a2 called-t-o cyc1 cyc2 default default-host-h2 default-opt-none default-opt-u2 default-static default-user-u2 factory-a factory-b fan-u2 fnaspect-h2 fnres fnres-inc fnres-user-u2 fnuser-u2 h2 h2-child-u2 libfn libfn-inc mkif modargs-h2 modimports-h2 modimports2-h2 moduser-u2 named named-host-h2 named-user-u2 nest nest-deeper nest-inner optuser-none os perhost-h2 peruser-u2 positional-h2-none prov prov-alias prov-fn-h2 prov-self prov-sub schema-host schema-host-fn-e-h2 schema-host-user-fn-u2 schema-user schema-user-fn-u2-none to-hosts-h2 to-users-u2 u2 ufeat",
    homes:
      "bundle-a1 bundle-a2 called-t-o cyc1 cyc2 default default-host-h2 default-opt-u2 default-static default-user-u2 factory-a factory-b fnaspect-h2 fnres-inc fnres-user-u2 fnuser-u2 h2 h2-child-u2 libfn-inc mkif modargs-u2 named named-host-h2 named-user-u2 nest-deeper nest-inner optuser-u2 perhost-h2 peruser-u2 positional-x-none prov-alias prov-fn-h2 prov-self prov-sub schema-user schema-user-fn-u2-none to-hosts-h2 to-users-u2 u2 u2-on-h2 ufeat-h2",
  },
  h3: {
    persisted:
      "bundle-a1 bundle-a2 called-t-o cyc1 cyc2 default default-host-h3 default-opt-none default-opt-u1 default-opt-u2 default-static default-user-u1 default-user-u2 factory-a factory-b fan-u1 fan-u2 fnaspect-h3 fnres fnres-inc fnres-user-u1 fnres-user-u2 fnuser-u1 fnuser-u2 for-h3 for-u1 h3 h3-provides-u1 libfn libfn-inc mkif modargs-h3 modimports-h3 modimports2-h3 moduser-u2 named named-host-h3 named-user-u1 named-user-u2 nest nest-deeper nest-inner optuser-none os perhost-h3 peruser-u1 peruser-u2 positional-h3-none prov prov-alias prov-fn-h3 prov-self prov-sub schema-host schema-host-fn-e-h3 schema-host-user-fn-u1 schema-host-user-fn-u2 schema-user schema-user-fn-u1-none schema-user-fn-u2-none to-hosts-h3 to-users-u1 to-users-u2 u1 u1-for-h3 u1-to-hosts-h3-u1 u2 ufeat",
    homes:
      "bundle-a1 bundle-a2 called-t-o cyc1 cyc2 default default-host-h3 default-opt-u2 default-static default-user-u2 factory-a factory-b fnaspect-h3 fnres-inc fnres-user-u2 fnuser-u2 for-h3 h3 libfn-inc mkif modargs-u2 named named-host-h3 named-user-u2 nest-deeper nest-inner optuser-u2 perhost-h3 peruser-u2 positional-x-none prov-alias prov-fn-h3 prov-self prov-sub schema-user schema-user-fn-u2-none to-hosts-h3 to-users-u2 u2 u2-on-h3 ufeat-h3",
  },
};

describe("den", () => {
  it("takes aspects to hosts and homes as den does", async () => {
    const { hosts, analysis } = await analyseFiles(
      flake("2026-08-11", { "/modules/all.nix": EVERY_WAY, "/modules/schema.nix": SCHEMA }),
    );
    expect(analysis.problems).toEqual([]);
    for (const host of hosts) {
      const tags = persisted(host).map((path) => /^(\/home\/u\d)?\/m\/(.*)$/.exec(path) ?? []);
      const of = (home: boolean) => [
        ...new Set(tags.filter((one) => (one[1] !== undefined) === home).map((one) => one[2])),
      ];
      expect(of(false).sort().join(" "), host.name).toBe(REAL[host.name]?.persisted);
      expect(of(true).sort().join(" "), host.name).toBe(REAL[host.name]?.homes);
      expect(whys(host)).toEqual([]);
    }
    expect(hosts).toHaveLength(3);
  });

  const one = (aspect: string, more = "") =>
    flake("2026-08-11", {
      "/modules/a.nix": `{ den, lib, inputs, ... }: {
        den.hosts.x86_64-linux.a.users.u = { };
        den.aspects.u = { };
        den.aspects.base = { nixos = ${HOST}; };
        den.aspects.left.nixos.environment.persistence."/persist".files = [ "/etc/left" ];
        den.quirks.ports.description = "ports";
        den.policies.more = { host, ... }: [ (den.lib.policy.pipe.from "ports" [ ]) { __policyEffect = "provide"; } ];
        den.policies.pipes = { host, user, ... }: let inherit (den.lib.policy) pipe; in [
          (pipe.from "ports" [ (pipe.collect (_: true)) (pipe.append 80) (pipe.to [ den.aspects.left ]) ])
        ];
        den.policies.strange = { cluster, ... }: [ ];
        den.aspects.a = { includes = [ den.aspects.base ]; } // (${aspect});
        ${more}
      }`,
    });

  it.each([
    ["policies", "{ includes = [ den.aspects.base den.policies.more ]; }", "`policies` of den is not modelled"],
    ["policies of other things", "{ includes = [ den.policies.strange ]; }", "`policies` of den is not modelled"],
    ["quirks", "{ includes = [ den.aspects.base ({ ports, ... }: { }) ]; }", "`ports` of den is not modelled"],
    ["quirks in modules", "{ nixos = { ports, ... }: { environment.etc.x.text = toString ports; }; }", undefined],
    [
      "forwarded classes",
      "{ includes = [ (den.batteries.forward { }) ]; }",
      "`forward` of den.batteries is not modelled",
    ],
    ["what is not known of den", "{ includes = [ (den.lib.strange { }) ]; }", "`strange` of den.lib is not modelled"],
    [
      "conditions on aspects",
      "{ nixos = { host, lib, ... }: lib.mkIf (host.hasAspect den.aspects.left) { boot.tmp.cleanOnBoot = true; }; }",
      undefined,
    ],
  ])("says that a host is not known whole that uses %s", async (_, aspect, why) => {
    const { hosts } = await analyseFiles(one(aspect));
    const found = whys(hosts[0]).join("; ");
    if (why) expect(found).toContain(why);
    else expect(hosts[0]?.fateOf("/var/lib/x").survives.answer).not.toBe("no");
  });

  it("reads hosts whose policies only say what becomes of a quirk", async () => {
    const { hosts } = await analyseFiles(
      one("{ includes = [ den.aspects.base den.policies.pipes den.aspects.left ]; }"),
    );
    expect(persisted(hosts[0]).sort()).toEqual(["/etc/left", "/var/lib/x"]);
    expect(whys(hosts[0])).toEqual([]);
  });

  it("says that a host is not known whole to which policies lead", async () => {
    const { hosts } = await analyseFiles(one("{ }", "den.schema.flake.includes = [ den.policies.pipes ];"));
    expect(whys(hosts[0]).join()).toContain("`policies` of den is not modelled");
  });

  it("says nothing of a host from which aspects are taken out again", async () => {
    const { hosts } = await analyseFiles(one("{ includes = [ den.aspects.left ]; excludes = [ den.aspects.left ]; }"));
    expect(persisted(hosts[0])).toEqual([]);
    expect(whys(hosts[0]).join()).toContain("`excludes` of den is not modelled");
  });

  it("reads aspects under a name of their own, and not those of other flakes", async () => {
    const more = `imports = [ (inputs.den.namespace "mine" true) (inputs.den.namespace "theirs" [ inputs.home-manager ]) ];
      mine.thing.nixos.environment.persistence."/persist".files = [ "/etc/mine" ];`;
    const files = one("{ }", more);
    const including = (name: string) => ({
      ...files,
      "/modules/b.nix": `{ mine, theirs, ... }: { den.aspects.a.includes = [ ${name}.thing ]; }`,
    });
    const own = await analyseFiles(including("mine"));
    expect(persisted(own.hosts[0]).sort()).toEqual(["/etc/mine", "/var/lib/x"]);
    expect(whys(own.hosts[0])).toEqual([]);
    const other = await analyseFiles(including("theirs"));
    expect(whys(other.hosts[0]).join()).toContain("`thing` of the namespace theirs is not modelled");
  });

  it("lists hosts of an earlier den with what stands in their aspects, and says that there may be more", async () => {
    const { hosts, analysis } = await analyseFiles(
      flake("2026-04-18", {
        "/modules/hosts.nix": `{
          den.hosts.x86_64-linux.a.users.anna = { };
          den.hosts.aarch64-linux.b = { aspect = { nixos = { }; }; };
          den.hosts.aarch64-darwin.mac = { };
        }`,
        "/modules/a.nix": `{ den, ... }: {
          den.default.nixos.environment.persistence."/persist".files = [ "/etc/machine-id" ];
          den.aspects.a = { includes = [ den.aspects.store den.aspects.apps._.web (den.batteries.primary-user) ({ host, ... }: { }) ]; nixos = ${HOST}; };
          den.aspects.apps.provides.web.nixos = { host, ... }: {
            environment.persistence."/persist".directories = [ "/srv/\${host.name}" ];
          };
        }`,
        "/modules/store.nix":
          '{ den.aspects.store.nixos.environment.persistence."/persist".directories = [ "/srv/one" ]; }',
        "/modules/more.nix":
          '{ den.aspects.store.nixos.environment.persistence."/persist".directories = [ "/srv/two" ]; }',
      }),
    );
    expect(analysis.problems).toEqual([]);
    expect(analysis.unchecked).toEqual([]);
    expect(hosts.map(({ name }) => name).sort()).toEqual(["a", "b"]);
    const a = hosts.find(({ name }) => name === "a");
    expect(persisted(a).sort()).toEqual(["/etc/machine-id", "/srv/a", "/srv/one", "/srv/two", "/var/lib/x"].sort());
    expect(a?.system).toMatchObject({ value: "x86_64-linux" });
    for (const host of hosts) {
      expect(whys(host).some((why) => why.includes("`pipeline` of den, which makes modules of aspects"))).toBe(true);
    }
  });
});
