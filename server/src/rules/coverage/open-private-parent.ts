import { offer } from "../../edits/fix-plan.ts";
import { quote } from "../../edits/nix-text.ts";
import { appendToListOption } from "../../edits/option-edit.ts";
import { giveMode } from "../../edits/persisted-entry-edit.ts";
import type { Host, PersistedPath } from "../../host/host.ts";
import { isBelow, joinPath } from "../../host/paths.ts";
import { readTexts } from "../../host/read-values.ts";
import { isClosed } from "../reading/access-mode.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { defineRule } from "../rule.ts";

/** Where systemd keeps what belongs to services with DynamicUser. */
const PRIVATE = ["/var/lib/private", "/var/cache/private", "/var/log/private"];

/** systemd wants the parent of private directories closed; entries without a mode leave it open to anybody. */
export const openPrivateParent = defineRule({
  code: "IMP410",
  name: "open-private-parent",
  group: "coverage",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const directories = certainEntries(host).filter(({ kind }) => kind === "directory");
    const entries = directories.filter(({ store }) => store.module === "impermanence");
    for (const parent of PRIVATE) {
      reportPreserved(directories, parent);
      const whole = entries.find(({ path }) => path === parent);
      if (whole ? isClosed(whole.mode, "all") !== false : host.fileSystemAt(parent)?.mountpoint === parent) continue;
      const below = entries.filter(
        ({ path, parentMode }) => isBelow(path, parent) && isClosed(parentMode, "all") !== true,
      );
      const entry = whole ?? below.find(({ parentMode }) => isClosed(parentMode, "all") === false);
      if (!entry?.store.path.known || isClosedElsewhere(host, parent)) continue;
      const inStore = joinPath(entry.store.path.value, parent);
      context.report({
        at: entry.place ?? entry.store.place,
        ...(whole ? { severity: "information" } : {}),
        message: whole
          ? `impermanence makes \`${parent}\` with the mode 0755 where it is new. systemd wants 0700 there and may refuse to start services with DynamicUser ("already exists, but has mode 0755 that is too permissive") until the next boot, at which its own rule of tmpfiles closes the directory, in the store as well.`
          : `impermanence makes \`${parent}\`, the parent of \`${entry.path}\`, with the mode 0755. systemd wants 0700 there and may refuse to start the service ("already exists, but has mode 0755 that is too permissive"); until then, everybody can look into the state of services with DynamicUser.`,
        help: `Close it in the store, whose mode impermanence copies: systemd.tmpfiles.rules = [ "d ${inStore} 0700 root root -" ];`,
        related: below
          .filter((other) => other !== entry)
          .slice(0, 3)
          .map(({ path, place }) => ({ place, message: `the same goes for \`${path}\`` })),
        fixes: () => closed(whole, entry, inStore),
      });
    }

    /** preservation's rule for tmpfiles is read before that of systemd, which would close the directory. */
    function reportPreserved(directories: readonly PersistedPath[], parent: string): void {
      const entry = directories.find(({ store, path }) => store.module === "preservation" && path === parent);
      // What the initrd makes is closed by systemd's rule later on; a link is another thing.
      if (!entry || entry.inInitrd || entry.linked || isClosed(entry.mode, "all") !== false) return;
      if (isClosedElsewhere(host, parent)) return;
      const mode = entry.mode?.known ? entry.mode.value : "0755";
      context.report({
        at: entry.place ?? entry.store.place,
        message: `preservation makes \`${parent}\` with the mode ${mode} at every boot, and its rule comes before the one of systemd that would close the directory. systemd wants 0700 there and refuses to start services with DynamicUser ("already exists, but has mode ${mode} that is too permissive").`,
        help: `Give the entry its mode: { directory = "${parent}"; mode = "0700"; }.`,
        fixes: () =>
          offer(giveMode(context, entry, "0700"), {
            title: `Make ${parent} with the mode 0700`,
            safety: "safe",
            preferred: true,
          }),
      });
    }

    function closed(whole: PersistedPath | undefined, entry: PersistedPath, inStore: string) {
      if (whole) {
        return offer(giveMode(context, whole, "0700"), {
          title: `Make ${whole.path} with the mode 0700`,
          safety: "safe",
          preferred: true,
          note: `The mode counts when the directory is made; run chmod 0700 ${inStore} where it is there already.`,
        });
      }
      // Whichever host reads the entry needs the rule as well.
      const near = entry.place?.file ?? entry.store.place?.file;
      const rule = quote(`d ${inStore} 0700 root root -`);
      return offer(appendToListOption(context, ["systemd", "tmpfiles", "rules"], [rule], near), {
        title: `Let systemd-tmpfiles close ${inStore}`,
        safety: "safe",
        preferred: true,
      });
    }
  },
});

/** tmpfiles rules or scripts of the host may give the directory its mode. */
function isClosedElsewhere(host: Host, parent: string): boolean {
  const { texts, open } = readTexts(host.config.at("systemd", "tmpfiles", "rules"));
  if (open.length > 0) return true;
  if (texts.some(({ text }) => text.split(/\s+/)[1]?.replace(/\/$/, "").endsWith(parent))) return true;
  const settings = host.config.at("systemd", "tmpfiles", "settings");
  if (settings.isDefined() !== false && namesPath(settings, parent)) return true;
  return host.scripts.some(({ text }) => text.includes(parent));
}

function namesPath(settings: Host["config"], parent: string): boolean {
  if (settings.open()) return true;
  return settings.names().some(({ name }) =>
    settings
      .child(name)
      .names()
      .some((file) => file.name.endsWith(parent)),
  );
}
