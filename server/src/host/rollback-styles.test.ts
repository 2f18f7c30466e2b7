// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts, not template literals.
import { describe, expect, it } from "vitest";
import { analyseFiles } from "../testing/analyse-files.ts";

/** The verdict on a host whose initrd runs a shell script, as an author with that style writes it. */
async function verdict(script: string): Promise<string> {
  return verdictOn(`boot.initrd.systemd.services.reset = {
    wantedBy = [ "initrd.target" ];
    before = [ "sysroot.mount" ];
    script = ''\n${script.replaceAll("${", "''${")}\n'';
  };`);
}

async function verdictOn(config: string, files: Record<string, string> = {}): Promise<string> {
  const { hosts } = await analyseFiles({
    "/host.nix": `{ config, lib, pkgs, ... }: {
      fileSystems."/" = { device = "/dev/vda2"; fsType = "btrfs"; options = [ "subvol=root" ]; };
      ${config.includes("systemd.enable") ? "" : "boot.initrd.systemd.enable = true;"}
      ${config}
    }`,
    ...files,
  });
  const root = hosts[0]?.ephemeralRoot;
  if (root?.kind === "rollback") return `${root.rollback.method} ${root.rollback.wipes.join(" ")}`;
  return root?.kind === "unknown" ? `unknown: ${root.why}` : (root?.kind ?? "no host");
}

const mounted = (body: string) => `mkdir -p /mnt\nmount -o subvolid=5 /dev/vda2 /mnt\n${body}\numount /mnt`;
const del = "btrfs subvolume delete /mnt/root";
const make = "btrfs subvolume create /mnt/root";

