import { BUILT_IN } from "../origin.ts";
import asserts from "./asserts.nix";
import attrsets from "./attrsets.nix";
import cli from "./cli.nix";
import customisation from "./customisation.nix";
import debug from "./debug.nix";
import entry from "./default.nix";
import deprecated from "./deprecated.nix";
import derivations from "./derivations.nix";
import filesets from "./filesets.nix";
import filesystem from "./filesystem.nix";
import fixedPoints from "./fixed-points.nix";
import generators from "./generators.nix";
import gvariant from "./gvariant.nix";
import kernel from "./kernel.nix";
import lists from "./lists.nix";
import meta from "./meta.nix";
import modules from "./modules.nix";
import options from "./options.nix";
import path from "./path.nix";
import sourceTypes from "./source-types.nix";
import sources from "./sources.nix";
import stringEntries from "./string-entries.nix";
import strings from "./strings.nix";
import systems from "./systems.nix";
import trivial from "./trivial.nix";
import versions from "./versions.nix";

/** The files of our own `lib`, by name; `default.nix` imports the others. */
export const libSources: Readonly<Record<string, string>> = {
  "asserts.nix": asserts,
  "attrsets.nix": attrsets,
  "cli.nix": cli,
  "customisation.nix": customisation,
  "debug.nix": debug,
  "default.nix": entry,
  "derivations.nix": derivations,
  "filesets.nix": filesets,
  "filesystem.nix": filesystem,
  "fixed-points.nix": fixedPoints,
  "generators.nix": generators,
  "deprecated.nix": deprecated,
  "gvariant.nix": gvariant,
  "kernel.nix": kernel,
  "source-types.nix": sourceTypes,
  "string-entries.nix": stringEntries,
  "lists.nix": lists,
  "meta.nix": meta,
  "modules.nix": modules,
  "options.nix": options,
  "path.nix": path,
  "sources.nix": sources,
  "strings.nix": strings,
  "systems.nix": systems,
  "trivial.nix": trivial,
  "versions.nix": versions,
};

/** The path that the library has among programs. */
export const LIBRARY = `${BUILT_IN}lib/default.nix`;

/**
 * Our own `lib` as one expression that needs no files: every `import ./x.nix` is replaced by the text of
 * that file. Its value is the set of functions; the member `__overlay` makes it again with more.
 */
export const libraryText: string = entry.replace(
  /import \.\/([a-z-]+\.nix)/g,
  (_, name: string) => `(${libSources[name] ?? `throw "${name} is missing"`})`,
);
