import type { OptionNode } from "../modules/option-node.ts";
import type { Release } from "./host.ts";
import { readString } from "./read-values.ts";
import { notKnown } from "./verdict.ts";

/** What flake.lock says of the inputs whose version matters. */
interface Locked {
  readonly release: string | undefined;
  readonly settledRelease?: string | undefined;
  readonly impermanenceAt?: number | undefined;
  readonly microvmAt?: number | undefined;
}

/**
 * The NixOS release of a host and the version its state dates from. `branch` is the release or branch of
 * the nixpkgs input: "25.05", "nixos-25.05", "github:NixOS/nixpkgs/nixos-unstable". The other two are the dates of locked
 * inputs, in seconds since 1970.
 */
export function readRelease(
  root: OptionNode,
  { release: branch, settledRelease, impermanenceAt, microvmAt }: Locked,
): Release {
  const release = branch === undefined ? undefined : /(?:^|[^\d.])(\d{2}\.\d{2})(?![\d.])/.exec(branch)?.[1];
  const stateVersion =
    readString(root.at("system", "stateVersion")) ?? notKnown<string>("system.stateVersion is not set");
  return {
    nixos: release,
    settled: settledRelease ?? (branch === undefined && stateVersion.known ? stateVersion.value : undefined),
    source: branch === undefined ? "no nixpkgs input was found" : `the nixpkgs input (${branch})`,
    impermanenceAt,
    microvmAt,
    stateVersion,
  };
}
