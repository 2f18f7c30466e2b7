import { expect, it } from "vitest";
import type { Connection } from "vscode-languageserver";
import { watchFiles } from "./watched-files.ts";

it("asks for changes of Nix files, of data they read, and of encrypted secrets", async () => {
  const patterns: string[] = [];
  const register = (_type: unknown, { watchers }: { watchers: { globPattern: string }[] }) => {
    patterns.push(...watchers.map(({ globPattern }) => globPattern));
    return Promise.resolve();
  };
  await watchFiles({ client: { register } } as unknown as Connection);
  const endings = patterns.flatMap((pattern) => /^\*\*\/\*\.\{(.+)\}$/.exec(pattern)?.[1]?.split(",") ?? []);
  expect(endings).toEqual(expect.arrayContaining(["nix", "lock", "json", "yaml", "yml", "age", "env", "ini"]));
});
