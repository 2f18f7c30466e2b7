import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { destinationInWords, readResolved, resolveDestination } from "./resolved-destination.ts";

const folder = mkdtempSync(join(tmpdir(), "resolved-"));
const config = join(folder, "config");
afterAll(() => rmSync(folder, { recursive: true }));
const words = async (destination: string, text: string) => {
  writeFileSync(config, text);
  return destinationInWords(await resolveDestination(destination, config));
};

describe("what ssh makes of a name, by the real ssh", () => {
  it("is the account, the address and the port of its configuration", async () => {
    const text = "Host web\n  HostName 2001:db8::1\n  User deploy\n  Port 2222\n  ProxyJump gate@bastion\n";
    expect(await words("web", text)).toEqual([
      "ssh connects to deploy@[2001:db8::1], port 2222, through gate@bastion.",
      "Root is used there, if sudo asks the account deploy for no password.",
    ]);
    expect(await words("root@web.example", "")).toEqual([
      "ssh connects to root@web.example, port 22.",
      "The account is root, so all of it is done as root there.",
    ]);
  });

  it("is not known where ssh cannot say it, and that is said", async () => {
    expect((await words("web", "NoSuchOption yes\n"))[0]).toContain("is not known");
    await expect(resolveDestination("-oProxyCommand=touch /tmp/x", config)).rejects.toMatchObject({
      code: "EHOSTNAME",
    });
  });

  it("is shown with codes for what turns text around", () => {
    const resolved = readResolved("user a\u202eb\nhostname h\nport 22\nproxycommand nc \u001b[2J %h\n");
    expect(destinationInWords(resolved)[0]).toBe("ssh connects to a<U+202E>b@h, port 22, through nc <U+001B>[2J %h.");
  });
});
