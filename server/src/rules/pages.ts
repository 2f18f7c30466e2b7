// Written by `npm run generate`: the pages of the rules.
import invalidDiskoSize from "./disko/invalid-disko-size.md";
import mountOptionsWithoutMountpoint from "./disko/mount-options-without-mountpoint.md";
import sharedMountpoint from "./disko/shared-mountpoint.md";
import subvolumesAsList from "./disko/subvolumes-as-list.md";
import unknownSubvolumeKey from "./disko/unknown-subvolume-key.md";
import databaseOnCow from "./mount-options/database-on-cow.md";
import differingFilesystemOptions from "./mount-options/differing-filesystem-options.md";
import ineffectiveNodatacow from "./mount-options/ineffective-nodatacow.md";
import nocowInSnapshotSource from "./mount-options/nocow-in-snapshot-source.md";
import nodatacowWithCompress from "./mount-options/nodatacow-with-compress.md";
import repeatedSubvolOption from "./mount-options/repeated-subvol-option.md";
import unknownMountOption from "./mount-options/unknown-mount-option.md";

/** The Markdown page of each rule, by code. */
export const pages: ReadonlyMap<string, string> = new Map([
  ["IMP101", ineffectiveNodatacow],
  ["IMP102", differingFilesystemOptions],
  ["IMP103", nodatacowWithCompress],
  ["IMP104", nocowInSnapshotSource],
  ["IMP105", databaseOnCow],
  ["IMP106", unknownMountOption],
  ["IMP107", repeatedSubvolOption],
  ["IMP201", subvolumesAsList],
  ["IMP202", unknownSubvolumeKey],
  ["IMP203", mountOptionsWithoutMountpoint],
  ["IMP204", sharedMountpoint],
  ["IMP205", invalidDiskoSize],
]);
