import { parentPath } from "../../eval/path-name.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { readBoolean, readTexts } from "../../host/read-values.ts";
import type { Program } from "../../syntax/expr.ts";
import type { RuleContext } from "../rule.ts";
import { certainEntries } from "./persisted-entries.ts";

type Context = Pick<RuleContext, "host" | "program">;

/** What says that a host is built from /etc/nixos on the machine itself, in words, and whether it says so plainly. */
export interface FolderSign {
  readonly words: string;
  readonly isPlain: boolean;
}

/**
 * What says that a host without a flake is kept in /etc/nixos: the folder that its files lie in, what is written above its
 * first line, or that it is laid out as the installer does. Undefined where nothing says so, and where anything speaks for
 * another place or for a machine that sends it.
 */
export function signOfFolder(context: Context): FolderSign | undefined {
  const { host, program } = context;
  if (!host.entry.endsWith("/configuration.nix") || isBuiltOtherwise(context)) return undefined;
  if (host.entry.endsWith("/etc/nixos/configuration.nix"))
    return { words: "the folder of its files, `etc/nixos`, says", isPlain: true };
  const entry = program(host.entry);
  if (entry && namesFolder(headOf(entry))) return { words: "its first comment says", isPlain: true };
  const folder = parentPath(host.entry);
  const isInstalled = host.files.includes(joinPath(folder, "hardware-configuration.nix"));
  const isAlone = host.files.every((file) => isAtOrBelow(file, folder)) && !ONE_OF_SEVERAL.test(folder);
  if (!isInstalled || !isAlone) return undefined;
  return {
    words: "its `hardware-configuration.nix` beside it, as the installer lays them there, suggests",
    isPlain: usesChannels(context),
  };
}

/** Folders in which machines lie beside each other. */
const ONE_OF_SEVERAL = /\/(hosts?|machines?|systems?|nodes?|servers?|configs?|profiles?|devices?)(\/|$)/i;

/** Whether the host takes what it is made of from the channels of root, or fetches it by itself: nothing else builds it. */
function usesChannels({ host, program }: Context): boolean {
  return (
    certainEntries(host).some(({ path }) => path === "/root/.nix-channels" || path === "/root/.nix-defexpr") ||
    /\bfetchTarball\b|<(impermanence|home-manager|nixos-hardware)[>/]/.test(program(host.entry)?.text ?? "")
  );
}

/** Files that pin sources, declare several machines or build one: whoever has them builds by their way. */
const OTHER_WAYS = [
  ...["flake.nix", "default.nix", "hive.nix", "colmena.nix", "network.nix", "deploy.nix", "krops.nix", "nilla.nix"],
  ...["npins/default.nix", "nix/sources.nix", "lon.nix", "release.nix", "nixops.nix", "morph.nix"],
];

/** How many folders up from the entry such files are looked for. */
const UP = 4;

function isBuiltOtherwise(context: Context): boolean {
  const { host, program } = context;
  const { config } = host;
  if (host.targets.length > 0 || config.child("deployment").isDefined() !== false) return true;
  if (
    ["system.autoUpgrade.flake", "programs.nh.flake"].some(
      (path) => config.at(...path.split(".")).isDefined() !== false,
    )
  )
    return true;
  // The folder that these name is looked at by itself.
  const upgrade = readBoolean(config.at("system", "autoUpgrade", "enable"));
  if (upgrade && (!upgrade.known || upgrade.value)) return true;
  const path = config.at("nix", "nixPath");
  const { texts, open } = readTexts(path);
  if (open.length > 0 || texts.some(({ text }) => text.startsWith("nixos-config="))) return true;
  let folder = parentPath(host.entry);
  for (let up = 0; up <= UP && folder !== "/"; up++) {
    const at = folder;
    if (OTHER_WAYS.some((name) => program(joinPath(at, name)) !== undefined)) return true;
    folder = parentPath(folder);
  }
  return (
    certainEntries(host).some((entry) => isCheckout(entry.path)) ||
    host.scripts.some(({ text }) => text.includes("/etc/nixos")) ||
    host.files.some((file) => speaksOfOther(program(file)))
  );
}

/** Whether a directory is called like one of configurations. */
function isCheckout(path: string): boolean {
  return path !== "/var/lib/nixos" && CHECKOUT.test(path);
}

const CHECKOUT = /\/\.?(nixos|nixcfg|nix-?conf(ig)?s?|nix-?files|dot-?files|dots|infra|flakes?)([-_.][\w.-]*)?$/i;

function speaksOfOther(file: Program | undefined): boolean {
  return file !== undefined && ELSEWHERE.test(textOf(file.text, file.comments));
}

/** Comments that speak of another way to build, or of another place. */
const ELSEWHERE =
  /nixos-config\b|--target-host|\b(rsync|ansible|colmena|morph|krops|deploy\w*|nixops|git|github|gitlab|symlink\w*|checkout|checked out)\b|(\/persist|\/home|\/root|~|\$HOME)[\w./-]*\/\.?(nixos|nixcfg|nix-?config|dotfiles|infra)\b/i;

/** The comments above the first line of code. */
function headOf({ text, comments }: Program): string {
  const first = /^(?:\s|#[^\n]*|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0;
  return textOf(
    text,
    comments.filter(({ end }) => end <= first),
  );
}

function textOf(text: string, comments: Program["comments"]): string {
  return comments.map(({ start, end }) => text.slice(start, end)).join("\n");
}

function namesFolder(text: string): boolean {
  return /(^|[\s`"'(])\/etc\/nixos(\/configuration\.nix)?(?=[\s`"'),.:;]|$)/.test(text);
}
