import { readdirSync, readFileSync } from "node:fs";
import { toJson } from "../../server/src/eval/json.ts";
import { type AnalysedFiles, analyseFiles } from "../../server/src/testing/analyse-files.ts";
import { type ScaffoldChoice, scaffoldHost } from "./hosts.ts";

/** Where the modules are. */
export const moduleFolder = new URL("../../server/scaffold/", import.meta.url);

/** The modules and scripts by their path below their folder. */
export const moduleFiles: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(moduleFolder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(nix|sh)$/.test(name))
    .map((name) => [name, readFileSync(new URL(name, moduleFolder), "utf8")]),
);

/** A host with the modules beside its flake, through every layer of the checker. */
export async function analyseServer(choice: ScaffoldChoice): Promise<AnalysedFiles> {
  const modules = Object.entries(moduleFiles).map(([name, text]) => [`/server/${name}`, text]);
  return analyseFiles({ ...Object.fromEntries(modules), "/flake.nix": scaffoldHost(choice) });
}

/** What NixOS makes a unit file of: the attributes of services and timers that the modules use. */
export interface UnitOptions {
  description?: string;
  wantedBy?: string[];
  requires?: string[];
  after?: string[];
  before?: string[];
  unitConfig?: Record<string, UnitValue>;
  serviceConfig?: Record<string, UnitValue>;
  timerConfig?: Record<string, UnitValue>;
  script?: string;
  scriptArgs?: string;
  startAt?: string;
  onFailure?: string[];
  path?: string[];
}
type UnitValue = string | boolean | number | string[];

/** The evaluated units of a host by option path and name: `{ "systemd.services": { name: … } }`. */
export function unitsOf({ hosts }: AnalysedFiles): Record<string, Record<string, UnitOptions>> {
  const units: Record<string, Record<string, UnitOptions>> = {};
  for (const option of ["boot.initrd.systemd.services", "systemd.services", "systemd.timers"]) {
    const node = option.split(".").reduce((at, name) => at.child(name), hosts[0]!.config);
    const found: Record<string, UnitOptions> = {};
    for (const { name } of node.names().filter(({ name }) => name.startsWith("server-"))) {
      const unit: Record<string, unknown> = {};
      for (const { name: key } of node.child(name).names()) {
        // Packages are not known here; units do not show them.
        const value = key === "path" ? { json: [] } : toJson(node.child(name).child(key).value());
        if ("unknown" in value) throw new Error(`${option}.${name}.${key}: ${value.unknown.reason}`);
        unit[key] = value.json;
      }
      found[name] = unit as UnitOptions;
    }
    units[option] = found;
  }
  return units;
}

/** A unit file as NixOS writes it. `script` is where its script lies. */
export function unitFile(unit: UnitOptions, script: string | undefined): string {
  const lines = (values: Record<string, UnitValue | undefined>): string[] =>
    Object.entries(values).flatMap(([key, value]) =>
      value === undefined ? [] : [`${key}=${Array.isArray(value) ? value.join(" ") : value}`],
    );
  const links = {
    Description: unit.description,
    Requires: unit.requires,
    After: unit.after,
    Before: unit.before,
    OnFailure: unit.onFailure,
  };
  const sections = [["[Unit]", ...lines({ ...links, ...unit.unitConfig })]];
  if (unit.serviceConfig)
    sections.push([
      "[Service]",
      ...lines({
        ...unit.serviceConfig,
        ...(script ? { ExecStart: `${script} ${unit.scriptArgs ?? ""}`.trim() } : {}),
      }),
    ]);
  if (unit.timerConfig) sections.push(["[Timer]", ...lines(unit.timerConfig)]);
  if (unit.wantedBy) sections.push(["[Install]", ...lines({ WantedBy: unit.wantedBy })]);
  return `${sections.map((section) => section.join("\n")).join("\n\n")}\n`;
}
