import { expect, it } from "vitest";
import { plainText } from "./plain-text.ts";

it("leaves the words of what hovers say, and none of the marks", () => {
  const markdown =
    "**`/var/log`** at the next boot\n\nOn `web` it **is lost**: it is on a tmpfs ([declared here](host.nix:3:5)).";
  expect(plainText(markdown)).toBe(
    "/var/log at the next boot\n\nOn web it is lost: it is on a tmpfs (declared here: host.nix:3:5).",
  );
  expect(plainText("**`*-*-* 00/2:00:00`**\n\n- Mon 2026-11-23\n- `a**b**c`")).toBe(
    "*-*-* 00/2:00:00\n\n- Mon 2026-11-23\n- a**b**c",
  );
});

it("puts the columns of a table below each other", () => {
  const table =
    "Keeps 3.\n\n| after | snapshots | oldest |\n|---|---|---|\n| a day | 24 | 1 day |\n| `x` | too many | |\n\nEnd";
  expect(plainText(table)).toBe(
    "Keeps 3.\n\nafter  snapshots  oldest\na day  24         1 day\nx      too many\n\nEnd",
  );
});
