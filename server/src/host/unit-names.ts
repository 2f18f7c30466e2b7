/**
 * Names of units that stand for paths (systemd.unit(5), “String escaping for inclusion in unit names”): a hyphen in the
 * name is a slash of the path, and a hyphen of the path is `\x2d` in the name.
 */

/** The path that a name stands for, without its type and without the escapes. */
export function pathOfUnit(name: string): string {
  const stem = name.replace(/\.[a-z]+$/, "");
  if (stem === "-") return "/";
  return `/${stem.replaceAll("-", "/").replace(/\\x([0-9a-fA-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))}`;
}

/** The name for a path, as `systemd-escape --path` makes it; `type` is what follows the dot. */
export function unitOfPath(path: string, type: string): string {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.length === 0
    ? `-.${type}`
    : `${parts.map((part, index) => escapePart(part, index === 0)).join("-")}.${type}`;
}

/** A text as an instance or a part of a path in a name; a dot is escaped where the whole begins with it. */
export function escapePart(text: string, isFirst = true): string {
  return [...text]
    .map((sign, index) => (/[\w:]/.test(sign) || (sign === "." && !(isFirst && index === 0)) ? sign : escapeSign(sign)))
    .join("");
}

function escapeSign(sign: string): string {
  return [...new TextEncoder().encode(sign)].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
}

/** Folders of /dev that hold names and no folders, with what comes after them. */
const FLAT = /^\/dev\/(?:disk\/by[-/](label|partlabel|uuid|partuuid|id|path)|(mapper))\/(.+)$/;

/**
 * The device that the name of a `.device` unit was meant for, when its hyphens were left as they are: such a unit stands
 * for a path that can never exist, and what waits for it waits in vain. Undefined for every other name.
 */
export function meantDevice(name: string): string | undefined {
  if (!name.endsWith(".device")) return undefined;
  const path = pathOfUnit(name);
  const [, kind, mapper, rest] = FLAT.exec(path) ?? [];
  if (rest === undefined) return undefined;
  const meant = mapper
    ? `/dev/mapper/${rest.replaceAll("/", "-")}`
    : `/dev/disk/by-${kind}/${rest.replaceAll("/", "-")}`;
  return meant === path ? undefined : meant;
}
