import { expect, it } from "vitest";
import { optionNames } from "./option-names.ts";

const at = (...path: string[]) => {
  const [first = "", ...rest] = path;
  return rest.reduce((names, name) => names?.at(name), optionNames().get(first));
};

it("knows the options of NixOS by their names, and what any name stands for", () => {
  expect(at("services", "postgresql", "enable")?.isGroup).toBe(false);
  expect(at("services", "postgres")).toBeUndefined();
  expect(at("fileSystems", "/persist", "neededForBoot")).toBeDefined();
  expect(at("fileSystems", "/persist", "neededForboot")).toBeUndefined();
  expect(at("users", "users", "ada", "openssh", "authorizedKeys", "keys")).toBeDefined();
});

it("knows sets that take other names than those that are listed", () => {
  expect(at("services", "btrbk", "instances", "home", "settings")?.isOpen).toBe(true);
  expect(at("programs", "tsmClient", "servers", "backup")?.isOpen).toBe(true);
  expect(at("services", "btrbk")?.isOpen).toBe(false);
});

it("lists the names that have been there for years, and none where users choose them", () => {
  const flatpak = at("services", "flatpak");
  expect(flatpak?.settled()).toEqual(["enable"]);
  // Newer names are there where they are like an older one, and nothing below them.
  expect(at("hardware", "logitech")?.isGroup).toBe(false);
  expect(flatpak?.at("package")).toBeUndefined();
  expect(at("services", "btrbk")?.settled()).toContain("instances");
  expect(at("fileSystems")?.settled()).toEqual([]);
});
