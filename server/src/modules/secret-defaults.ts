import { Unknown, type Value } from "../eval/value.ts";
import type { OptionNode } from "./option-node.ts";

/** Whether a path leads to an option of a secret. */
export function isOfSecret([tool, kind]: readonly string[]): boolean {
  return (tool === "sops" || tool === "age") && Object.hasOwn(DIRECTORIES, `${tool}.${kind}`);
}

/**
 * Where sops-nix and agenix put a secret, and what they call it; nothing of that needs the secret itself. `root` is
 * the whole configuration. Undefined for other options, and for secrets that nobody declares in sight.
 */
export function secretDefault(path: readonly string[], root: OptionNode): Value | undefined {
  const [tool, kind, name, option, more] = path;
  if (name === undefined || option === undefined || more !== undefined) return undefined;
  const directory = DIRECTORIES[`${tool}.${kind}`];
  if (!directory) return undefined;
  const secret = root.at(tool as string, kind as string, name);
  if (secret.isDefined() === false) return undefined;
  if (option === "name") return name;
  if (option !== "path") return undefined;
  const folder = directory(root, secret);
  const file = secret.child("name").value();
  if (folder instanceof Unknown || file instanceof Unknown) return folder instanceof Unknown ? folder : file;
  return typeof folder === "string" && typeof file === "string" ? `${folder}/${file}` : undefined;
}

const DIRECTORIES: Readonly<Record<string, (root: OptionNode, secret: OptionNode) => Value>> = {
  "sops.secrets": (root, secret) => {
    const early = secret.child("neededForUsers");
    const isEarly = early.isDefined() === false ? false : early.value();
    if (isEarly === true) return "/run/secrets-for-users";
    return isEarly instanceof Unknown ? isEarly : textOr(root.at("sops", "defaultSymlinkPath"), "/run/secrets");
  },
  "sops.templates": () => "/run/secrets/rendered",
  "age.secrets": (root) => textOr(root.at("age", "secretsDir"), "/run/agenix"),
};

function textOr(option: OptionNode, otherwise: string): Value {
  return option.isDefined() === false ? otherwise : option.value();
}