describe("a rollback is seen in scripts that", () => {
  it.each<[string, string, string?]>([
    [
      "are one function",
      `main() {\n local top=/mnt\n mount -o subvolid=5 /dev/vda2 "$top"\n btrfs subvolume delete "$top/root"\n btrfs subvolume create "$top/root"\n}\nmain "$@"`,
    ],
    [
      "split the work into functions",
      mounted(
        'wipe() { btrfs subvolume delete -R "$1" || return 1; }\nfresh() { btrfs subvolume create "$1"; }\nwipe /mnt/root && fresh /mnt/root',
      ),
    ],
    [
      "hand variables to functions",
      mounted(
        'target=/mnt/root\nreset() { btrfs subvolume delete "$1"; btrfs subvolume create "$1"; }\nreset "$target"',
      ),
    ],
    [
      "move with a function",
      mounted(
        'aside() { local from="$1" to="$2"; mkdir -p "$(dirname "$to")"; mv "$from" "$to"; }\naside /mnt/root "/mnt/old/$(date +%s)"\nbtrfs subvolume create /mnt/root',
      ),
      "move-to-archive",
    ],
    ["use the function keyword", `function reset_root {\n${mounted(`${del}\n${make}`)}\n}\nreset_root`],
    [
      "read the nested ones line by line",
      mounted(
        `btrfs subvolume list -o /mnt/root | awk '{print $NF}' | while IFS= read -r sub; do btrfs subvolume delete "/mnt/$sub"; done\n${del} && btrfs subvolume snapshot /mnt/blank /mnt/root`,
      ),
      "blank-snapshot",
    ],
    [
      "use xargs for the nested ones",
      mounted(
        `btrfs subvolume list -o /mnt/root | cut -d' ' -f9 | xargs -r -I{} btrfs subvolume delete /mnt/{}\n${del}\n${make}`,
      ),
    ],
    ["choose by case", mounted(`case "$(cat /proc/cmdline)" in *keep*) echo skip ;; *) ${del}; ${make} ;; esac`)],
    [
      "test with double brackets",
      mounted(`if [[ -d /mnt/root && -d /mnt/blank ]]; then ${del}; btrfs subvolume snapshot /mnt/blank /mnt/root; fi`),
      "blank-snapshot",
    ],
    [
      "count with (( ))",
      mounted(`n=$(ls /mnt/old | wc -l)\nif (( n > 3 )); then echo many; fi\n${del}; (( n += 1 ))\n${make}`),
    ],
    [
      "go through an array",
      mounted(
        'subs=(root)\nfor s in "${subs[@]}"; do btrfs subvolume delete "/mnt/$s"; btrfs subvolume create "/mnt/$s"; done',
      ),
    ],
    [
      "take one of an array",
      mounted(
        'names=(root home)\nbtrfs subvolume delete "/mnt/${names[0]}"; btrfs subvolume create "/mnt/${names[0]}"',
      ),
    ],
    [
      "keep the program in an array",
      mounted('sub=(btrfs subvolume)\n"${sub[@]}" delete /mnt/root\n"${sub[@]}" create /mnt/root'),
    ],
    ["keep the program in a variable", mounted('B="btrfs subvolume"\n$B delete /mnt/root\n$B create /mnt/root')],
    [
      "insist on a value",
      mounted('root=/mnt/root\nbtrfs subvolume delete "${root:?}"\nbtrfs subvolume create "${root:?no root}"'),
    ],
    [
      "use braces",
      mounted("btrfs subvolume delete /mnt/{root,tmp}\nbtrfs subvolume create /mnt/{root,tmp}"),
      "delete-and-create root tmp",
    ],
    [
      "loop over braces",
      mounted("for s in {root,tmp}; do btrfs subvolume delete /mnt/$s; btrfs subvolume create /mnt/$s; done"),
      "delete-and-create root tmp",
    ],
    ["work in a subshell", mounted("( cd /mnt && btrfs subvolume delete root && btrfs subvolume create root )")],
    ["print a name", mounted('r=$(printf %s /mnt/root)\nbtrfs subvolume delete "$r"\nbtrfs subvolume create "$r"')],
    ["print a name in backticks", mounted("r=`echo /mnt/root`\nbtrfs subvolume delete $r\nbtrfs subvolume create $r")],
    [
      "clean up with a trap",
      `set -euo pipefail\nt=$(mktemp -d)\ntrap 'umount "$t"; rmdir "$t"' EXIT\nmount -o subvolid=5 /dev/vda2 "$t"\nmv "$t/root" "$t/old_$(date +%s)"\nbtrfs sub create "$t/root"`,
      "move-to-archive",
    ],
    ["work in a trap", mounted(`trap '${del}; ${make}' EXIT`)],
    ["eval a text", mounted(`eval "${del}; ${make}"`)],
    ["run sh -c", mounted(`sh -c '${del}; ${make}'`)],
    ["run bash -euc", mounted(`bash -euc "${del} && ${make}"`)],
    ["feed a shell", `sh -eu <<'EOS'\n${mounted(`${del}\n${make}`)}\nEOS`],
    [
      "name the program by its path",
      mounted(
        "/run/current-system/sw/bin/btrfs subvolume delete /mnt/root\n/usr/bin/env btrfs subvolume create /mnt/root",
      ),
    ],
    [
      "wrap it",
      mounted(
        "nice -n 19 ionice -c3 timeout 10 btrfs subvolume delete /mnt/root\nenv LC_ALL=C sudo -n btrfs subvolume create /mnt/root",
      ),
    ],
    [
      "wrap it otherwise",
      mounted(
        "flock /run/lock/x btrfs subvolume delete /mnt/root\nchrt -i 0 busybox nice btrfs subvolume create /mnt/root",
      ),
    ],
    [
      "let systemd run it",
      mounted(
        "systemd-run --wait --pipe btrfs subvolume delete /mnt/root\nsystemd-inhibit --what=sleep btrfs subvolume create /mnt/root",
      ),
    ],
    [
      "are one chain",
      `mkdir -p /mnt && mount -o subvolid=5 /dev/vda2 /mnt && ${del} && ${make} && umount /mnt || echo failed`,
    ],
    [
      "move away, make anew and then delete",
      mounted(
        "mv /mnt/root /mnt/root.old\nbtrfs subvolume snapshot /mnt/blank /mnt/root\nbtrfs subvolume delete /mnt/root.old",
      ),
      "move-to-archive",
    ],
    ["wait until it works", mounted(`until ${del}; do sleep 1; done\n${make}`)],
    [
      "declare constants",
      `readonly TOP=/mnt NAME=root\nmount -o subvolid=5 /dev/vda2 $TOP\nbtrfs subvolume delete $TOP/$NAME; btrfs subvolume create $TOP/$NAME`,
    ],
  ])("%s", async (_, script, expected = "delete-and-create") => {
    expect(await verdict(script)).toBe(expected.includes(" ") ? expected : `${expected} root`);
  });
});

