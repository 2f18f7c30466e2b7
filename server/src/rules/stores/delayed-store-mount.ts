import { offer } from "../../edits/fix-plan.ts";
import { removeElementAt } from "../../edits/place-edit.ts";
import type { Place } from "../../eval/origin.ts";
import type { FileSystem, Host } from "../../host/host.ts";
import { isAtOrBelow, isBelow, normalise } from "../../host/paths.ts";
import { optionKey, splitOptions } from "../reading/btrfs-mounts.ts";
import { waitsForMount } from "../reading/mount-requirements.ts";
import { lossOf, rootWipe } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";

/** What systemd makes of the option. Source of truth: systemd.mount(5) and systemd-fstab-generator 252. */
const DELAYS: ReadonlyMap<string, string> = new Map([
  ["noauto", "systemd does not mount it at boot by itself"],
  ["x-systemd.automount", "it is mounted only when something looks into it"],
  ["nofail", "the boot neither waits for it nor stops when it is missing"],
]);

/** A store must be there before anything reads what is persisted in it. */
export const delayedStoreMount = defineRule({
  code: "IMP304",
  name: "delayed-store-mount",
  group: "stores",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    const seen = new Set<string>();
    for (const store of keepingPlaces(host)) {
      const fs = host.fileSystemAt(store.path);
      if (!fs || fs.mountpoint === "/" || fs.certain.answer !== "yes" || seen.has(fs.mountpoint)) continue;
      if (lossOf(host, store.path).lost === "yes") continue;
      seen.add(fs.mountpoint);
      for (const option of splitOptions(fs.options)) {
        const delay = DELAYS.get(optionKey(option.text));
        if (!delay || !option.certain || (option.text === "nofail" && isAskedForByTheBoot(host, fs))) continue;
        context.report({
          at: option.place ?? fs.place,
          message: `\`${fs.mountpoint}\` holds ${store.title}, and with \`${option.text}\` ${delay}. Users, secrets and services may start with the empty directory below it, and what they write there is lost or hidden.`,
          help: `Remove \`${option.text}\`: a host that persists its state needs the store at every boot.`,
          related: [{ place: store.place, message: store.isBind ? "bound from there" : "the store" }],
          fixes: () =>
            option.whole
              ? offer(removeElementAt(context, option.place), {
                  title: `Remove \`${option.text}\``,
                  // Without nofail, a disk that is missing stops the boot.
                  safety: option.text === "nofail" ? "unsafe" : "safe",
                })
              : [],
        });
      }
    }
  },
});

interface KeepingPlace {
  readonly path: string;
  readonly title: string;
  readonly place: Place | undefined;
  readonly isBind: boolean;
}

/** Without these there is no program to start. */
const VITAL = new Set(["/", "/nix", "/nix/store"]);

/**
 * Whether something that the boot cannot go on without is bound from the filesystem, or mounted below it: that one asks for it
 * whatever its own options say. Source of truth: systemd.mount(5), the dependencies that systemd adds by itself.
 */
function isAskedForByTheBoot({ fileSystems }: Host, store: FileSystem): boolean {
  return fileSystems.some(({ mountpoint, device, options, certain, mountedInInitrd }) => {
    if (!VITAL.has(mountpoint) || mountpoint === store.mountpoint) return false;
    if (certain.answer !== "yes" || mountedInInitrd.answer !== "yes") return false;
    const isOn =
      isBelow(mountpoint, store.mountpoint) ||
      (device.known && device.value.startsWith("/") && isAtOrBelow(normalise(device.value), store.mountpoint));
    return isOn && !splitOptions(options).some(({ text }) => DELAYS.has(optionKey(text)));
  });
}

/** The stores, and on a host whose root is wiped also what is bound by hand to where something writes without it. */
function keepingPlaces(host: Host): readonly KeepingPlace[] {
  const stores = host.stores.flatMap(({ path, place, enabled }) =>
    enabled.answer !== "no" && path.known
      ? [{ path: path.value, title: `the store \`${path.value}\``, place, isBind: false }]
      : [],
  );
  const binds = !rootWipe(host)
    ? []
    : host.fileSystems.flatMap((fs) => {
        const { mountpoint, device, options, place, certain, declaredBy } = fs;
        const isBind = declaredBy === "fileSystems" && options.some(({ text }) => text === "bind" || text === "rbind");
        const title = `what is bound to \`${mountpoint}\``;
        return isBind && certain.answer === "yes" && device.known && device.value.startsWith("/") && isWritten(host, fs)
          ? [{ path: device.value, title, place, isBind: true }]
          : [];
      });
  return [...stores, ...binds];
}

/**
 * Whether something writes to the place of a bind mount while it is not there. Source of truth: systemd.mount(5); a bind
 * mount requires the mount of its source, so that one which the boot waits for makes it wait for both.
 */
function isWritten(host: Host, { mountpoint, mountedInInitrd, options, device }: FileSystem): boolean {
  if (mountedInInitrd.answer === "yes") return true;
  const own = splitOptions(options)
    .filter(({ certain }) => certain)
    .map(({ text }) => optionKey(text));
  // An automount that fails lets nobody write.
  if (!own.some((key) => key === "nofail" || key === "noauto") || own.includes("x-systemd.automount")) return false;
  const places = [mountpoint, ...(device.known ? [normalise(device.value)] : [])];
  if (host.units.some((unit) => waitsForMount(unit, places))) return false;
  return host.services.some(
    ({ enabled, state }) =>
      enabled.answer === "yes" && state.some(({ path, kind }) => kind === "state" && isAtOrBelow(path, mountpoint)),
  );
}
