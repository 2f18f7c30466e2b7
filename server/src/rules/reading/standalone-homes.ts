import { parentPath } from "../../eval/path-name.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import type { RuleContext } from "../rule.ts";
import { normalUsers } from "./normal-users.ts";

/**
 * Whether a path is in the home of somebody whose home-manager may be a configuration of its own beside the host, which
 * the host does not show: `homeConfigurations` of the flake. What that one keeps or writes is not known.
 */
export function mayBeKeptByOwnHome({ host, program }: Pick<RuleContext, "host" | "program">, path: string): boolean {
  const owner = normalUsers(host).find(({ home }) => home !== undefined && home !== "/" && isAtOrBelow(path, home));
  if (!owner || host.config.at("home-manager", "users", owner.name).isDefined() !== false) return false;
  const flake = program(joinPath(parentPath(host.entry), "flake.nix"))?.text ?? "";
  return /\bhomeManagerConfiguration\b|\bhomeConfigurations\b/.test(flake);
}
