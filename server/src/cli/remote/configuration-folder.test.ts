import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { MANY_HOSTS, mayNeedConfiguration, VALUE_OPTIONS, VALUES_OPTIONS } from "./configuration-folder.ts";
import { REMOTE_CLIS } from "./remote-clis.ts";
import { declareRemote } from "./remote-program.ts";

const remote = new Command("remote");
declareRemote(remote, REMOTE_CLIS);

describe("the arguments of commands on hosts", () => {
  it("are read ahead as the commands declare them", () => {
    const options = remote.commands.flatMap(({ options }) => options);
    const withValue = options.filter(({ required }) => required);
    const names = (variadic: boolean) =>
      new Set(withValue.filter((one) => one.variadic === variadic).map(({ long }) => long));
    expect(VALUE_OPTIONS).toEqual(names(false));
    expect(VALUES_OPTIONS).toEqual(names(true));
    const many = REMOTE_CLIS.filter(({ severalHosts }) => severalHosts).map(({ command }) => command.name);
    expect(MANY_HOSTS).toEqual(new Set(many));
  });

  // This test runs in a folder with a flake.
  it.each([
    ["diff josh@web1 --baseline base", false],
    ["diff josh@web1 --between one two", false],
    ["diff --show links times --all josh@web1", false],
    ["snapshot josh@web1 services --to persist", false],
    ["restore josh@web1 one-20260101-000000 /etc/x", false],
    ["diff web1", true],
    ["diff josh@web1 web2", true],
    ["diff --between one two -- web1", true],
    ["diff --baseline base web1", true],
    ["rollback web1 data one", true],
    ["diff josh@web1 --host web1", true],
    ["diff josh@web1 --folder=.", true],
  ])("%s may need a configuration: %s", (line, expected) => {
    expect(mayNeedConfiguration(line.split(" "))).toBe(expected);
  });
});
