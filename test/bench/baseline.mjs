import { resolve } from "node:path";

/**
 * A Nix expression that merges the modules of the generated flake with the reference implementation of the
 * module system, and reads what the checker reads: filesystems, persistence, services.
 *
 * @param {string} folder where the flake lies
 */
export function baseline(folder) {
  const lib = resolve("server/src/eval/lib");
  const reference = resolve("test/conformance/eval-modules.nix");
  return `
let
  lib = (import ${lib}).__overlay (import ${reference});
  inherit (lib) mkOption types;
  anything = mkOption { type = types.attrsOf types.anything; default = { }; };
  options = {
    options = {
      fileSystems = anything;
      environment.persistence = mkOption {
        default = { };
        type = types.attrsOf (types.submodule {
          options.hideMounts = mkOption { type = types.bool; default = false; };
          options.directories = mkOption { type = types.listOf types.anything; default = [ ]; };
          options.files = mkOption { type = types.listOf types.anything; default = [ ]; };
        });
      };
      networking = anything;
      system = anything;
      users = anything;
      systemd.services = anything;
    };
  };
  inherit (lib.evalModules { modules = [ options ${folder}/hosts/server ]; }) config;
in
{
  inherit (config) fileSystems;
  inherit (config.environment) persistence;
  inherit (config.systemd) services;
}
`;
}
