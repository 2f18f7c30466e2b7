import type { DiskoLayout, DiskoSubvolume, FileSystem, Host, MountOption } from "../../host/host.ts";
import type { Completion } from "./completion.ts";
import { type Cursor, concerns } from "./cursor.ts";
import { type OfferedOption, offeredOptions } from "./mount-option-words.ts";

/** Options of a filesystem, without those that it has; for btrfs also the subvolumes that disko makes. */
export function mountOptionCompletions(cursor: Cursor, hosts: readonly Host[]): readonly Completion[] {
  for (const host of hosts) {
    const mount = mountAt(cursor, host);
    if (!mount) continue;
    const here = cursor.in === "text" ? cursor.text : undefined;
    const others = mount.options.filter(({ place }) => place?.start !== here?.start || place?.file !== cursor.file);
    const has = new Set(others.flatMap(({ text }) => text.split(",")).map(keyOf));
    return [...subvolumesFor(host, mount), ...offeredOptions(mount.fsType)]
      .filter(({ text }) => !has.has(keyOf(text)))
      .map(({ text, words }, rank) => ({
        label: text,
        kind: "option",
        text: cursor.in === "text" ? text : `"${text}"`,
        span: cursor.word,
        detail: words,
        documentation: undefined,
        rank,
      }));
  }
  return [];
}

interface Mount {
  readonly fsType: string | undefined;
  readonly options: readonly MountOption[];
  /** It is written in `fileSystems`, where the subvolume is an option. */
  readonly namesSubvolume: boolean;
}

/** What is mounted with the options at the cursor. */
function mountAt(cursor: Cursor, host: Host): Mount | undefined {
  const isHere = ({ place }: MountOption) => concerns(cursor, place);
  for (const { options, fsType } of host.fileSystems) {
    const own = options.find(isHere);
    if (own) return mount(fsType, options, own.from === "fileSystems");
  }
  for (const layout of host.layouts) {
    const subvolume = layout.subvolumes.find(({ mountOptions }) => mountOptions.some(isHere));
    if (subvolume) return mountOf(layout, subvolume);
  }
  return undefined;
}

function mount(fsType: FileSystem["fsType"], options: readonly MountOption[], namesSubvolume: boolean): Mount {
  return { fsType: fsType.known ? fsType.value : undefined, options, namesSubvolume };
}

function mountOf({ fsType }: DiskoLayout, { mountOptions }: DiskoSubvolume): Mount {
  return { fsType, options: mountOptions, namesSubvolume: false };
}

function subvolumesFor({ layouts }: Host, { fsType, namesSubvolume }: Mount): readonly OfferedOption[] {
  if (!namesSubvolume || fsType !== "btrfs") return [];
  const names = layouts.filter((layout) => layout.fsType === "btrfs").flatMap(({ subvolumes }) => subvolumes);
  return names.map(({ name }) => ({ text: `subvol=${name}`, words: "a subvolume of the disko layout" }));
}

/** `compress` of `compress=zstd`; two such options contradict each other. */
function keyOf(text: string): string {
  const key = text.split("=", 1)[0] ?? text;
  return key === "compress-force" ? "compress" : key;
}
