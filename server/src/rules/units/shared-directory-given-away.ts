import type { Host } from "../../host/host.ts";
import { joinPath } from "../../host/paths.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { scriptCommands } from "../reading/script-commands.ts";
import { tmpfilesRules } from "../reading/tmpfiles.ts";
import { defineRule } from "../rule.ts";

/** A rule or a command that gives a directory of the whole system, with all that is below it, to one owner. */
export const sharedDirectoryGivenAway = defineRule({
  code: "IMP732",
  name: "shared-directory-given-away",
  group: "units",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    const shared = sharedDirectories(host);
    for (const { type, path, user, group, mode, place } of tmpfilesRules(host)) {
      const owner = user ?? group;
      if (!/^Z/.test(type) || !shared.has(path) || owner === undefined) continue;
      report({
        at: place,
        message: `\`Z\` of tmpfiles works on everything below: at every boot all of \`${path}\` is given to \`${owner}\`${mode !== undefined && mode !== "-" ? `, with the mode ${mode}` : ""}. ${CONSEQUENCE}`,
        help: "Name the one directory that is meant. `d` makes it with its owner, `z` changes no more than the directory itself.",
      });
    }
    for (const script of host.scripts) {
      if (!/\bchown\b/.test(script.text)) continue;
      for (const { program, words } of scriptCommands(script)) {
        if (program !== "chown" || !words.some(({ text }) => /^(-[a-zA-Z]*R[a-zA-Z]*|--recursive)$/.test(text)))
          continue;
        const [owner, ...paths] = words.slice(1).filter(({ text }) => !text.startsWith("-"));
        const whole = paths.find(({ text }) => shared.has(text.replace(/(?<=.)\/$/, "")));
        if (!owner || !whole || /^(?:root|0)?(?::|$)/.test(owner.text)) continue;
        report({
          at: script.placeOf(whole.start, whole.end) ?? script.place,
          message: `\`chown -R\` gives all of \`${whole.text}\` to \`${owner.shown}\`. ${CONSEQUENCE}`,
          help: "Name the one directory that is meant.",
        });
      }
    }
  },
});

const CONSEQUENCE =
  "What belongs to databases, mail, certificates and systemd has another owner then: their services do not start, and that owner can read their secrets.";

/** A store that keeps nothing but what one user has at home may well be his. */
function isOfOneUser({ directories, files, open }: Host["stores"][number]): boolean {
  const users = new Set([...directories, ...files].map(({ userName }) => userName));
  return open.length === 0 && users.size === 1 && !users.has(undefined);
}

/** Directories in which many services keep things, and the same inside of stores. */
function sharedDirectories(host: Host): ReadonlySet<string> {
  const plain = ["/", "/etc", "/nix", "/root", "/usr", "/var", "/var/lib", "/var/lib/private", "/var/log"];
  if (normalUsers(host).length > 1) plain.push("/home");
  const stores = host.stores.flatMap((store) => (store.path.known && !isOfOneUser(store) ? [store.path.value] : []));
  return new Set([
    ...plain,
    ...stores.flatMap((store) => [store, ...plain.slice(1).map((path) => joinPath(store, path))]),
  ]);
}
