/** Settings of the machine, which no folder may make: what they allow reaches beyond the folder. */
export const machineSettings = ["readInputsFromStore", "remote.sshConfigFile"] as const;

/** The user's own value of a setting below `impermanence`, without those of workspaces and folders. */
export type UserValue = (key: string) => unknown;

/**
 * The section of settings with the user's own values in place of what stands there for the machine. VS Code passes over a folder's
 * `"impermanence.remote.sshConfigFile": …`, but takes `"impermanence.remote": { "sshConfigFile": … }`, because no
 * setting of that name is declared.
 */
export function withMachineSettings(section: unknown, userValue: UserValue): unknown {
  const copy: Record<string, unknown> = { ...(JSON.parse(JSON.stringify(section ?? {})) as object) };
  for (const key of machineSettings) {
    const path = key.split(".");
    const last = path.pop() as string;
    let at = copy;
    for (const part of path) {
      const inner = at[part];
      const next = typeof inner === "object" && inner !== null ? { ...inner } : {};
      at[part] = next;
      at = next as Record<string, unknown>;
    }
    delete at[last];
    const value = userValue(key);
    if (value !== undefined) at[last] = value;
  }
  return copy;
}
