import { expect, it } from "vitest";
import { removedOptions, removedOptionTree } from "./removed-options.ts";

it("names each removed option once, sorted, with the release by which it was gone", () => {
  const names = removedOptions.map(({ option }) => option);
  expect(names).toEqual([...new Set(names)].sort());
  for (const { by, says, module } of removedOptions) {
    expect(by).toMatch(/^\d\d\.(05|11)$/);
    expect(says).toMatch(/\S[.]$/);
    expect(module).toMatch(/^nixos\/modules\/\S+\.nix$/);
  }
});

it("has no option below one that is gone as a whole", () => {
  const names = new Set(removedOptions.map(({ option }) => option));
  for (const { option } of removedOptions) {
    const above = option.split(".").map((_, index, all) => all.slice(0, index).join("."));
    expect(above.filter((name) => names.has(name))).toEqual([]);
  }
});

it("leads to an option by its names", () => {
  const samba = removedOptionTree().below.get("services")?.below.get("samba");
  expect(samba?.option).toBeUndefined();
  expect(samba?.below.get("extraConfig")?.option).toMatchObject({ by: "24.11" });
});

it("leaves alone names that are options again, and what modules of known inputs replace", () => {
  const names = removedOptions.map(({ option }) => option);
  expect(names).not.toContain("services.dnscrypt-proxy");
  expect(names).not.toContain("boot.loader.raspberryPi");
});
