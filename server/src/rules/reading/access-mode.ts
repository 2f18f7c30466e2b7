import type { Known } from "../../host/host.ts";

/**
 * Whether a directory mode keeps others out, with `all` the group as well. No mode is the modules' default 0755;
 * modes that are not known, and forms that are not read, give undefined.
 */
export function isClosed(mode: Known<string> | undefined, to: "others" | "all"): boolean | undefined {
  if (mode === undefined) return false;
  if (!mode.known) return undefined;
  if (/^[0-7]{3,4}$/.test(mode.value))
    return mode.value.endsWith("0") && (to === "others" || mode.value.endsWith("00"));
  const clauses = mode.value.split(",").map((clause) => /^([ugoa]+)=([rwxX]*)$/.exec(clause));
  if (clauses.some((clause) => !clause)) return undefined;
  const given = (who: string) => clauses.filter((clause) => clause?.[1]?.includes(who)).at(-1)?.[2];
  const bits = (to === "all" ? ["g", "o"] : ["o"]).map(given);
  return bits.includes(undefined) ? undefined : bits.every((bit) => bit === "");
}
