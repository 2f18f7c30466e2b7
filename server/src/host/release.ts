import type { OptionNode } from "../modules/option-node.ts";
import type { Release } from "./host.ts";
import { readString } from "./read-values.ts";
import { notKnown } from "./verdict.ts";

/** Which branch of nixpkgs the host is built from, and where that is said. */
export interface NixpkgsBranch {
  /** E.g. "nixos-25.05", "github:NixOS/nixpkgs/nixos-unstable" or "release-24.11". */
  readonly branch: string;
  /** E.g. "flake.lock". */
  readonly source: string;
}

/** The NixOS release of a host and the version its state dates from. */
export function readRelease(root: OptionNode, nixpkgs: NixpkgsBranch | undefined): Release {
  const release = nixpkgs && /(?:^|[^\d.])(\d{2}\.\d{2})(?![\d.])/.exec(nixpkgs.branch)?.[1];
  return {
    nixos: release ?? undefined,
    source: nixpkgs ? `${nixpkgs.source}: ${nixpkgs.branch}` : "no nixpkgs input was found",
    stateVersion: readString(root.at("system", "stateVersion")) ?? notKnown("system.stateVersion is not set"),
  };
}