describe("a rollback may be there in scripts that", () => {
  it.each([
    [
      "take names from the environment",
      mounted('btrfs subvolume delete "/mnt/${ROOT:-root}"\nbtrfs subvolume create "/mnt/${ROOT:-root}"'),
    ],
    ["find what they delete", mounted(`find /mnt -maxdepth 1 -name root -exec btrfs subvolume delete {} +\n${make}`)],
    [
      "delete what they list",
      mounted(
        `mapfile -t subs < <(btrfs subvolume list /mnt | cut -d' ' -f9)\nfor s in "\${subs[@]}"; do btrfs subvolume delete "/mnt/$s"; done\n${make}`,
      ),
    ],
    ["hand names to xargs", mounted(`echo /mnt/root | xargs -n1 btrfs subvolume delete; ${make}`)],
    [
      "choose between names",
      mounted(
        'if [ -d /mnt/root ]; then sv=/mnt/root; else sv=/mnt/@; fi\nbtrfs subvolume delete "$sv"; btrfs subvolume create "$sv"',
      ),
    ],
    ["remove all files", "mount -o subvol=root /dev/vda2 /mnt\nrm -rf /mnt/*"],
    ["remove all files with find", "mount -o subvol=root /dev/vda2 /mnt\nfind /mnt -mindepth 1 -delete"],
    [
      "mirror an empty one",
      "mount -o subvol=root /dev/vda2 /mnt\nmount -o subvol=blank /dev/vda2 /b\nrsync -a --delete /b/ /mnt/",
    ],
    ["eval what they put together", mounted('eval "btrfs subvolume delete $(cat /names)"')],
    ["run what they get", "curl -s http://10.0.0.1/reset | sh"],
    ["leave the mount to others", `${del}\n${make}`],
  ])("%s", async (_, script) => {
    expect(await verdict(script)).toMatch(/^unknown: /);
  });
});

describe("no rollback is seen in scripts that", () => {
  it.each([
    ["only print it", `echo "${del}; ${make}"`],
    ["only note it", `# ${del}; ${make}\ntrue`],
    ["write it into a file", `cat > /etc/motd <<EOF\n${del}\n${make}\nEOF`],
    ["define a function and never call it", `reset() { ${mounted(`${del}; ${make}`)}\n}\necho nothing`],
    ["switch it off", mounted(`if false; then ${del}; ${make}; fi`)],
    ["leave before", `exit 0\n${mounted(`${del}; ${make}`)}`],
    ["empty another subvolume", mounted("btrfs subvolume delete /mnt/tmp && btrfs subvolume create /mnt/tmp")],
    [
      "make another one the default",
      mounted("btrfs subvolume snapshot /mnt/blank /mnt/new\nbtrfs subvolume set-default /mnt/new"),
    ],
    ["thin out an archive", mounted("btrfs subvolume delete /mnt/old")],
    ["take a snapshot", mounted('btrfs subvolume snapshot -r /mnt/root "/mnt/snap/$(date +%F)"')],
  ])("%s", async (_, script) => {
    expect(await verdict(script)).toBe("none");
  });
});

describe("the default subvolume", () => {
  it("is the root where no other is named", async () => {
    const { hosts } = await analyseFiles({
      "/host.nix": `{
        fileSystems."/" = { device = "/dev/vda2"; fsType = "btrfs"; };
        boot.initrd.systemd.enable = true;
        boot.initrd.systemd.services.reset = {
          wantedBy = [ "initrd.target" ];
          before = [ "sysroot.mount" ];
          script = "mount -o subvolid=5 /dev/vda2 /mnt; btrfs subvolume set-default /mnt/blank";
        };
      }`,
    });
    expect(hosts[0]?.ephemeralRoot.kind).toBe("unknown");
  });
});

