import type { Service } from "./host.ts";
import { isAtOrBelow, normalise } from "./paths.ts";
import { perItem } from "./per-item.ts";
import { type Child, childrenOf, nameAt, readBoolean, readString } from "./read-values.ts";
import type { StateInput } from "./service-state.ts";

interface Account extends Pick<Child, "node" | "certain"> {
  readonly path: string;
  readonly group: string | undefined;
}

/** Homes that no account of a program has, or that hold nothing. */
const ELSEWHERE = ["/home", "/root", "/var/empty", "/nonexistent", "/run", "/tmp", "/nix", "/dev"];

/**
 * Accounts of programs whose home the host makes: what they keep is there. Those of people have a rule of their own.
 * Paths in `listed`, above and below have an owner already.
 */
export function homeServices(input: StateInput, listed: ReadonlySet<string>): Service[] {
  const users = input.root.at("users", "users");
  if (users.isDefined() === false) return [];
  return accountsOf(childrenOf(users)).flatMap(({ node, certain, path, group }): Service[] => {
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

/** The accounts of programs whose home the host makes, with that and the group. */
const accountsOf = perItem(({ node: user, certain }: Child): readonly Account[] => {
  const create = readBoolean(user.child("createHome"));
  if (!create?.known || !create.value || user.child("createHome").isDefined() !== true) return [];
  const isPerson = readBoolean(user.child("isNormalUser"));
  if (isPerson && (!isPerson.known || isPerson.value)) return [];
  const home = readString(user.child("home"));
  if (!home?.known || !home.value.startsWith("/")) return [];
  const group = readString(user.child("group"));
  return [{ node: user, certain, path: normalise(home.value), group: group?.known ? group.value : undefined }];
});
