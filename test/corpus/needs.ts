/**
 * What somebody would need to know a host completely, judged by the reason that is given for something unknown:
 *
 * - `secret`: a file that is encrypted;
 * - `build`: the result of a derivation, which Nix would build while it evaluates;
 * - `input`: the code of a flake input or channel that is not in the workspace;
 * - `runner`: what runs the host as a container (Proxmox, incus, nspawn) and mounts there what it likes, which no file says;
 * - `fault`: nothing; NixOS itself refuses the configuration, or a file of it is missing;
 * - `checker`: nothing; the checker should know it.
 */
export type Need = "secret" | "build" | "input" | "runner" | "fault" | "checker";

const SIGNS: readonly (readonly [Need, RegExp])[] = [
  ["secret", /is encrypted with |a plugin of whoever builds/],
  ["build", /packages are not built here|what NixOS builds is not known/],
  [
    "input",
    /comes from (a|the private) flake input|a module of an input declares|the inventory of clan|lies outside the workspace|it is fetched from the network|is outside the workspace/,
  ],
  ["runner", /what runs it decides what is mounted/],
  [
    "fault",
    /the file does not exist|flake\.nix` does not exist|NixOS refuses|^(device|fsType) is not set$|is not made by nixosSystem|undefined variable|called with the unexpected argument/,
  ],
];

/** What a reason says is needed. */
export function needOf(why: string): Need {
  return SIGNS.find(([, sign]) => sign.test(why))?.[0] ?? "checker";
}

/**
 * What a host with these reasons needs, with the first reason that says so: something from outside where one reason
 * names it, else a change of the configuration. Undefined without reasons.
 */
export function needsOf(whys: readonly string[]): { readonly need: Need; readonly why: string } | undefined {
  for (const need of ["secret", "build", "input", "runner", "fault", "checker"] as const) {
    const why = whys.find((one) => needOf(one) === need);
    if (why !== undefined) return { need, why };
  }
  return undefined;
}
