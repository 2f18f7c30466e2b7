import type { Place } from "../../eval/origin.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean } from "../../host/read-values.ts";
import { defineRule } from "../rule.ts";

/** Two boot loaders that are switched on at once, which NixOS refuses. */
export const secondBootLoader = defineRule({
  code: "IMP335",
  name: "second-boot-loader",
  group: "stores",
  severity: "error",
  since: "0.1.0",

  check({ host, report }) {
    // Whoever says what installs the loader may call both.
    if (host.config.at("system", "build", "installBootLoader").isDefined() !== false) return;
    const [first, second] = loaders(host);
    if (!first || !second) return;
    const isSecure = first.name === "lanzaboote";
    report({
      at: second.place,
      message: `\`${second.option}\` is on beside \`${first.option}\`: each of them installs the boot loader, and NixOS refuses to build a host with two ("Only one bootloader can be enabled at a time").`,
      help: isSecure
        ? `Set ${second.option} = lib.mkForce false: lanzaboote installs systemd-boot itself, signed; an unsigned one beside it would not start with Secure Boot.`
        : "Switch one of them off.",
      related: [{ place: first.place, message: `${first.name} is switched on here` }],
    });
  },
});

interface Loader {
  readonly name: string;
  readonly option: string;
  readonly place: Place | undefined;
}

const LOADERS: readonly (readonly [string, readonly string[]])[] = [
  ["lanzaboote", ["boot", "lanzaboote"]],
  ...["systemd-boot", "grub", "limine", "refind", "generic-extlinux-compatible"].map(
    (name) => [name, ["boot", "loader", name]] as const,
  ),
];

/** Those that are switched on, each of which has an installer of its own. */
function loaders({ config }: Host): Loader[] {
  return LOADERS.flatMap(([name, path]): Loader[] => {
    const option = config.at(...path, "enable");
    const flag = option.isDefined() === true ? readBoolean(option) : undefined;
    // A default meets that of the other loader, which switches it off as a default.
    if (option.definitions().every(({ priority }) => priority > 100)) return [];
    return flag?.known && flag.value ? [{ name, option: option.path.join("."), place: flag.place }] : [];
  });
}