describe("a rollback is seen wherever Nix takes the script from", () => {
  const mount = "mount -o subvolid=5 /dev/vda2 /mnt";
  const body = `${mount}\n${del}\n${make}\n`;
  const unit = (more: string) =>
    `boot.initrd.systemd.services.reset = { wantedBy = [ "initrd.target" ]; before = [ "sysroot.mount" ]; ${more} };`;
  const scripted = (more: string) => `boot.initrd.systemd.enable = false; boot.initrd.${more}`;
  it.each([
    ["writeShellScript", unit(`serviceConfig.ExecStart = "\${pkgs.writeShellScript "r" ''${body}''}";`)],
    [
      "writeShellScriptBin",
      unit(`serviceConfig.ExecStart = let x = pkgs.writeShellScriptBin "x" ''${body}''; in "\${x}/bin/x";`),
    ],
    [
      "writeShellApplication",
      unit(
        `script = let x = pkgs.writeShellApplication { name = "x"; runtimeInputs = [ pkgs.btrfs-progs ]; text = ''${body}''; }; in lib.getExe x;`,
      ),
    ],
    ["builtins.readFile", unit("script = builtins.readFile ./reset.sh;")],
    ["lib.readFile", unit("script = lib.readFile ./reset.sh;")],
    ["lib.fileContents", unit("script = lib.fileContents ./reset.sh;")],
    ["mkAfter", scripted(`postDeviceCommands = lib.mkAfter ''${body}'';`)],
    ["mkBefore", scripted(`postResumeCommands = lib.mkBefore ''${body}'';`)],
    [
      "packages",
      unit(
        `script = ''\${pkgs.util-linux}/bin/mount -o subvolid=5 /dev/vda2 /mnt; \${lib.getExe pkgs.btrfs-progs} subvolume delete /mnt/root; \${lib.getExe' pkgs.btrfs-progs "btrfs"} subvolume create /mnt/root'';`,
      ),
    ],
    ["runtimeShell -c", unit(`serviceConfig.ExecStart = "\${pkgs.runtimeShell} -c '${mount} && ${del} && ${make}'";`)],
    ["bash -c", unit(`serviceConfig.ExecStart = "\${pkgs.bash}/bin/bash -c '${mount} && ${del} && ${make}'";`)],
    [
      "runtimeShell and a script",
      unit(`serviceConfig.ExecStart = "\${pkgs.runtimeShell} \${pkgs.writeText "r" ''${body}''}";`),
    ],
    ["the signs of systemd", unit(`serviceConfig.ExecStart = [ "" "-+/bin/sh -c '${mount} && ${del} && ${make}'" ];`)],
    ["flock -c", unit(`script = ''flock /run/lock -c "${mount} && ${del} && ${make}"'';`)],
    ["flock with options", unit(`script = ''flock -x -w 5 /run/lock sh -c "${mount} && ${del} && ${make}"'';`)],
    ["su -c", unit(`script = ''su - root -c "${mount} && ${del} && ${make}"'';`)],
    ["su --command=", unit(`script = ''su --command="${mount} && ${del} && ${make}" root'';`)],
    ["runuser", unit(`script = ''runuser -u root -- sh -c "${mount} && ${del} && ${make}"'';`)],
    ["script -c", unit(`script = ''script -q -c "${mount} && ${del} && ${make}" /dev/null'';`)],
    [
      "the text of a unit",
      `boot.initrd.systemd.units."reset.service" = {
        wantedBy = [ "initrd.target" ];
        text = ''
          [Unit]
          DefaultDependencies=no
          Before=sysroot.mount

          [Service]
          Type=oneshot
          ExecStart=\${pkgs.writeShellScript "r" "${body.replaceAll("\n", "; ").replace(/; $/, "")}"}
        '';
      };`,
    ],
  ])("%s", async (_, config) => {
    expect(await verdictOn(config, { "/reset.sh": body })).toBe("delete-and-create root");
  });

  it("the text of a unit decides when it runs", async () => {
    const text = (before: string, more = "") =>
      `boot.initrd.systemd.units."reset.service" = { ${more} text = ''
        [Unit]
        ${before}
        [Service]
        ExecStart=/bin/sh -c '${mount} && ${del} && ${make}'
      ''; };`;
    expect(await verdictOn(text("", 'wantedBy = [ "initrd.target" ];'))).toMatch(
      /^unknown: nothing puts reset.service before/,
    );
    expect(await verdictOn(text("Before=sysroot.mount"))).toMatch(/^unknown: nothing is seen to start reset.service/);
    expect(await verdictOn(text("Before=sysroot.mount", 'wantedBy = [ "initrd.target" ]; enable = false;'))).toBe(
      "none",
    );
    const waits = "Before=initrd-fsck-root.service sysroot.mount\nConditionKernelCommandLine=wipe";
    expect(await verdictOn(text(waits, 'wantedBy = [ "initrd.target" ];'))).toContain(
      "ConditionKernelCommandLine=wipe",
    );
  });

  it.each([
    ["a file that it runs", unit('script = "sh ${./reset.sh}";')],
    [
      "commands one by one",
      unit(
        `serviceConfig.ExecStart = [ "/bin/mount -o subvolid=5 /dev/vda2 /mnt" "\${pkgs.btrfs-progs}/bin/btrfs subvolume delete /mnt/root" "\${pkgs.btrfs-progs}/bin/btrfs subvolume create /mnt/root" ];`,
      ),
    ],
    ["preStart and script", unit(`preStart = "mount -o subvolid=5 /dev/vda2 /mnt; ${del}"; script = "${make}";`)],
    ["when the root is mounted", scripted(`postMountCommands = ''${body}'';`)],
  ])("and is unknown by %s", async (_, config) => {
    expect(await verdictOn(config, { "/reset.sh": body })).toMatch(/^unknown: /);
  });
});

