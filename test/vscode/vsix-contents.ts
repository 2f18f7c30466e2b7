import { readFileSync } from "node:fs";
import { inflateRawSync } from "node:zlib";

/** The files of a VSIX, which is a zip archive: path and content. Reads what vsce writes, not every zip there is. */
export function vsixContents(file: string): Map<string, Buffer> {
  const zip = readFileSync(file);
  // The end record has a fixed size, as vsce writes no comment behind it; it says where the table of files begins.
  const end = zip.length - 22;
  if (zip.readUInt32LE(end) !== 0x06054b50) throw new Error(`${file} does not end as a zip archive does.`);
  const count = zip.readUInt16LE(end + 10);
  let entry = zip.readUInt32LE(end + 16);
  const contents = new Map<string, Buffer>();
  for (let index = 0; index < count; index++) {
    const [size, nameLength, extraLength, commentLength, start] = [
      zip.readUInt32LE(entry + 20),
      zip.readUInt16LE(entry + 28),
      zip.readUInt16LE(entry + 30),
      zip.readUInt16LE(entry + 32),
      zip.readUInt32LE(entry + 42),
    ];
    const name = zip.toString("utf8", entry + 46, entry + 46 + nameLength);
    // The file's own header repeats its name and has extra fields of another length.
    const data = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    const packed = zip.subarray(data, data + size);
    contents.set(name, zip.readUInt16LE(entry + 10) === 0 ? packed : inflateRawSync(packed));
    entry += 46 + nameLength + extraLength + commentLength;
  }
  return contents;
}
