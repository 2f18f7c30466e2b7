import { describe, expect, it } from "vitest";
import { destinationOf } from "./destination.ts";
import { resolveDestination } from "./resolved-destination.ts";
import { checkedDestination } from "./ssh-arguments.ts";

const none = { user: null, port: null };

describe("a destination", () => {
  it.each([
    [{ ...none, address: "web1" }, "web1"],
    [{ ...none, address: "web1", user: "root" }, "root@web1"],
    [{ ...none, address: "admin@web1", user: "root" }, "admin@web1"],
    [{ ...none, address: "10.0.0.1", user: "root", port: 2222 }, "ssh://root@10.0.0.1:2222"],
    [{ ...none, address: "fd00::1" }, "fd00::1"],
    [{ ...none, address: "fd00::1", user: "me", port: 22 }, "ssh://me@[fd00::1]:22"],
    [{ ...none, address: "me@web1", port: 22 }, "ssh://me@web1:22"],
  ])("is made of %j", (target, expected) => {
    expect(destinationOf(target)).toBe(expected);
  });

  it.each(
    [
      ..."-oProxyCommand=id|a b|a;b|$(id)|a\nb||x@-y|-l@x|a@b@c|a'b|a\"b|`id`|a|b/../c|ssh://-x|ssh://a:b|[::1]|\u202ea".split(
        "|",
      ),
      "-x@y",
      "a\0b",
      "web1:22",
      "%h",
      "a".repeat(300),
    ].filter((name) => !["a", "b"].includes(name)),
  )("is never %j", (name) => {
    const tried = [name, `ssh://${name}`, `${name}@host`];
    const accepted = tried.filter((one) => {
      try {
        return checkedDestination(one) === one;
      } catch {
        return false;
      }
    });
    // Some are parts that are right elsewhere: a port after ssh://, and an address in brackets there.
    expect(accepted.filter((one) => !/^ssh:\/\/(?:web1:22|\[::1\])$/.test(one))).toEqual([]);
  });

  it("of the configuration is checked, too", () => {
    for (const address of ["-oProxyCommand=id", "a b", "web1 -oX"])
      expect(() => destinationOf({ ...none, address })).toThrow("is not the name of a host");
    expect(() => destinationOf({ ...none, address: "web1", user: "-l x" })).toThrow("is not the name of a host");
    expect(() => destinationOf({ ...none, address: "web1", user: "root@$(id)" })).toThrow("is not the name of a host");
  });

  it.each([
    ["ssh://me@[fd00::1]:2222", { user: "me", hostName: "fd00::1", port: "2222" }],
    ["ssh://me@[fe80::1%eth0]", { user: "me", hostName: "fe80::1%eth0", port: "22" }],
    ["ssh://me@web1:22", { user: "me", hostName: "web1", port: "22" }],
  ])("%s is one that ssh understands", async (destination, expected) => {
    expect(await resolveDestination(destination, "/dev/null")).toEqual(expected);
  });

  it("with a port or in brackets needs its scheme, and the message says so", () => {
    for (const one of ["me@web1:2222", "[fd00::1]", "me@[fe80::1%eth0]:22"])
      expect(() => checkedDestination(one)).toThrow(`Write ssh://${one},`);
    expect(() => checkedDestination("a b")).not.toThrow("Write");
  });
});
