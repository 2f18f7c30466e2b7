import type { Value } from "../../eval/value.ts";
import type { Host } from "../../host/host.ts";
import { isAtOrBelow, joinPath } from "../../host/paths.ts";
import { read, readBoolean, readItems, readTexts } from "../../host/read-values.ts";
import type { OptionNode } from "../../modules/option-node.ts";
import { FakePackage } from "../../modules/packages.ts";
import { normalUsers } from "../reading/normal-users.ts";
import { persistFix } from "../reading/persist-fix.ts";
import { certainEntries } from "../reading/persisted-entries.ts";
import { mayBeKeptByOwnHome } from "../reading/standalone-homes.ts";
import { isStateless } from "../reading/stateless-host.ts";
import { lossInWords, uncoveredLoss, whereInWords } from "../reading/wiped-root.ts";
import { defineRule } from "../rule.ts";
import { HOME_STATES, type HomeState } from "./home-states.ts";

/** A person's home is kept in parts, and what programs that are switched on keep in it is not among them. */
export const partlyKeptHome = defineRule({
  code: "IMP434",
  name: "partly-kept-home",
  group: "coverage",
  severity: "information",
  since: "0.1.0",

  check(context) {
    const { host } = context;
    if (host.stores.length === 0 || isStateless(host)) return;
    for (const { name, home, place, node } of normalUsers(host)) {
      if (
        home === undefined ||
        mayBeKeptByOwnHome(context, home) ||
        !isPartlyKept(host, home) ||
        uncoveredLoss(host, home).lost !== "yes"
      )
        continue;
      const own = host.config.at("home-manager", "users", name);
      const installed = new Set([
        ...packagesOf(host.config.at("environment", "systemPackages")),
        ...packagesOf(host.config.at("users", "users", name, "packages")),
        ...packagesOf(own.at("home", "packages")),
        ...chosenPackages(host, own),
      ]);
      const used = HOME_STATES.filter(
        ({ options, packages = [], isLingering }) =>
          (isLingering !== true || isTrue(node.child("linger"))) &&
          !options.some((option) => keepsNothing(own, option)) &&
          (options.some((option) => isOn(host, own, option, packages)) || packages.some((one) => installed.has(one))),
      );
      const lost = used.filter(({ paths }) =>
        paths.every(
          (path) =>
            uncoveredLoss(host, joinPath(home, path)).lost === "yes" && !isPartlyKept(host, joinPath(home, path)),
        ),
      );
      const [first] = lost;
      if (!first) continue;
      const loss = uncoveredLoss(host, joinPath(home, first.paths[0] ?? ""));
      const misled = [
        ...lost.flatMap((state) => systemEntry(host, state)),
        ...(lost.some(({ kind }) => kind === "browser") ? unusedBrowsers(host, home, used) : []),
      ];
      const shown = lost.map(({ paths, what }) => `\`${joinPath(home, paths[0] ?? "")}\` (${what})`);
      context.report({
        at: place,
        severity: lost.some(({ isData }) => isData) || misled.length > 0 ? "warning" : "information",
        message: `Of \`${home}\` only parts are kept. Not among them: ${shown.join("; ")}. ${lost.length > 1 ? "They are" : "It is"} ${whereInWords(loss)}, and ${lossInWords(loss, lost.length > 1)}.${misled.map((path) => ` \`${path}\` is persisted, which holds none of it.`).join("")}`,
        help: `Persist what ${name} wants to keep (users.${name}.directories).`,
        related: [{ place: loss.fate.place, message: whereInWords(loss) }],
        fixes: () =>
          persistFix(
            context,
            lost.map(({ paths, isPrivate }) => ({
              ...{ kind: "directory", path: joinPath(home, paths[0] ?? ""), user: name, group: "users" },
              mode: isPrivate ? "0700" : undefined,
            })),
          ).map((plan) => ({ ...plan, safety: "unsafe" as const, preferred: false })),
      });
    }
  },
});

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

function isTrue(node: OptionNode): boolean {
  const flag = node.isDefined() === true ? readBoolean(node) : undefined;
  return flag?.known === true && flag.value;
}

/** What is persisted of a program for the whole system, as if it were all. */
function systemEntry(host: Host, { ofSystem, unlessOn }: HomeState): readonly string[] {
  const isForMore = unlessOn !== undefined && isTrue(host.config.at(...unlessOn.split(".")));
  return ofSystem !== undefined && !isForMore && isEntry(host, ofSystem) ? [ofSystem] : [];
}

/** The persisted directories of browsers that the person does not have. */
function unusedBrowsers(host: Host, home: string, used: readonly HomeState[]): readonly string[] {
  const others = HOME_STATES.filter((state) => state.kind === "browser" && !used.includes(state));
  return others.flatMap(({ paths }) => paths.map((path) => joinPath(home, path)).filter((path) => isEntry(host, path)));
}

function isEntry(host: Host, path: string): boolean {
  return certainEntries(host).some((entry) => entry.path === path);
}

/** Something at or below a path is persisted, perhaps, or is a filesystem. */
function isPartlyKept(host: Host, path: string): boolean {
  const entries = host.stores.flatMap(({ directories, files }) => [...directories, ...files]);
  return (
    entries.some((entry) => isAtOrBelow(entry.path, path)) ||
    host.fileSystems.some(({ mountpoint }) => isAtOrBelow(mountpoint, path))
  );
}
