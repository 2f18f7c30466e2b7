// Written by `npm run generate`: every rule that has a page beside it.
import { invalidDiskoSize } from "./disko/invalid-disko-size.ts";
import { mountOptionsWithoutMountpoint } from "./disko/mount-options-without-mountpoint.ts";
import { sharedMountpoint } from "./disko/shared-mountpoint.ts";
import { subvolumesAsList } from "./disko/subvolumes-as-list.ts";
import { unknownSubvolumeKey } from "./disko/unknown-subvolume-key.ts";
import { databaseOnCow } from "./mount-options/database-on-cow.ts";
import { differingFilesystemOptions } from "./mount-options/differing-filesystem-options.ts";
import { ineffectiveNodatacow } from "./mount-options/ineffective-nodatacow.ts";
import { nocowInSnapshotSource } from "./mount-options/nocow-in-snapshot-source.ts";
import { nodatacowWithCompress } from "./mount-options/nodatacow-with-compress.ts";
import { repeatedSubvolOption } from "./mount-options/repeated-subvol-option.ts";
import { unknownMountOption } from "./mount-options/unknown-mount-option.ts";
import type { Rule } from "./rule.ts";

/** All rules, by code. */
export const rules: readonly Rule[] = [
  ineffectiveNodatacow,
  differingFilesystemOptions,
  nodatacowWithCompress,
  nocowInSnapshotSource,
  databaseOnCow,
  unknownMountOption,
  repeatedSubvolOption,
  subvolumesAsList,
  unknownSubvolumeKey,
  mountOptionsWithoutMountpoint,
  sharedMountpoint,
  invalidDiskoSize,
];
