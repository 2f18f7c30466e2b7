import type { Host } from "../../host/host.ts";
import { readString, readTexts } from "../../host/read-values.ts";

/** Whether an account is a member of a group as `users` says it, or may be where part of that is not known. */
export function mayBeInGroup({ config }: Host, account: string, group: string): boolean {
  const user = config.at("users", "users", account);
  const extra = readTexts(user.child("extraGroups"));
  const own = user.child("group");
  const primary = own.isDefined() === false ? undefined : readString(own);
  const members = readTexts(config.at("users", "groups", group, "members"));
  return (
    extra.open.length > 0 ||
    members.open.length > 0 ||
    primary?.known === false ||
    primary?.value === group ||
    extra.texts.some(({ text }) => text === group) ||
    members.texts.some(({ text }) => text === account)
  );
}
