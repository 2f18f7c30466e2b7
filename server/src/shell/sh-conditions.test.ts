import { describe, expect, it } from "vitest";
import { commands } from "./sh-commands.ts";
import { ConditionReader } from "./sh-conditions.ts";
import { readShell } from "./sh-reader.ts";

/** What the command `mark` needs of the outside. */
function needs(text: string) {
  const uses = commands(readShell(text));
  const use = uses.find(({ name }) => name === "mark");
  if (!use) throw new Error("no mark");
  return new ConditionReader(uses, text).requirements(use.within, use.command.start).map(({ source, present }) => {
    const what = source.kind === "cmdline" ? "cmdline" : text.slice(source.path.start, source.path.end);
    return `${present === undefined ? "?" : present ? "" : "no "}${what}`;
  });
}

describe("ConditionReader", () => {
  it.each<[string, string[]]>([
    ["mark", []],
    ["if grep -q x /proc/cmdline; then mark; fi", ["cmdline"]],
    ["if grep -q x /proc/cmdline; then a; else mark; fi", ["no cmdline"]],
    ["if grep -vq x /proc/cmdline; then mark; fi", ["?cmdline"]],
    ["if a; then b; elif [ -e /f ]; then mark; fi", ["/f"]],
    ["if [ -e /f ]; then b; elif a; then mark; fi", ["no /f"]],
    ["[ -e /f ] && mark", ["/f"]],
    ["[ -e /f ] || mark", ["no /f"]],
    ["[ -e /f ] && a || mark", []],
    ["[ ! -e /f ] && mark", ["no /f"]],
    ["! [ -e /f ] && mark", ["no /f"]],
    ["[[ ! -f /f ]] && mark", ["no /f"]],
    ["[[ -f /f && -d /g ]] && mark", ["/f", "/g"]],
    ["while [ -e /f ]; do mark; done", ["/f"]],
    ["until [ -e /f ]; do mark; done", ["no /f"]],
    ['x=$(cat /proc/cmdline); if [ -n "$x" ]; then mark; fi', ["cmdline"]],
    ['x=$(cat /proc/cmdline); if [ -z "$x" ]; then mark; fi', ["no cmdline"]],
    ['x=$(cat /proc/cmdline); if [ "$x" = y ]; then mark; fi', ["?cmdline"]],
    ["for o in $(cat /proc/cmdline); do if [ $o = x ]; then mark; fi; done", ["?cmdline"]],
    ["for o in $(cat /proc/cmdline); do case $o in x) W=1 ;; esac; done; [ $W ] && mark", ["?cmdline"]],
    ["read -r x < /proc/cmdline; case $x in *y*) mark ;; esac", ["cmdline"]],
    ["if grep -q y /etc/wipe; then mark; fi", ["/etc/wipe"]],
    ["if mountpoint -q /mnt; then mark; fi", []],
    ["if btrfs subvolume show /mnt/root; then mark; fi", []],
    ["if (( 1 )); then mark; fi", []],
  ])("reads %s", (text, expected) => {
    expect(needs(text)).toEqual(expected);
  });
});
