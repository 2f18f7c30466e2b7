import type { Place } from "../../eval/origin.ts";
import { NixAttrs, NixList } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { normalise } from "../../host/paths.ts";
import { perNode } from "../../host/per-node.ts";
import { childrenOf, itemsOf, nameAt, readString, readTexts } from "../../host/read-values.ts";

/** A rule of tmpfiles.d(5), from `systemd.tmpfiles.rules` or `systemd.tmpfiles.settings`. */
export interface TmpfilesRule {
  /** The letter with its signs, such as `d` or `h`. */
  readonly type: string;
  readonly path: string;
  /** As written; undefined or `-` for the default. */
  readonly mode: string | undefined;
  /** Undefined for the default, which is root. */
  readonly user: string | undefined;
  readonly group: string | undefined;
  /** After which time its content is deleted; undefined for never. */
  readonly age: string | undefined;
  readonly argument: string | undefined;
  readonly place: Place | undefined;
}

/** All rules that can be seen. */
export function tmpfilesRules(host: Host): readonly TmpfilesRule[] {
  return rulesOf(host.config.at("systemd", "tmpfiles"));
}

const rulesOf = perNode((tmpfiles): readonly TmpfilesRule[] => {
  const { texts } = readTexts(tmpfiles.child("rules"));
  const rules = texts.flatMap(({ text, place }): TmpfilesRule[] => {
    const [type, path, mode, user, group, age, argument] = fieldsOf(text);
    if (!type || !path) return [];
    return [
      {
        ...{ type, path: normalise(path), mode, argument, place },
        user: said(user),
        group: said(group),
        age: said(age),
      },
    ];
  });
  for (const group of childrenOf(tmpfiles.child("settings"))) {
    for (const { name: path, node } of childrenOf(group.node)) {
      for (const { name: type, node: rule } of childrenOf(node)) {
        const text = (key: string) => {
          const value = readString(rule.child(key));
          return value?.known ? value.value : undefined;
        };
        rules.push({
          type,
          path: normalise(path),
          mode: text("mode"),
          user: said(text("user")),
          group: said(text("group")),
          age: said(text("age")),
          argument: text("argument"),
          place: nameAt(node),
        });
      }
    }
  }
  return rules;
});

/** The fields of a line, which may be quoted; what follows the sixth is the argument, up to its first blank. */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? "",
  );
}

function said(field: string | undefined): string | undefined {
  return field === undefined || field === "-" ? undefined : field;
}

/** Whether tmpfiles rules may exist that cannot be seen. */
export function tmpfilesOpen(host: Host): boolean {
  const value = host.config.at("systemd", "tmpfiles", "rules").value();
  if (value instanceof NixList) return itemsOf(value).open.length > 0;
  return !(value instanceof NixAttrs) && host.config.at("systemd", "tmpfiles", "rules").isDefined() !== false;
}
