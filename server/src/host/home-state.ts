import type { Service } from "./host.ts";
import { isAtOrBelow, normalise } from "./paths.ts";
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
    const create = readBoolean(node.child("createHome"));
    const isPerson = readBoolean(node.child("isNormalUser"));
    if (!create?.known || !create.value || node.child("createHome").isDefined() !== true) return [];
    if (isPerson && (!isPerson.known || isPerson.value)) return [];
    const home = readString(node.child("home"));
    if (!home?.known || !home.value.startsWith("/")) return [];
    const path = normalise(home.value);
    const isTaken = [...listed].some((other) => isAtOrBelow(path, other) || isAtOrBelow(other, path));
    if (isTaken || ELSEWHERE.some((other) => isAtOrBelow(path, other))) return [];
    const name = node.path.at(-1) ?? "";
    const group = readString(node.child("group"));
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
            group: group?.known ? group.value : undefined,
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
