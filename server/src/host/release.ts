import type { OptionNode } from "../modules/option-node.ts";
import type { Release } from "./host.ts";
import { readString } from "./read-values.ts";
import { notKnown } from "./verdict.ts";

/**
 * The NixOS release of a host and the version its state dates from. `branch` is the release or branch of
 * the nixpkgs input: "25.05", "nixos-25.05", "github:NixOS/nixpkgs/nixos-unstable". `impermanenceAt` is the date of the
 * locked impermanence, in seconds since 1970.
 */
export function readRelease(root: OptionNode, branch: string | undefined, impermanenceAt?: number): Release {
  const release = branch === undefined ? undefined : /(?:^|[^\d.])(\d{2}\.\d{2})(?![\d.])/.exec(branch)?.[1];
  return {
    nixos: release,
    source: branch === undefined ? "no nixpkgs input was found" : `the nixpkgs input (${branch})`,
    impermanenceAt,
    stateVersion: readString(root.at("system", "stateVersion")) ?? notKnown("system.stateVersion is not set"),
  };
}
