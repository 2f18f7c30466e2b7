import type { Value } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { read, readBoolean, readItems, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { FakePackage } from "../../modules/packages.ts";
import { HOME_STATES, type HomeState } from "./home-states.ts";
import type { NormalUser } from "./normal-users.ts";

/** What programs that a person has switched on or installed keep in the home. */
export function usedHomeStates(host: Host, { name, node }: NormalUser): readonly HomeState[] {
  const own = host.config.at("home-manager", "users", name);
  const installed = new Set([
    ...packagesOf(host.config.at("environment", "systemPackages")),
    ...packagesOf(host.config.at("users", "users", name, "packages")),
    ...packagesOf(own.at("home", "packages")),
    ...chosenPackages(host, own),
  ]);
  return HOME_STATES.filter(
    ({ options, packages = [], isLingering }) =>
      (isLingering !== true || isTrue(node.child("linger"))) &&
      !options.some((option) => keepsNothing(own, option)) &&
      (options.some((option) => isOn(host, own, option, packages)) || packages.some((one) => installed.has(one))),
  );
}

/** The names of the packages in a list. */
function packagesOf(list: OptionNode): readonly string[] {
  if (list.isDefined() === false) return [];
  return readItems(list).items.flatMap(({ value, certain }) => (certain.answer === "yes" ? nameOf(value) : []));
}

function nameOf(value: Value): readonly string[] {
  const name = value instanceof FakePackage ? value.get("pname")?.force() : undefined;
  return typeof name === "string" ? [name] : [];
}

/** The packages that programs of home-manager run instead of their own: `programs.chromium.package = pkgs.brave`. */
function chosenPackages(host: Host, own: OptionNode): readonly string[] {
  return HOME_STATES.flatMap(({ options }) =>
    options.flatMap((option) => (isOn(host, own, option) ? (chosenPackage(own, option) ?? []) : [])),
  );
}

/** The name of the package that an option of home-manager was given; undefined where it was given none. */
function chosenPackage(own: OptionNode, option: string): readonly string[] | undefined {
  if (!option.startsWith("home:programs.")) return undefined;
  const node = own.at(...option.replace("home:", "").split(".").slice(0, -1), "package");
  if (node.isDefined() === false) return undefined;
  const reading = read(node);
  return reading.state === "set" ? nameOf(reading.value) : [];
}

/** Whether a browser of home-manager is told to forget everything when it ends. */
function keepsNothing(own: OptionNode, option: string): boolean {
  if (!option.startsWith("home:programs.")) return false;
  const args = own.at(...option.replace("home:", "").split(".").slice(0, -1), "commandLineArgs");
  return (
    args.isDefined() === true &&
    readTexts(args).texts.some(({ text }) => /ClearDataOnExit|^--(incognito|guest)$/.test(text))
  );
}

/** Whether an option is on, and for a program of home-manager with one of some packages, where it is given one. */
function isOn({ config }: Host, own: OptionNode, option: string, packages?: readonly string[]): boolean {
  const isOwn = option.startsWith("home:");
  const node = (isOwn ? own : config).at(...option.replace("home:", "").split("."));
  if (isOwn && own.isDefined() === false) return false;
  const chosen = packages === undefined ? undefined : chosenPackage(own, option);
  return (
    isTrue(node) && (chosen === undefined || packages?.length === 0 || chosen.some((one) => packages?.includes(one)))
  );
}

/** Whether somebody sets a flag, to true. */
export function isTrue(node: OptionNode): boolean {
  const flag = node.isDefined() === true ? readBoolean(node) : undefined;
  return flag?.known === true && flag.value;
}
