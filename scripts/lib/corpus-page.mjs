/** How often a reason is given, by number of hosts; names in it are kept, so that causes can be told apart. */
export function reasonCounts(results) {
  const counts = new Map();
  for (const { hosts = [] } of results) {
    for (const { unresolved } of hosts) {
      for (const why of new Set(unresolved.map((one) => one.why))) counts.set(why, (counts.get(why) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

/** Hosts whose facts were compared with the text of their repositories by reading. */
const HAND_READ = [
  "athena",
  "ai",
  "boron",
  "desktop",
  "kubevirt-youko",
  "kylekrein-framework12",
  "kylekrein-homepc",
  "lenovo",
  "merope",
  "mistral",
  "nl",
  "pi3b",
  "srv1-node1",
  "stargate",
  "testbed",
  "yoga",
  "thoth",
  "homelab",
];

/** Names of hosts read by hand that hosts compared with Nix have too; of some both are the same host. */
const SHARED_NAMES = 6;
/** Hosts whose facts somebody held against the text of their repository, and how many facts there were of each kind. */
const READ_WHOLE = [
  ["adamarbour/nix-bebop", "asgard", 11, 7],
  ["antlilja/nix-config", "desktop", 20, 5],
  ["antlilja/nix-config", "server", 11, 6],
  ["aostanin/nixos-config", "mareg", 12, 6],
  ["aostanin/nixos-config", "vps-oci-arm1", 13, 5],
  ["brenix/nix-config", "neo", 7, 10],
  ["diogotcorreia/dotfiles", "apollo", 11, 6],
  ["diogotcorreia/dotfiles", "bro", 12, 5],
  ["firewalkwithm3/nix", "cormorant", 8, 4],
  ["HippocampusGirl/nixos", "server", 7, 5],
  ["jdonszelmann/nix-config", "cayahuanca", 26, 5],
  ["Jeosas/nixos-machines", "carbon", 8, 0],
  ["Lykos153/nixos", "stick", 7, 5],
  ["qenya/nixfiles", "kalessin", 0, 4],
  ["verzyo/systems", "laptop", 14, 6],
];

/** `docs/corpus.md`. */
export function corpusPage(results, date, nix) {
  const rows = results.map((result) => {
    if (result.error) return `| ${link(result)} | failed: ${cell(result.error)} | | | | | | |`;
    const { hosts, files, seconds, megabytes, problems } = result;
    const count = (state) => hosts.filter((host) => host.state === state).length;
    return `| ${[
      link(result),
      files,
      hosts.length + (problems.length > 0 ? ` (and ${problems.length} entries not read)` : ""),
      count("resolved"),
      count("partly"),
      count("not"),
      seconds.toFixed(1),
      megabytes,
    ].join(" | ")} |`;
  });
  const all = results.flatMap(({ hosts = [] }) => hosts);
  const resolved = all.filter(({ state }) => state === "resolved").length;
  const impermanent = all.filter((host) => host.impermanent);
  const known = impermanent.filter(({ state }) => state === "resolved").length;
  const unresolvedHosts = results.flatMap(({ repository, hosts = [] }) =>
    hosts.filter(({ state }) => state !== "resolved").map((host) => ({ repository, ...host })),
  );
  const rules = new Map();
  for (const { findings = {}, repository } of results) {
    for (const [code, count] of Object.entries(findings)) {
      const entry = rules.get(code) ?? { count: 0, repositories: new Set() };
      entry.count += count;
      entry.repositories.add(repository);
      rules.set(code, entry);
    }
  }
  return `# What the checker knows of real configurations

Public repositories, pinned in [test/corpus/repositories.json](../test/corpus/repositories.json), analysed on ${date} by
\`npm run corpus -- --write\`. Nothing in them was changed or run, and no flake input was at hand.

A host is *resolved* when nothing about its stores, its filesystems and its root is unknown: which paths are persisted,
with which owner, on which device, and whether the root is emptied at boot. It is known *partly* when something of that
is not, and the checker then says what and why. *Not* means that the host is declared but could not be evaluated.

**${resolved} of ${all.length} hosts are resolved; of the ${impermanent.length} that are impermanent, ${known}.**

${knowable(results)}

| repository | Nix files | hosts | resolved | partly | not | CPU seconds | MB |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}

## Repositories nobody had looked at

The figures above are of repositories that the checker was improved on. What it knew of others, at first sight:

| date | repositories | hosts found | resolved | not evaluated | impermanent | of these resolved |
|---|---|---|---|---|---|---|
| 2026-11-21, before anything was changed | 14 | 65 | 28 | 3 | 39 | 16 |
| 2026-11-21, four others after the causes of the first were mended | 4 | 17 | 3 | 0 | 12 | 0 |
| 2026-11-21, nine more after the causes of those were | 9 | 56 | 35 | 0 | 15 | 9 |
| 2026-11-21, nine more after the causes of these were | 9 | 43 | 36 | 0 | 32 | 26 |
| 2026-11-21, six more after the causes of these were | 6 | 24 | 5 | 1 | 17 | 3 |
| 2026-11-21, twenty-nine more, chosen for the many ways to assemble hosts | 29 | 93 | 47 | 1 | 49 | 23 |
| 2026-11-21, forty-four more, found by names of files such as \`persist.nix\` | 44 | 240 | 102 | 13 | 124 | 48 |
| 2026-11-21, fifty-six more, found the same way and by frameworks | 56 | 306 | 150 | 33 | 123 | 57 |
| 2026-11-22, fifty-one more, servers and frameworks before all | 51 | 280 | 178 | 11 | 163 | 118 |
| 2026-11-22, forty more, dendritic setups and rarely seen frameworks before all | 40 | 157 | 110 | 5 | 110 | 85 |
| 2026-11-22, thirty more, by names of files and in the order of the alphabet | 30 | 94 | 68 | 1 | 52 | 41 |
| 2026-11-22, twenty-seven more, by names of files and in an order by lot | 27 | 54 | 44 | 0 | 42 | 36 |

Of the 14, three showed no host: one said nothing, although a flake module of an input makes its hosts (it is reported
now), one needs the library of an input, and one was taken for no flake of flake-parts because its inputs come from FlakeHub.
Of the four others, one showed no host; den makes its hosts. Of the nine after them two: one is of clan (its machines are
found now), one has its inputs fetched by a program of its own. Of the nine after these one, whose hosts flakelight makes. All are
among the repositories above since, but two that persist nothing. The last six are not. Of their 14 impermanent hosts that are
known only partly 5 import modules of a private input, 3 those of an image for a Raspberry Pi; 6 are of a repository that
was pinned in the middle of a move: files are missing, a name is not defined, and nothing starts its rollback. They were chosen by searching for public repositories that
persist something; of some only texts were at hand.

Of the twenty-nine seven showed no host: four are of den and one of flakelight (their hosts are found now), one reaches NixOS only
through functions far below its \`default.nix\` (found now), and one has all its NixOS hosts switched off. In one, without
a flake, 54 modules were listed as hosts beside the 13 machines; it and two like it show their hosts now. Fourteen of the
twenty-nine are among the repositories above since; the hosts of den are known in part, for what den makes of functions, classes
and policies is not.

Of the forty-four three showed no host: one was lost because it asks packages for their platform (found now), two are made by frameworks of their
own. With what was mended since, 116 of their 242 hosts are resolved, 3 are not evaluated, and 56 of 129 impermanent ones are resolved; one repository makes
70 variants of its hosts with a fork of impermanence, whose option is not known. Those of which whole snapshots are at hand are
among the repositories above since, but for the one with the 70 variants.

Of the last fifty-six two showed no host: a flake module of an input makes those of one, and those of the other are
not found. 19 hosts that were called resolved were not: of 17 all private modules are encrypted with sops, which was taken
for broken Nix, and of 2 all modules are imported by a function of an input. Two that only empty /tmp were called
impermanent. All of that is mended. 42 of these repositories are above since.

Of the fifty-one two showed no host: the \`flake.nix\` of one is encrypted, and the other makes hosts only for flakes of others.
Of their 117 hosts that persist something and need nothing from outside 107 were resolved at first sight: 91.5 %. What held back most was
a set of packages that others are merged into (29 hosts of one repository) and services of clan's inventory; both are read now, and the
repositories are among those above.

Of the forty five showed no host: two have none, and those of three are made by the library or a flake module of an input,
which is said. Of their 97 hosts that persist something and need nothing from outside 85 were resolved at first sight: 87.6 %. What held
back most was flake-aspects, files of NixOS that are applied as functions, and defaults of single options; with what was mended
since, 91 of 99 are resolved. All 111 errors and warnings that they had at first sight were held against the source: 89 are right, 12 can be
argued about, and 10 were wrong, 4 of the 36 errors among them; those are mended. 38 of these repositories are pinned since.

Of the last thirty two showed no host: a library, and homes alone. Of their 46 hosts that persist something and need nothing from outside
37 were resolved at first sight: 80.4 %; with what was mended since, 40 of 46, and of the other six NixOS refuses five. What held back most
was an option called \`meta\`, and images. Of the 92 errors and warnings 75 are right, 10 of them at the wrong place, 4 can be argued about, and
13 were wrong, 8 of the 27 errors among them: a host that shows no filesystem at all, one that stands for others, a service that keeps
nothing as it is set. Those are mended. 16 of these repositories are pinned since.

Of the last twenty-seven one showed no host, a library. Of their 35 hosts that persist something and need nothing from outside 34 were resolved at
first sight: 97.1 %. The one that is left names its disks by LVM in the script that empties the root and by UUID in the mounts, which proves
nothing. Of the 36 errors and warnings two were wrong: a comment that begins with "impermanence:" and is no order to the checker, and a path
inside of a service's own container. Those are mended. All but the library are pinned since.

Before den was followed, and with the 78 repositories that were added last, 278 of 335 such hosts were resolved: 83.0 %. What is
missing now is above all options of programs outside of NixOS, policies of den, and scripts that are not read.

Hosts that import modules of a private input (git+ssh, a folder outside the workspace, a server of the local network) are known
only partly, with that reason: what such modules persist cannot be seen.

## Compared with Nix

\`scripts/corpus-nix.mjs\` has Nix evaluate the same hosts: \`nix-instantiate\` 2.8 with the real \`lib.evalModules\` of nixpkgs, the
modules of the repository as they are, real den, flake-parts, import-tree, haumea and flake-utils, and stand-ins for packages and for
modules of other inputs ([host.nix](../test/corpus/nix/host.nix)). Options that only NixOS declares take what is written; they are
off, or have the catalogue's default, where nothing is. Of what comes out, the paths of stores of impermanence, of
home-manager and of preservation, and device, type and \`neededForBoot\` of \`fileSystems\` are compared with what the checker says for
sure; disko's filesystems are not.

${comparedWithNix(nix)}

For den that is its revision 3932adfe of June 2026, the newest that was at hand whole, with its nix-effects and gen-schema. Three of
the four repositories are locked to one of August. The same comparison was made with a flake of 31 small hosts that
use every way to write an aspect: what is resolved there is equal, and what den excludes, forwards or makes by policies is known in part.

Hosts that Nix cannot evaluate so are not compared: configurations with pipe operators or other syntax that 2.8 lacks, those
that need the code of an input or of a package, and those that read options of NixOS whose defaults are not at hand. What
NixOS' own modules add is not part of the comparison, neither to what Nix says nor to what the checker says.

## Read by hand

On 2026-11-21 what \`facts\` prints of ${HAND_READ.length} hosts was compared with the text of their repositories: five of them whole
(lenovo, athena, kylekrein-framework12, nl, pi3b), of two the stores and the root (thoth, homelab), the others in parts, mostly
the heads of their lists:
${HAND_READ.join(", ")}. No fact that was looked at was wrong.

On 2026-11-22 fifteen hosts of twelve repositories that nobody had read were read: every persisted path with owner and mode,
device, type, options and \`neededForBoot\` of each filesystem, and whether and how the root is emptied; of about half of them the findings as well.

| host | commit | persisted paths | filesystems | root | wrong |
|---|---|---|---|---|---|
${readWhole(results)}

Two of the roots are not emptied, although a rollback is written: carbon has a hook of the scripted initrd under NixOS 26.05, which
has systemd there (IMP505 says so), and cormorant a unit of the initrd's systemd, which is off in its 24.11; that no finding
says the latter is a gap of the rules. Of carbon the filesystems were not read.

Names that several lists have counted once, at least ${nix.hosts.length + HAND_READ.length + onlyRead(nix) - SHARED_NAMES} hosts were
checked, by Nix or by eye.

Two kinds of assumptions are part of "resolved": modules of flake inputs do not touch what the workspace sets (each is
listed by \`facts\`), and an input's rolling branch has the defaults of the release that was in the making when it was
locked; on the way to 26.05 they changed between 6 and 17 April 2026, and what was locked on those days is not known.

## Why hosts are known only partly

Each host that is not resolved, with what it would take, judged by the reasons that the checker gives
([needs.ts](../test/corpus/needs.ts)), and the first of them:

| host | persists | it takes | first reason |
|---|---|---|---|
${unresolvedHosts
  .map(
    ({ repository, name, persists, needs }) =>
      `| ${repository}: ${name} | ${persists ? "yes" : "no"} | ${TAKES[needs.need]} | ${cell(needs.why)} |`,
  )
  .join("\n")}

All reasons, by the number of hosts that have them:

| hosts | reason |
|---|---|
${reasonCounts(results)
  .slice(0, 40)
  .map(([why, count]) => `| ${count} | ${cell(why)} |`)
  .join("\n")}

## Entries whose hosts could not be listed

${
  results
    .flatMap(({ repository, problems = [] }) =>
      problems.map(({ entry, why }) => `- ${repository}, \`${entry}\`: ${why}`),
    )
    .join("\n") || "None."
}

## Findings

| rule | findings | repositories |
|---|---|---|
${[...rules]
  .sort()
  .map(([code, { count, repositories }]) => `| ${code} | ${count} | ${repositories.size} |`)
  .join("\n")}
`;
}

/** What `scripts/corpus-nix.mjs` found, from test/corpus/nix/results.json. */
function comparedWithNix({ date, hosts }) {
  const sum = (field) => hosts.reduce((all, host) => all + (typeof host[field] === "number" ? host[field] : 0), 0);
  const paths = sum("persisted") + sum("preserved") + sum("homes");
  const withPaths = hosts.filter((host) =>
    ["persisted", "preserved", "homes"].some((field) => typeof host[field] === "number" && host[field] > 0),
  );
  const whole = hosts.filter((host) => Object.values(host).every((value) => value !== "-")).length;
  const wrong = hosts.flatMap((host) => host.wrong).length;
  const repositories = new Set(hosts.map(({ repository }) => repository)).size;
  return `On ${date} that worked for ${hosts.length} hosts of ${repositories} repositories, for ${whole} of them whole. ${withPaths.length} of the hosts persist something: ${paths} paths
are the same, and ${sum("fileSystems")} fields of filesystems. **${wrong} facts differ.** A path that Nix has and the checker does not would count as
well, unless the checker says that there may be more.`;
}

/** What it takes to know a host, in words. */
const TAKES = {
  secret: "a decrypted file",
  build: "a derivation that is built",
  input: "the code of an input",
  fault: "a change: NixOS refuses it",
  runner: "what runs the container",
  checker: "a better checker",
};

/** The share of hosts that could be known, and how many cannot. */
export function knowable(results) {
  const persisting = results.flatMap(({ hosts = [] }) => hosts).filter(({ persists }) => persists);
  const count = (need) => persisting.filter(({ needs }) => needs?.need === need).length;
  const outside = ["secret", "build", "input", "runner"];
  const rest = persisting.length - outside.reduce((sum, need) => sum + count(need), 0);
  const resolved = persisting.filter(({ state }) => state === "resolved").length;
  return `${persisting.length} hosts persist something. ${count("input")} of them need the code of an input that is not at hand,
${count("secret")} a decrypted file, ${count("build")} a derivation that is built while Nix evaluates, and ${count("runner")} are containers of which only what runs them
says what is mounted there. **Of the other ${rest}, ${resolved} are
resolved: ${((100 * resolved) / rest).toFixed(1)} %.** ${count("fault")} more are refused by NixOS itself or lack a file, and ${count("checker")} the checker should know.`;
}

function link({ repository, commit }) {
  return `[${repository}](https://github.com/${repository}/tree/${commit})`;
}

/** A reason in a cell of a table; folders of somebody's computer are not named. */
function cell(text) {
  return text
    .replace(/the private flake input (?:path|git\+file):[^ ,]+/, "a private flake input on its author's computer")
    .replaceAll("|", "\\|")
    .replaceAll("\n", " ");
}

/** The table of the hosts that were read whole. */
function readWhole(results) {
  const commits = new Map(results.map(({ repository, commit }) => [repository, commit]));
  return READ_WHOLE.map(
    ([repository, host, paths, mounts]) =>
      `| ${repository}: ${host} | ${commits.get(repository)?.slice(0, 7)} | ${paths} | ${mounts || "not read"} | read | 0 |`,
  ).join("\n");
}

/** How many of them Nix did not evaluate as well. */
function onlyRead(nix) {
  return READ_WHOLE.filter(
    ([repository, host]) => !nix.hosts.some((one) => one.repository === repository && one.host === host),
  ).length;
}
