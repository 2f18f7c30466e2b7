/** What `btrfs subvolume show` says of one subvolume. */
export interface ShownSubvolume {
  /** From the toplevel, in latin1. */
  readonly bytes: string;
  readonly id: number;
  readonly parentId: number;
  readonly uuid: string;
  readonly parentUuid: string | undefined;
  readonly receivedUuid: string | undefined;
  readonly generation: number;
  readonly createdGeneration: number;
  /** Unix seconds. */
  readonly created: number | undefined;
  readonly readOnly: boolean;
}

/**
 * Reads the output of `btrfs subvolume show` in the C locale. Undefined when it is not understood without doubt: names may
 * hold newlines, and so make up lines of their own, but then some line is there twice.
 *
 * @param path from the toplevel, in latin1, where that is known: the first line may be a part of it only
 */
export function readShow(text: string, path?: string): ShownSubvolume | undefined {
  const field = (name: string) => {
    const found = [...text.matchAll(new RegExp(`^\\t${name}:[ \\t]*(.*)$`, "gm"))];
    return found.length === 1 ? (found[0]?.[1] as string) : undefined;
  };
  const number = (name: string) => {
    const digits = field(name);
    return digits !== undefined && /^\d+$/.test(digits) ? Number(digits) : undefined;
  };
  const uuid = (name: string) => {
    const found = field(name);
    return found === "-" || (found !== undefined && UUID.test(found)) ? found : undefined;
  };
  const bytes = path ?? /^(.*)\n\tName:/.exec(text)?.[1];
  const [id, parentId, generation, createdGeneration] = [
    number("Subvolume ID"),
    number("Parent ID"),
    number("Generation"),
    number("Gen at creation"),
  ];
  const [own, parent, received, flags, time] = [
    uuid("UUID"),
    uuid("Parent UUID"),
    uuid("Received UUID"),
    field("Flags"),
    field("Creation time"),
  ];
  if (bytes === undefined || id === undefined || parentId === undefined) return undefined;
  if (generation === undefined || createdGeneration === undefined || flags === undefined) return undefined;
  if (own === undefined || own === "-" || parent === undefined || received === undefined) return undefined;
  return {
    ...{ bytes, id, parentId, uuid: own, generation, createdGeneration, created: timeOf(time) },
    parentUuid: parent === "-" ? undefined : parent,
    receivedUuid: received === "-" ? undefined : received,
    readOnly: flags.split(/[ ,]+/).includes("readonly"),
  };
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

function timeOf(text: string | undefined): number | undefined {
  const [, day, time, zone] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d{4})$/.exec(text ?? "") ?? [];
  if (day === undefined || zone === undefined) return undefined;
  const seconds = Date.parse(`${day}T${time}${zone.slice(0, 3)}:${zone.slice(3)}`) / 1000;
  return Number.isNaN(seconds) ? undefined : seconds;
}
