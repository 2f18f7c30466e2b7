import { HOLE } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { readBoolean } from "../../host/read-values.ts";
import { scriptsOf } from "../../host/script.ts";
import { type OptionText, serviceTexts } from "../reading/option-texts.ts";
import type { NamedFile } from "./named-files.ts";

/** A file that a configuration takes in when its program starts. */
export interface IncludedFile extends NamedFile {
  /** The program goes on without the file, and says nothing. */
  readonly isSilent: boolean;
}

type Text = Omit<OptionText, "list">;

/** Options outside of `services` that are a configuration, or a part of one. */
const WRITTEN = ["nix.extraOptions", "programs.ssh.extraConfig", "security.sudo.extraConfig"];

/** What takes in another file, by a line of its configuration or by an option of its own. */
export function includedFiles(host: Host): IncludedFile[] {
  const { config } = host;
  const written = isTrue(host, "networking.nftables.enable") ? [...WRITTEN, "networking.nftables.ruleset"] : WRITTEN;
  const outside = written.flatMap((name): Text[] => {
    const option = name.split(".");
    return scriptsOf(config.at(...option)).map(({ text, place }) => ({ text, option, place }));
  });
  return [...serviceTexts(host), ...outside].flatMap((one) => [...linesOf(one, host), ...settingOf(one)]);
}

function isTrue({ config }: Host, option: string): boolean {
  const flag = readBoolean(config.at(...option.split(".")));
  return flag?.known === true && flag.value;
}

/** `!include /x`, `Include /x`, `include "/x";`, `include: /x`, `conf-file=/x`; a pattern may match nothing. */
const LINE = /^[ \t]*([!@]?include|conf-file|import)[ \t]*[:=]?[ \t]*(["']?)(\/[^\s"';*?]+)\2;?[ \t]*$/gim;

function linesOf({ text, option }: Text, { config }: Host): IncludedFile[] {
  if (!/(include|conf-file|import)[\s:="']*\//i.test(text) || !/conf|options|ruleset/i.test(option.at(-1) ?? ""))
    return [];
  const name = option.join(".");
  // Only Caddy takes in files with this word.
  const isOther = (word: string) => word === "import" && option[1] !== "caddy";
  return scriptsOf(config.at(...option)).flatMap((script) =>
    [...script.text.matchAll(LINE)].flatMap(({ 0: line, 1: word = "", 3: path = "", index }) => {
      if (path.includes(HOLE) || isOther(word) || isMadeByModule(path)) return [];
      const start = index + line.indexOf(path);
      const place = script.placeOf(start, start + path.length) ?? script.place;
      return [{ path: normalise(path), option: name, place, isSilent: isSilent(option, word) }];
    }),
  );
}

/** Nix passes over what `!include` does not find, and ssh over every file that is missing. */
function isSilent(option: readonly string[], word: string): boolean {
  return (option[0] === "nix" && word.startsWith("!")) || option[1] === "ssh" || option[1] === "openssh";
}

/** The module of bind makes the key of rndc when it starts. */
function isMadeByModule(path: string): boolean {
  return path === "/etc/bind/rndc.key";
}

/** Settings by which a service takes in a file, and options that are a whole configuration. */
const SETTINGS: readonly RegExp[] = [
  /^services\.unbound\.settings\.(.*\.)?include$/,
  /^services\.redis\.servers\.[^.]+\.settings\.include$/,
  /^services\.openssh\.settings\.Include$/,
  /^services\.dnsmasq\.settings\.conf-file$/,
  /^services\.[^.]+\.(config|settings|configuration)File$/,
];

function settingOf({ text, option, place }: Text): IncludedFile[] {
  const name = option.join(".");
  if (!/^\/[^\s%$:*?]+$/.test(text) || text.includes(HOLE) || !SETTINGS.some((one) => one.test(name))) return [];
  return [{ path: normalise(text), option: name, place, isSilent: isSilent(option, "") }];
}
