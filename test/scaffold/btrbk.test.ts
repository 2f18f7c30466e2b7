import { expect, it } from "vitest";
import { toJson } from "../../server/src/eval/json.ts";
import { scaffoldHosts } from "./hosts.ts";
import { onServer } from "./run-scripts.ts";
import { analyseServer } from "./server-modules.ts";

interface Section {
  readonly [key: string]: string | { readonly [name: string]: Section };
}

/** A configuration as nixpkgs' module writes it: plain settings, then sections with theirs inside. */
function configOf(section: Section): string[] {
  return Object.entries(section).flatMap(([key, value]) =>
    typeof value === "string"
      ? [`${key} ${value}`]
      : Object.entries(value).flatMap(([name, inner]) => [
          `${key} ${name}`,
          ...configOf(inner).map((line) => `  ${line}`),
        ]),
  );
}

it("has btrbk take read-only snapshots of every source and keep what the policy says", {
  timeout: 60_000,
}, async () => {
  const host = (await analyseServer(scaffoldHosts().find(({ snapshots }) => snapshots === "btrbk")!)).hosts[0]!;
  const value = toJson(host.config.at("services", "btrbk", "instances", "server", "settings").value());
  if (!("json" in value)) throw new Error(value.unknown.why);
  const lines = configOf(value.json as Section);
  expect(lines).toEqual([
    "snapshot_preserve 4w 12m",
    "snapshot_preserve_min 5d",
    "timestamp_format long-iso",
    "volume /",
    "  snapshot_dir .snapshots",
    "  subvolume persist",
    "    snapshot_name persist",
  ]);
  const seen = onServer(
    `make_host snapshots
    next_mount subvol=snapshots .snapshots
    echo "$1" | sed 's|^volume /$|volume /mnt|' > btrbk.conf
    attempt run btrbk --config "$PWD/btrbk.conf" run
    fact first "$(ls -A .snapshots)"
    fact "read-only" "$(btrfs property get -ts .snapshots/persist.* ro)"
    # 400 days of snapshots: one a day at the end, every fourth before.
    now=$(date +%s)
    for day in {1..9} {12..400..4}; do
      btrfs subvolume snapshot -r persist ".snapshots/persist.$(date -u -d "@$((now - day * 86400))" +%Y%m%dT%H%M%S+0000)" > /dev/null
    done
    attempt prune btrbk --config "$PWD/btrbk.conf" run
    fact left "$(ls .snapshots)"
    fact same "$([ "$(sum)" = "$PERSISTED" ] && echo yes)"`,
    lines.join("\n"),
  );
  expect(seen.run, seen["run said"]).toBe("0");
  expect(seen.first).toMatch(/^persist\.\d{8}T\d{6}[+-]\d{4}$/);
  expect(seen).toMatchObject({ "read-only": "ro=true", prune: "0", same: "yes" });
  const left = seen.left!.split("\n");
  // At least five days of them, then one a week and one a month.
  const days = left.map((name) => (Date.now() - Date.parse(dateOf(name))) / 86_400_000);
  expect(days.filter((age) => age < 5.1).length).toBeGreaterThanOrEqual(6);
  expect(days.filter((age) => age > 7 && age < 28).length).toBeGreaterThanOrEqual(2);
  expect(Math.max(...days)).toBeGreaterThan(300);
  expect(left.length).toBeLessThan(26);
});

function dateOf(name: string): string {
  return name.replace(/^persist\.(\d{4})(\d\d)(\d\d)T.*/, "$1-$2-$3");
}
