import { expect, it } from "vitest";
import { fromUri } from "./convert.ts";

it.each([
  ["file:///home/a/my%20host.nix", "/home/a/my host.nix"],
  ["file:///home/a/%C3%A4%23%25%2B+.nix", "/home/a/ä#%++.nix"],
  ["file:/home/a/host.nix", "/home/a/host.nix"],
  ["file://localhost/home/a/host.nix", "/home/a/host.nix"],
  ["file:////home/a/host.nix", "/home/a/host.nix"],
  ["FILE:///home/a/host.nix", "/home/a/host.nix"],
  ["file:///home//a/./b/../host.nix", "/home/a/host.nix"],
  ["file:///home/a/", "/home/a"],
  ["file:///", "/"],
  ["file:///C%3A/a/host.nix", "c:/a/host.nix"],
  ["file:///C:/a/", "c:/a"],
  ["file://server/share/host.nix", "//server/share/host.nix"],
])("%s is %s", (uri, path) => expect(fromUri(uri)).toBe(path));

it.each([
  "untitled:host.nix",
  "git:/a/host.nix?ref",
  "zipfile:///a.zip::host.nix",
  "x y:host.nix",
  "vscode-notebook-cell:/a#1",
])("%s is no file on disk", (uri) => expect(fromUri(uri)).toBeUndefined());
