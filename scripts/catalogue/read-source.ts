import { readFileSync } from "node:fs";
import { Cell, NixAttrs, NixList } from "../../server/src/eval/value.ts";
import { readBoolean, readString, readTexts } from "../../server/src/host/read-values.ts";
import { newInterpreter } from "../../server/src/modules/configuration.ts";
import { moduleSetOf } from "../../server/src/modules/evaluate-modules.ts";
import type { OptionNode } from "../../server/src/modules/option-node.ts";
import { loadBundledParser } from "../../server/src/platform/node.ts";
import { DiskFiles } from "../../server/src/workspace/disk-files.ts";
import { ProgramStore } from "../../server/src/workspace/program-store.ts";

/*
 * Reads modules of a nixpkgs checkout with our own evaluator, for services that Nix cannot evaluate: one module alone,
 * with its service switched on. What depends on packages or other modules is not known, and left out. The request
 * comes on standard input and the answers go to standard output, both as JSON.
 */

interface Request {
  readonly nixpkgs: string;
  readonly services: readonly {
    readonly file: string;
    readonly switch: readonly string[];
    readonly value: unknown;
    readonly options: readonly (readonly string[])[];
  }[];
}

const DIRECTORIES = ["StateDirectory", "CacheDirectory", "LogsDirectory"] as const;
const TEXTS = ["StateDirectoryMode", "CacheDirectoryMode", "LogsDirectoryMode", "User", "Group"] as const;

const request = JSON.parse(readFileSync(0, "utf8")) as Request;
const files = new DiskFiles([request.nixpkgs]);
const programs = new ProgramStore(await loadBundledParser(), files);
const { interpreter, world } = newInterpreter({ files, programs, nixFiles: [] });

process.stdout.write(JSON.stringify(request.services.map(inspect)));

function inspect({ file, switch: path, value, options }: Request["services"][number]) {
  const module = interpreter.evaluateFile(file);
  const setting = path.reduceRight<Cell>((inner, name) => Cell.of(NixAttrs.of({ [name]: inner })), toCell(value));
  const modules = Cell.of(NixList.of([module, setting]));
  const { root } = moduleSetOf(world, NixAttrs.of({ modules }), file, "world");
  return {
    units: unitsOf(root.at("systemd", "services")),
    tmpfiles: readTexts(root.at("systemd", "tmpfiles", "rules")).texts.map(({ text }) => text),
    settings: [],
    homes: homesOf(root.at("users", "users")),
    on: [],
    redis: [],
    options: options.map((option) => readString(root.at(...option))).map((text) => (text?.known ? text.value : null)),
  };
}

function unitsOf(services: OptionNode): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    services.names().map(({ name }) => {
      const config = services.at(name, "serviceConfig");
      const found: Record<string, unknown> = {};
      for (const option of DIRECTORIES) {
        const texts = readTexts(config.child(option)).texts.map(({ text }) => text);
        if (texts.length > 0) found[option] = texts;
      }
      for (const option of TEXTS) {
        const text = readString(config.child(option));
        if (text?.known) found[option] = text.value;
      }
      const isDynamic = readBoolean(config.child("DynamicUser"));
      if (isDynamic?.known) found.DynamicUser = isDynamic.value;
      return [name, found];
    }),
  );
}

function homesOf(users: OptionNode): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    users.names().map(({ name }) => {
      const home = readString(users.at(name, "home"));
      const group = readString(users.at(name, "group"));
      const isMade = readBoolean(users.at(name, "createHome"));
      return [
        name,
        {
          home: home?.known ? home.value : null,
          group: group?.known ? group.value : null,
          createHome: isMade?.known ? isMade.value : null,
        },
      ];
    }),
  );
}

function toCell(value: unknown): Cell {
  if (typeof value === "object" && value !== null) {
    return Cell.of(NixAttrs.of(Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toCell(item)]))));
  }
  return Cell.of(value as string | boolean | number | null);
}
