import { isAtOrBelow, normalise } from "../../host/paths.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** An entry in which an absolute path stands behind another one, so that another directory is persisted. */
export const doubledPrefix = defineRule({
  code: "IMP459",
  name: "doubled-prefix",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    for (const entry of certainEntries(host)) {
      if (entry.userName !== undefined) continue;
      const meant = behindPrefix(entry.written);
      if (meant === undefined) continue;
      const kept = host.fateOf(meant).survives.answer === "yes";
      report({
        at: entry.place ?? entry.store.place,
        severity: kept ? "warning" : "error",
        message: `\`${entry.written}\` is \`${entry.path}\`: the absolute path \`${meant}\` stands behind \`${entry.written.slice(0, entry.written.length - meant.length)}\`, mostly by a helper that puts a prefix before every name. ${kept ? `\`${meant}\` is kept by something else.` : `\`${meant}\` is not persisted.`}`,
        help: `Put \`${meant}\` into a list without the prefix.`,
      });
    }
  },
});

/** Directories of the root, as they begin a path. */
const TOP = /^\/(?:boot|etc|home|nix|opt|persist|root|srv|usr|var)\/./;

/** The absolute path behind a prefix: after a doubled slash, or where the prefix is there twice. */
function behindPrefix(written: string): string | undefined {
  const [, prefix, rest] = /^(\/[^/].*?)\/(\/.*)$/.exec(written) ?? [];
  if (prefix !== undefined && rest !== undefined && TOP.test(rest)) return normalise(rest);
  const path = normalise(written);
  const twice = /^(\/(?:var\/(?:lib|cache|log)|etc|home\/[^/]+|root))(\/.+)$/.exec(path);
  const [, first = "", second = ""] = twice ?? [];
  return twice && second !== first && isAtOrBelow(second, first) ? second : undefined;
}