describe("a rollback that waits for a switch is no certain one:", () => {
  it.each<[string, string]>([
    ["the command line, as a condition", mounted(`if grep -q wipe /proc/cmdline; then ${del}; ${make}; fi`)],
    ["the command line through a pipe", mounted(`if cat /proc/cmdline | grep -qw wipe; then ${del}; ${make}; fi`)],
    ["the command line before &&", mounted(`grep -q wipe /proc/cmdline && { ${del}; ${make}; }`)],
    ["the command line before a way out", `grep -q wipe /proc/cmdline || exit 0\n${mounted(`${del}; ${make}`)}`],
    ["the command line in a case", mounted(`case "$(cat /proc/cmdline)" in *wipe*) ${del}; ${make} ;; esac`)],
    ["the command line in [[ ]]", mounted(`if [[ "$(</proc/cmdline)" == *wipe* ]]; then ${del}; ${make}; fi`)],
    [
      "a variable made of the command line",
      mounted(
        `WIPE=0\nfor o in $(cat /proc/cmdline); do case $o in wipe) WIPE=1 ;; esac; done\nif [ "$WIPE" = 1 ]; then ${del}; ${make}; fi`,
      ),
    ],
    [
      "the command line read into a variable",
      mounted(`read -r line < /proc/cmdline\ncase "$line" in *wipe*) ${del}; ${make} ;; esac`),
    ],
    ["a file", mounted(`if [ -e /mnt/persist/wipe-me ]; then ${del}; ${make}; fi`)],
    ["a file inside the root", mounted(`if [ -f /mnt/root/etc/wipe ]; then ${del}; ${make}; fi`)],
    ["a file's content", mounted(`if grep -q yes /mnt/persist/wipe; then ${del}; ${make}; fi`)],
    ["a file that is negated twice", mounted(`if ! [ ! -e /mnt/wipe-me ]; then ${del}; ${make}; fi`)],
    [
      "a function that is only called then",
      `wipe() {\n${mounted(`${del}; ${make}`)}\n}\nif grep -q wipe /proc/cmdline; then wipe; fi`,
    ],
    [
      "a way out of its function",
      `wipe() {\ngrep -q wipe /proc/cmdline || return 0\n${mounted(`${del}; ${make}`)}\n}\nwipe`,
    ],
    ["only the new root", mounted(`${del}\nif grep -q wipe /proc/cmdline; then ${make}; fi`)],
  ])("%s", async (_, script) => {
    expect(await verdict(script)).toMatch(
      /^unknown: it wipes only when (the kernel's command line|a file|the file \S+) says so/,
    );
  });

  it.each<[string, string]>([
    ["the command line turns it off", mounted(`if ! grep -q keep /proc/cmdline; then ${del}; ${make}; fi`)],
    [
      "the command line turns it off, in a case",
      mounted(`case "$(cat /proc/cmdline)" in *keep*) ;; *) ${del}; ${make} ;; esac`),
    ],
    [
      "the command line turns it off, with a way out",
      `grep -q keep /proc/cmdline && exit 0\n${mounted(`${del}; ${make}`)}`,
    ],
    [
      "the command line turns it off, with else",
      mounted(`if grep -q keep /proc/cmdline; then echo; else ${del}; ${make}; fi`),
    ],
    ["the command line turns it off, with ||", mounted(`grep -q keep /proc/cmdline || { ${del}; ${make}; }`)],
    ["a file turns it off", mounted(`if [ ! -e /mnt/persist/dont-wipe ]; then ${del}; ${make}; fi`)],
    ["a file turns it off, in [[ ]]", mounted(`if [[ ! -e /mnt/persist/dont-wipe ]]; then ${del}; ${make}; fi`)],
    [
      "an empty variable",
      mounted(`keep=$(grep -o keep /proc/cmdline || true)\nif [ -z "$keep" ]; then ${del}; ${make}; fi`),
    ],
    ["its own root has to be there", mounted(`if [ -e /mnt/root ]; then ${del}; fi\n${make}`)],
    ["its device has to be there", `[ -b /dev/vda2 ] || exit 1\n${mounted(`${del}; ${make}`)}`],
    [
      "its blank has to be there",
      mounted(`[ -d /mnt/blank ] || exit 1\n${del}\nbtrfs subvolume snapshot /mnt/blank /mnt/root`),
    ],
    [
      "what is missing makes it fail",
      mounted(
        `for d in etc var; do\nif [ ! -e "/mnt/blank/$d" ]; then echo missing; exit 1; fi\ndone\n${del}\nbtrfs subvolume snapshot /mnt/blank /mnt/root`,
      ),
    ],
    [
      "its blank may be there",
      mounted(`${del}\nif [ -e /mnt/blank ]; then btrfs subvolume snapshot /mnt/blank /mnt/root; else ${make}; fi`),
    ],
    [
      "only how the old root is kept is a choice",
      mounted(`if grep -q archive /proc/cmdline; then mv /mnt/root /mnt/old/1; else ${del}; fi\n${make}`),
    ],
    [
      "it asks for what it writes itself",
      mounted(
        `if [ -f /mnt/root/.stamp ]; then mv /mnt/root "/mnt/$(cat /mnt/root/.stamp)"; fi\n${make}\ndate > /mnt/root/.stamp`,
      ),
    ],
    [
      "it says so only in a message",
      mounted(`if grep -q quiet /proc/cmdline; then :; else echo wiping; fi\n${del}; ${make}`),
    ],
    [
      "it is also called without the switch",
      `wipe() {\n${mounted(`${del}; ${make}`)}\n}\nif grep -q early /proc/cmdline; then wipe; fi\nwipe`,
    ],
  ])("but it is one where %s", async (_, script) => {
    expect(await verdict(script)).toMatch(/ root$/);
  });

  it("a condition of the unit", async () => {
    const unit = (more: string) => `boot.initrd.systemd.services.reset = {
      wantedBy = [ "initrd.target" ];
      before = [ "sysroot.mount" ];
      script = ''${mounted(`${del}; ${make}`)}'';
      ${more}
    };`;
    expect(await verdictOn(unit('unitConfig.ConditionKernelCommandLine = "wipe";'))).toBe(
      "unknown: reset.service runs only when ConditionKernelCommandLine=wipe holds",
    );
    expect(await verdictOn(unit('unitConfig.ConditionPathExists = [ "/etc/wipe" ];'))).toContain("ConditionPathExists");
    expect(await verdictOn(unit('serviceConfig.ExecCondition = "/bin/ask";'))).toContain("ExecCondition");
    for (const harmless of [
      'unitConfig.ConditionKernelCommandLine = "!nowipe";',
      'unitConfig.ConditionPathExists = "/etc/initrd-release";',
      'unitConfig.ConditionPathExists = "/dev/disk/by-label/nixos";',
      'unitConfig.DefaultDependencies = "no";',
    ]) {
      expect(await verdictOn(unit(harmless)), harmless).toMatch(/ root$/);
    }
  });
});

describe("a service of the running system that replaces the subvolume of the root", () => {
  const service = (more: string, body: string) =>
    `systemd.services.reset = { ${more} script = ''\n${mounted(body)}\n''; };`;
  const rotate = "mv /mnt/root /mnt/old\nbtrfs subvolume create /mnt/root";

  it("leaves an empty root to the next boot", async () => {
    const why = "unknown: reset.service replaces the root while it is in use, for the next boot";
    expect(await verdictOn(service('wantedBy = [ "local-fs-pre.target" ];', rotate))).toBe(why);
    expect(await verdictOn(service('wantedBy = [ "shutdown.target" ];', rotate))).toBe(why);
  });

  it("does nothing when nobody starts it, or when it means another one", async () => {
    expect(await verdictOn(service("", rotate))).toBe("none");
    const other = rotate.replaceAll("root", "scratch");
    expect(await verdictOn(service('wantedBy = [ "multi-user.target" ];', other))).toBe("none");
    const snapshot = "btrfs subvolume snapshot -r /mnt/root /mnt/snaps/today\nbtrfs subvolume delete /mnt/snaps/old";
    expect(await verdictOn(service('wantedBy = [ "multi-user.target" ];', snapshot))).toBe("none");
  });
});
