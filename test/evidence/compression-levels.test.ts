import { expect, it } from "vitest";
import { inSandbox } from "./sandbox.ts";

it.each([
  ["compress=zstd:16", "compress=zstd:15"],
  ["compress=zstd:20", "compress=zstd:15"],
  ["compress-force=zstd:19", "compress-force=zstd:15"],
  ["compress=zstd:0", "compress=zstd:3"],
  ["compress=zstd:15", "compress=zstd:15"],
  ["compress=zlib:12", "compress=zlib:9"],
  ["compress=zlib:0", "compress=zlib:3"],
  ["compress=lzo:3", "compress=lzo"],
])("B7: %s is mounted as %s", (asked, mounted) => {
  const seen = inSandbox(
    `
    make_btrfs
    first_mount "$1" top
    fact options "$(options_of top)"`,
    asked,
  );
  expect(seen.options?.split(",")).toContain(mounted);
});
