import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { machineSettings, withMachineSettings } from "./machine-settings.ts";

const { contributes } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

describe("settings of the machine", () => {
  it("are those that package.json declares so", () => {
    const properties: [string, { scope: string }][] = contributes.configuration.flatMap(
      (section: { properties: object }) => Object.entries(section.properties),
    );
    const declared = properties.filter(([, { scope }]) => scope === "machine").map(([name]) => name);
    expect(declared.sort()).toEqual(machineSettings.map((name) => `impermanence.${name}`).sort());
  });

  it("are the user's own, whatever else stands there", () => {
    const section = {
      readInputsFromStore: true,
      remote: { sshConfigFile: "/evil", other: 1 },
      hover: { enable: true },
    };
    const user: Record<string, unknown> = { "remote.sshConfigFile": "/home/me/config" };
    expect(withMachineSettings(section, (key) => user[key])).toEqual({
      remote: { sshConfigFile: "/home/me/config", other: 1 },
      hover: { enable: true },
    });
    expect(withMachineSettings({ remote: "/evil" }, () => undefined)).toEqual({ remote: {} });
    expect(withMachineSettings(null, () => undefined)).toEqual({ remote: {} });
    expect(section.remote.sshConfigFile).toBe("/evil");
  });
});
