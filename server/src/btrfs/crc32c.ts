/** The polynomial of Castagnoli, bits reversed, which btrfs uses everywhere. */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;
const tables = makeTables();

function makeTables(): readonly Uint32Array[] {
  const made = Array.from({ length: SLICES }, () => new Uint32Array(256));
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1;
    made[0]![byte] = value;
  }
  for (let slice = 1; slice < SLICES; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = made[slice - 1]![byte]!;
      made[slice]![byte] = (before >>> 8) ^ made[0]![before & 255]!;
    }
  }
  return made;
}

/**
 * Goes on with the CRC-32C of a send stream over `bytes[start, end)`. Send streams begin with 0 and do not invert the
 * result, unlike the common CRC-32C. Eight bytes are read at once, by the "slicing" tables.
 */
export function crc32c(crc: number, bytes: Uint8Array, start = 0, end = bytes.length): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as unknown as Uint32Array[] & { length: 8 };
  let value = crc;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    value ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    value =
      t7![value & 255]! ^
      t6![(value >>> 8) & 255]! ^
      t5![(value >>> 16) & 255]! ^
      t4![value >>> 24]! ^
      t3![bytes[at + 4]!]! ^
      t2![bytes[at + 5]!]! ^
      t1![bytes[at + 6]!]! ^
      t0![bytes[at + 7]!]!;
  }
  for (; at < end; at++) value = (value >>> 8) ^ t0![(value ^ bytes[at]!) & 255]!;
  return value >>> 0;
}
