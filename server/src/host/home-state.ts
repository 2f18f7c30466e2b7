import type { Service } from "./host.ts";
import { isAtOrBelow, normalise } from "./paths.ts";
import { perNode } from "./per-node.ts";
import { childrenOf, nameAt, readBoolean, readString } from "./read-values.ts";
import type { StateInput } from "./service-state.ts";

/** Homes that no account of a program has, or that hold nothing. */
const ELSEWHERE = ["/home", "/root", "/var/empty", "/nonexistent", "/run", "/tmp", "/nix", "/dev"];

/**
 * Accounts of programs whose home the host makes: what they keep is there. Those of people have a rule of their own.
 * Paths in `listed`, above and below have an owner already.
 */
export function homeServices(input: StateInput, listed: ReadonlySet<string>): Service[] {
  const users = input.root.at("users", "users");
  if (users.isDefined() === false) return [];
  return childrenOf(users).flatMap(({ node, certain }): Service[] => {
    const account = accountOf(node);
    if (!account) return [];
    const { path, group } = account;
    const isTaken = [...listed].some((other) => isAtOrBelow(path, other) || isAtOrBelow(other, path));
    if (isTaken || ELSEWHERE.some((other) => isAtOrBelow(path, other))) return [];
    const name = node.path.at(-1) ?? "";
    return [
      {
        enable: node.path.join("."),
        enabled: certain,
        place: nameAt(node),
        impliedBy: undefined,
        confidence: "configuration",
        evidence: undefined,
        state: [
          {
            path,
            type: "directory",
            kind: "state",
            dynamicUser: false,
            link: undefined,
            database: false,
            writes: undefined,
            // What such an account keeps in its home nobody can tell.
            little: true,
            perhapsCache: false,
            containers: false,
            user: name,
            group,
            mode: undefined,
            fate: input.fateOf(path),
            assumed: false,
            note: undefined,
          },
        ],
      },
    ];
  });
}

/** The home and the group of an account of a program whose home the host makes. */
const accountOf = perNode((user): { readonly path: string; readonly group: string | undefined } | undefined => {
  const create = readBoolean(user.child("createHome"));
  if (!create?.known || !create.value || user.child("createHome").isDefined() !== true) return undefined;
  const isPerson = readBoolean(user.child("isNormalUser"));
  if (isPerson && (!isPerson.known || isPerson.value)) return undefined;
  const home = readString(user.child("home"));
  if (!home?.known || !home.value.startsWith("/")) return undefined;
  const group = readString(user.child("group"));
  return { path: normalise(home.value), group: group?.known ? group.value : undefined };
});
