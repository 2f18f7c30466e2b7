/** Why an account does not become root on a host. */
export interface WhyNotRoot {
  /** As a clause: "sudo is not installed there". */
  readonly why: string;
  /** What follows "This needs root on HOST": why there is none, and what to do. */
  readonly need: string;
  /** Whether the password of sudo could change it. */
  readonly takesPassword: boolean;
}

/** What sudo, doas, run0 or unshare said when they refused (in the C locale), in words. `said` is empty where nothing was tried. */
export function whyNotRoot(said: string, user: string): WhyNotRoot {
  const last = said.trim().split("\n").at(-1) ?? "";
  const words = last === "" ? "" : ` (${last})`;
  const tool = /^(doas|run0):/m.exec(said)?.[1] ?? (/transient service unit/.test(said) ? "run0" : "sudo");
  const final = (why: string, remedy: string): WhyNotRoot => ({
    ...{ why, need: `, and ${why}: ${remedy}.`, takesPassword: false },
  });
  // A doas without rules is as good as none.
  if (/(?:^|: )(?:sudo|doas|run0): (?:command )?not found|doas is not enabled/m.test(said))
    return {
      why: "sudo is not installed there",
      need: ", where sudo is not installed: log in as root, or install sudo, doas or run0 there.",
      takesPassword: false,
    };
  if (/unshare: (?:command )?not found/.test(said))
    return final(
      `${tool} finds no command unshare there`,
      "secure_path in sudoers has to name the folder of util-linux",
    );
  if (/unshare: failed to execute/.test(said))
    return final(
      `what ${tool} runs there may start no other program (noexec)`,
      "the rule for this account in sudoers has to say EXEC",
    );
  if (/unshare: (?:unrecognized|unknown|invalid) option/i.test(said))
    return final(
      `the unshare that ${tool} finds there has no --propagation${words}`,
      "that of util-linux or of busybox is needed, in front of the others",
    );
  if (/unshare/.test(said))
    return {
      why: `${tool} may not make mounts that only one program sees (unshare fails)`,
      need: ` with mounts that no other program sees, and unshare fails there, as in a container${words}.`,
      takesPassword: false,
    };
  if (tool === "doas")
    return /authentication|a tty is required/i.test(said)
      ? final(
          "doas asks the account for a password, which it takes from a terminal only",
          "log in as root, or say permit nopass for the account in doas.conf",
        )
      : final(`doas does not allow it${words}`, "log in as root, or say permit nopass for the account in doas.conf");
  if (tool === "run0")
    return final(
      "run0 wants to ask (polkit), which it cannot here",
      "log in as root, or let a rule of polkit allow this account org.freedesktop.systemd1.manage-units",
    );
  const need = `, and ${user} does not become root without a password${words}.`;
  if (/must have a tty|terminal is required/.test(said))
    return { why: "sudo wants a terminal (requiretty)", need, takesPassword: true };
  const known = /password is required|interactive authentication is required/.test(last);
  return { why: `the account may not use sudo without a password${known ? "" : words}`, need, takesPassword: true };
}
