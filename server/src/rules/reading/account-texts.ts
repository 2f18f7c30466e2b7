import type { Place } from "../../eval/origin.ts";
import type { Unit } from "../../host/host.ts";
import { perItem } from "../../host/per-item.ts";
import { isNamed, readBoolean, readString } from "../../host/read-values.ts";
import { textsBelow } from "./option-texts.ts";

/** A text with paths of files, and the account that opens them. */
export interface AccountText {
  readonly text: string;
  readonly account: string;
  readonly by: string;
  readonly place: Place | undefined;
  readonly isDynamic?: boolean;
  /** The unit of the host that does it. */
  readonly unit?: string;
}

/** What own services that run under an account are told, in their scripts and variables. */
export const readersOfUnits = perItem(({ name, node, scripts }: Unit): readonly AccountText[] => {
  if (!isNamed(node, "serviceConfig")) return [];
  const config = node.child("serviceConfig");
  const user = isNamed(config, "User") ? readString(config.child("User")) : undefined;
  const dynamic = isNamed(config, "DynamicUser") ? readBoolean(config.child("DynamicUser")) : undefined;
  if (user?.known === false || dynamic?.known === false) return [];
  const isDynamic = dynamic?.value === true;
  const account = user?.value ?? (isDynamic ? name : "root");
  if (/^(root|0)$|%/.test(account)) return [];
  if (
    ["AmbientCapabilities", "PermissionsStartOnly", "BindReadOnlyPaths", "BindPaths"].some((one) =>
      isNamed(config, one),
    )
  )
    return [];
  const by = `\`${name}.service\``;
  const variables = isNamed(node, "environment") ? textsBelow(node.child("environment")) : [];
  return [
    ...scripts
      .filter(({ text, option }) => !/^[-@:]*[+!]/.test(text) && !/^Exec/.test(String(option.at(-2) ?? "")))
      .filter((script) =>
        scripts.every((other) => !/^[-@:]*[+!]/.test(other.text) || other.option.at(-1) !== script.option.at(-1)),
      )
      .map(({ text, place }) => ({ text, account, by, place, isDynamic, unit: name })),
    ...variables.map(({ text, place }) => ({ text, account, by, place, isDynamic, unit: name })),
  ];
});
