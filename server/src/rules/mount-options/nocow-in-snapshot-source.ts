import { isAtOrBelow } from "../../host/paths.ts";
import { nocowMarks } from "../reading/nocow.ts";
import { defineRule } from "../rule.ts";

/** A snapshot makes NOCOW data copy-on-write again: the first write to every block after it is a copy. */
export const nocowInSnapshotSource = defineRule({
  code: "IMP104",
  name: "nocow-in-snapshot-source",
  group: "mount-options",
  severity: "hint",
  since: "0.1.0",

  check({ host, report }) {
    for (const mark of nocowMarks(host)) {
      const home = host.fateOf(mark.path).fileSystem ?? host.fileSystemAt(mark.path);
      for (const job of host.snapshotJobs) {
        const source = job.sources.find(
          (candidate) =>
            candidate.known &&
            home !== undefined &&
            host.fileSystemAt(candidate.value) === home &&
            (isAtOrBelow(mark.path, candidate.value) || isAtOrBelow(candidate.value, home.mountpoint)),
        );
        if (!source?.known) continue;
        report({
          at: mark.place ?? job.place,
          message: `\`${mark.path}\` is marked NOCOW, but \`${source.value}\` is snapshotted by \`${job.name}\`: after every snapshot the first write to each block is copied all the same, so the data fragments and has no checksums either.`,
          help: "Put the directory on its own subvolume outside the snapshots (back it up with a dump), or let it be copy-on-write.",
          related: [{ place: source.place ?? job.place, message: "snapshotted here" }],
        });
        break;
      }
    }
  },
});
