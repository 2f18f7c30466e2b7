import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** The bundler imports `.nix`, `.md` and `.sh` files as text; so do the tests. */
const textFiles = {
  name: "text-files",
  enforce: "pre" as const,
  load(id: string): string | undefined {
    return /\.(nix|md|sh)$/.test(id) ? `export default ${JSON.stringify(readFileSync(id, "utf8"))};` : undefined;
  },
};

/** What the steps of `npm test` run in projects of their own, and `npm run conformance`. */
const ownProjects = [
  ...["test/vscode/**", "test/editors/**", "test/evidence/**", "test/scaffold/**", "test/remote/**"],
  "test/conformance/upstream/**",
];
const never = ["**/node_modules/**", "dist/**", "build/**", "out/**"];

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    allowOnly: !process.env.CI,
    projects: [
      {
        plugins: [textFiles],
        test: {
          name: "unit",
          include: ["{server,client,syntaxes,snippets,scripts,examples,test}/**/*.test.ts"],
          exclude: [...never, ...ownProjects],
          testTimeout: 20_000,
        },
      },
      {
        plugins: [textFiles],
        test: {
          // Real VS Code windows; they need the packaged VSIX. The suite that runs inside VS Code is mocha's.
          name: "vscode",
          include: ["test/vscode/**/*.test.ts"],
          exclude: [...never, "test/vscode/suite/**"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        plugins: [textFiles],
        test: {
          name: "editors",
          include: ["test/editors/**/*.test.ts"],
          exclude: never,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        plugins: [textFiles],
        test: {
          // What rules claim about btrfs, systemd and the kernel, and the modules for servers, on the real thing: as
          // root, with mounts.
          name: "evidence",
          include: ["test/{evidence,scaffold,remote}/**/*.test.ts"],
          exclude: never,
          testTimeout: 30_000,
        },
      },
      {
        plugins: [textFiles],
        test: {
          // What needs a copy of nixpkgs; `npm run conformance` runs it, and says where that is.
          name: "upstream",
          include: ["test/conformance/upstream/**/*.test.ts"],
          exclude: never,
          testTimeout: 30_000,
        },
      },
    ],
  },
});
