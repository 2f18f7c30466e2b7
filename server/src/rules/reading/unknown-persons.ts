import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { childrenOf, nameAt, openOf } from "../../host/read-values.ts";
import { nearestName } from "./nearest-name.ts";

/** A person of whom a store of impermanence keeps something, and whom the host does not have. */
export interface UnknownPerson {
  readonly path: readonly string[];
  readonly name: string;
  /** An account of the host that is called nearly the same. */
  readonly meant: string | undefined;
  readonly place: Place | undefined;
}

/** The persons in stores for whom nothing declares an account; none where an account may be declared out of sight. */
export function unknownPersons(host: Host): readonly UnknownPerson[] {
  const { config, incomplete, opaque } = host;
  const users = config.at("users", "users");
  const persons = childrenOf(config.at("environment", "persistence")).flatMap(({ node }) =>
    childrenOf(node.child("users")),
  );
  if (persons.length === 0 || incomplete.length > 0 || opaque.some(({ known }) => !known) || openOf(users)) return [];
  const accounts = childrenOf(users).map(({ name }) => name);
  // Modules of services make accounts of their own.
  const made = new Set(["root", "nobody", ...host.services.flatMap(({ state }) => state.map(({ user }) => user))]);
  return persons.flatMap(({ name, node, certain }): UnknownPerson[] =>
    certain.answer !== "yes" || accounts.length === 0 || accounts.includes(name) || made.has(name)
      ? []
      : [{ path: node.path, name, meant: nearestName(name, accounts), place: nameAt(node) }],
  );
}
