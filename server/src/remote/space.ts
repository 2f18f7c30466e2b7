import * as z from "zod";

export const spaceSchema = z.object({ totalBytes: z.number(), freeBytes: z.number(), unallocatedBytes: z.number() });
export type Space = z.infer<typeof spaceSchema>;

/** What `btrfs filesystem usage -b` says, in bytes; `freeBytes` is the lesser of its two estimates. */
export function readSpace(text = ""): Space | undefined {
  const bytes = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  const totalBytes = bytes(/^\s*Device size:\s*(\d+)$/m);
  const unallocatedBytes = bytes(/^\s*Device unallocated:\s*(\d+)$/m);
  const freeBytes = bytes(/^\s*Free \(estimated\):.*\(min: (\d+)\)$/m);
  if ([totalBytes, unallocatedBytes, freeBytes].some(Number.isNaN)) return undefined;
  return { totalBytes, freeBytes, unallocatedBytes };
}

/** The share of the chunks for metadata that is in use, when there is no room for more chunks; else undefined. */
export function metadataUse(text = ""): number | undefined {
  const [, size, used] = /^Metadata,\S+ Size:(\d+), Used:(\d+)/m.exec(text) ?? [];
  const unallocated = readSpace(text)?.unallocatedBytes;
  // Chunks of metadata are as small as 256 MiB on large disks, and come in two copies.
  if (size === undefined || unallocated === undefined || unallocated >= CHUNKS) return undefined;
  return Number(used) / Number(size);
}
const CHUNKS = 16 * 2 ** 20;
