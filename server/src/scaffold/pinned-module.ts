import { parentPath, pathFrom } from "../eval/path-name.ts";
import { ScaffoldRefusal, type ScaffoldRequest } from "./request.ts";

/** Modules of nix-community that the scaffold uses, with the file that holds each in its repository. */
const FILES: Readonly<Record<string, string>> = {
  disko: "module.nix",
  impermanence: "nixos.nix",
  preservation: "module.nix",
};

/** Revisions to fetch for hosts without a flake and without a tool that pins: those that most public flakes lock. */
const REVISIONS: Readonly<Record<string, { readonly revision: string; readonly hash: string }>> = {
  disko: {
    revision: "ff8702b4de27f72b4c78573dfb89ec74e36abdf1",
    hash: "sha256-RxWs5ND31KzTG7wvMM+PMfUjyNpmIEr999lqNARaM5o=",
  },
  impermanence: {
    revision: "7b1d382faf603b6d264f58627330f9faa5cba149",
    hash: "sha256-03+JxvzmfwRu+5JafM0DLbxgHttOQZkUtDWBmeUkN8Y=",
  },
  preservation: {
    revision: "93416f4614ad2dfed5b0dcf12f27e57d27a5ab11",
    hash: "sha256-mMI9IanU+Xw+pVogD2oT0I2kTmvz2Un/Apc5+CwUpEY=",
  },
};

/** Tools that pin sources: the file that lists the pins, the one to import, and the command that adds one. */
const TOOLS = [
  {
    list: "npins/sources.json",
    imported: "npins",
    add: (name: string) => `npins add github nix-community ${name} -b ${name === "preservation" ? "main" : "master"}`,
  },
  { list: "nix/sources.json", imported: "nix/sources.nix", add: (name: string) => `niv add nix-community/${name}` },
] as const;

/** How a host without a flake imports a module. */
export interface PinnedModule {
  /** Nix source of an element of `imports`. */
  readonly expression: string;
  /** What a person should know of it. */
  readonly note?: string;
}

/**
 * A module of nix-community for a host without a flake, as its own file would import it: from the pins of the tool that
 * the project has, else fetched at a fixed revision.
 *
 * @param file the module that imports it, by its absolute path
 * @throws ScaffoldRefusal when the project has a tool that pins, and no pin of it
 */
export function pinnedModule(request: ScaffoldRequest, file: string, module: string): PinnedModule {
  const inside = FILES[module];
  for (const folder of foldersAround(file, request.root)) {
    for (const { list, imported, add } of TOOLS) {
      const text = request.text(`${folder}/${list}`);
      if (text === undefined) continue;
      const pin = pinOf(text, module);
      if (pin === undefined) {
        const where = folder === request.root ? "" : ` in ${folder.slice(request.root.length + 1)}`;
        throw new ScaffoldRefusal(
          `nothing in \`${list}\` pins nix-community/${module}`,
          `Run \`${add(module)}\`${where} and then this again.`,
        );
      }
      const sources = pathFrom(file, `${folder}/${imported}`);
      return { expression: `"\${(import ${sources}).${pin}}/${inside}"` };
    }
  }
  const known = REVISIONS[module];
  if (!known) throw new ScaffoldRefusal(`the host is no part of a flake, and nothing imports ${module}`);
  const url = `https://github.com/nix-community/${module}/archive/${known.revision}.tar.gz`;
  return {
    expression: `"\${\n  fetchTarball {\n    url = "${url}";\n    sha256 = "${known.hash}";\n  }\n}/${inside}"`,
    note: `${module} is fetched at a fixed revision. Put a newer one there from time to time, with its sha256: nix-prefetch-url --unpack URL.`,
  };
}

/** The folder of a file and those above it, as far as the project goes. */
function foldersAround(file: string, root: string): string[] {
  const folders: string[] = [];
  for (let at = parentPath(file); at.startsWith(root) && at !== "/"; at = parentPath(at)) folders.push(at);
  if (!folders.includes(root)) folders.push(root);
  return folders;
}

/** The name of the pin of a repository of nix-community, which may be another one than the repository's. */
function pinOf(list: string, module: string): string | undefined {
  let json: unknown;
  try {
    json = JSON.parse(list);
  } catch {
    return undefined;
  }
  const top = record(json);
  const pins = record(top.pins ?? top);
  const name = Object.keys(pins).find((one) => {
    const pin = record(pins[one]);
    const { owner, repo } = { ...pin, ...record(pin.repository) };
    return `${owner}/${repo}`.toLowerCase() === `nix-community/${module}`;
  });
  return name !== undefined && /^[A-Za-z_][\w'-]*$/.test(name) ? name : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
