import type { Host, Store } from "../../host/host.ts";
import { isBelow, joinPath } from "../../host/paths.ts";
import { hasOwnHomeModule, isOfHomeManager } from "./home-stores.ts";
import { normalUsers } from "./normal-users.ts";

/** Where a store lists what it keeps of a person's home. */
export interface HomeList {
  /** The option that holds `directories` and `files`. */
  readonly option: readonly string[];
  /** The path as it is written there. */
  readonly relative: string;
  /** Whether entries may say a mode. */
  readonly takesMode: boolean;
}

/**
 * Where a path below a person's home is listed in a store at the same place as `main`: in that list of the person which
 * holds most already, of home-manager or of `users.<name>`, else in a new `users.<name>` of `main`. What a store lists
 * for the system instead leaves the folders above it to root. Undefined for what is in no person's home.
 */
export function homeListOf(host: Host, main: Store, path: string): HomeList | undefined {
  const user = normalUsers(host).find(({ home }) => home !== undefined && isBelow(path, home));
  const home = user?.home;
  if (!user || home === undefined || !main.path.known) return undefined;
  const relative = path.slice(home.length + 1);
  const where = main.path.value;
  const own = host.stores
    .filter((store) => store.enabled.answer === "yes" && store.path.known && store.path.value === where)
    .map((store) => ({
      store,
      entries: [...store.directories, ...store.files].filter(({ userName }) => userName === user.name),
    }))
    // Older stores of home-manager take away the first folder of an entry.
    .filter(({ entries }) => entries.length > 0 && entries.every((one) => one.path === joinPath(home, one.written)))
    .sort((a, b) => b.entries.length - a.entries.length);
  const store = own[0]?.store ?? main;
  if (isOfHomeManager(store)) return { option: store.option, relative, takesMode: !hasOwnHomeModule(host) };
  return { option: [...store.option, "users", user.name], relative, takesMode: true };
}
