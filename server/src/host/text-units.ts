import type { OptionNode } from "../modules/option-node.ts";
import type { Script, Unit } from "./host.ts";
import { memo } from "./memo.ts";
import { childrenOf, nameAt, readExplicitBoolean, readTexts } from "./read-values.ts";
import { scriptsOf } from "./script.ts";
import { allOf, verdictOf, YES } from "./verdict.ts";

/** A line `Name=value` of a unit file, with the offsets of the value. */
interface Setting {
  readonly section: string;
  readonly name: string;
  readonly value: string;
  readonly start: number;
}

/** Services of the initrd that are written as the text of their unit file: `boot.initrd.systemd.units."x.service".text`. */
export function textUnits(units: OptionNode): Unit[] {
  return childrenOf(units).flatMap(({ name, node, certain }) => {
    if (!name.endsWith(".service") || node.child("text").isDefined() === false) return [];
    const enable = readExplicitBoolean(node.child("enable"));
    if (enable?.known && !enable.value) return [];
    return [unitOf(name.slice(0, -".service".length), node, allOf(certain, enable ? verdictOf(enable) : YES))];
  });
}

function unitOf(name: string, node: OptionNode, certain: Unit["certain"]): Unit {
  const read = memo(() => {
    const [file, ...written] = scriptsOf(node.child("text"));
    return { file, written, settings: file ? settingsOf(file.text) : [] };
  });
  const scripts = memo(() => {
    const { file, written, settings } = read();
    const commands = settings.filter((setting) => setting.section === "Service" && setting.name.startsWith("Exec"));
    return file ? [...commands.map((setting) => partOf(file, setting)), ...written] : [];
  });
  const listed = (option: string) => readTexts(node.child(option)).texts.map(({ text, place }) => ({ text, place }));
  // NixOS makes the links of a unit from its options; what [Install] says has no effect.
  const written = (setting: string) => {
    const { file, settings } = read();
    return settings
      .filter(({ section, name: key }) => section === "Unit" && key === setting)
      .flatMap(({ value, start }) =>
        value.split(/\s+/).map((text) => ({ text, place: file?.placeOf(start, start + value.length) ?? file?.place })),
      );
  };
  return {
    name,
    stage: "initrd",
    place: nameAt(node),
    certain,
    node,
    get scripts() {
      return scripts();
    },
    get wantedBy() {
      return listed("wantedBy");
    },
    get requiredBy() {
      return listed("requiredBy");
    },
    get before() {
      return written("Before");
    },
    get after() {
      return written("After");
    },
    get conditions() {
      const { file, settings } = read();
      return settings
        .filter(({ section, name: key }) => section === "Unit" && /^(Condition|Assert)/.test(key))
        .map((setting) => ({ name: setting.name, text: setting.value, place: file?.place }));
    },
  };
}

/** The settings of a unit file in order; a backslash at the end of a line joins it with the next. */
function settingsOf(text: string): Setting[] {
  const found: Setting[] = [];
  let section = "";
  for (const match of text.matchAll(
    /^[ \t]*(?:\[([^\]\n]+)\]|([A-Za-z]\w*)[ \t]*=[ \t]*((?:[^\\\n]|\\[^\n]|\\\n)*))/gm,
  )) {
    if (match[1] !== undefined) section = match[1];
    else if (match[2] !== undefined && match[3] !== undefined) {
      const start = match.index + match[0].length - match[3].length;
      found.push({ section, name: match[2], value: match[3].trimEnd(), start });
    }
  }
  return found;
}

/** One command of a unit file as a script of its own. */
function partOf(file: Script, { value, start }: Setting): Script {
  const end = start + value.length;
  return {
    ...file,
    text: value,
    holes: file.holes.flatMap((hole) =>
      hole.start >= start && hole.end <= end ? [{ ...hole, start: hole.start - start, end: hole.end - start }] : [],
    ),
    placeOf: (from, to) => file.placeOf(from + start, to + start),
  };
}
