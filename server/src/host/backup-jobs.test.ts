import { describe, expect, it } from "vitest";
import { fakeConfig } from "../testing/fake-config.ts";
import { backupJobs, excludes, takesPath } from "./backup-jobs.ts";

const restic = (job: Record<string, unknown>) => {
  const [only] = backupJobs(fakeConfig({ services: { restic: { backups: { nas: job } } } }));
  if (!only) throw new Error("no job was read");
  return only;
};

describe("takesPath", () => {
  const job = restic({ paths: ["/persist/", "/srv/git"], exclude: ["/persist/var/lib/postgresql", "*.tmp"] });

  it.each([
    ["/persist/var/lib/gitea", "yes"],
    ["/persist", "yes"],
    ["/persistent", "no"],
    ["/persist/var/lib/postgresql/16", "no"],
    ["/srv", "partly"],
    ["/var/lib", "no"],
  ])("%s: %s", (path, answer) => expect(takesPath(job, path)).toBe(answer));

  it("does not say no of a job that may take more than it lists", () => {
    expect(takesPath(restic({ paths: ["/srv"], dynamicFilesFrom: "find /var -name .git" }), "/var/lib")).toBe(
      "unknown",
    );
    expect(takesPath(restic({ paths: ["/srv"], backupPrepareCommand: "cp -r /var/lib /srv" }), "/var/lib")).toBe(
      "unknown",
    );
    expect(takesPath(restic({ paths: ["/srv"], extraBackupArgs: ["--files-from=/etc/list"] }), "/var")).toBe("unknown");
    expect(takesPath(restic({ paths: ["/srv"], extraBackupArgs: ["--exclude-caches"] }), "/var")).toBe("no");
  });

  it("reads borg's single path and borgmatic's directories", () => {
    const jobs = backupJobs(
      fakeConfig({
        services: {
          borgbackup: { jobs: { all: { paths: "/var/lib", repo: "nas:." } } },
          borgmatic: {
            enable: true,
            settings: { source_directories: ["/home"], postgresql_databases: [{ name: "all" }] },
          },
        },
      }),
    );
    expect(
      jobs.map(({ tool, name, paths, repository }) => [tool, name, paths.map(({ path }) => path), repository]),
    ).toEqual([
      ["borg", "all", ["/var/lib"], "nas:."],
      ["borgmatic", "borgmatic", ["/home"], undefined],
    ]);
    expect(jobs.map((one) => takesPath(one, "/srv"))).toEqual(["no", "unknown"]);
  });
});

describe("excludes", () => {
  it.each([
    ["restic", "/srv", "/srv/git", true],
    ["restic", "/srv/gi", "/srv/git", false],
    ["restic", "/srv/*", "/srv/git/repos", true],
    ["restic", "/srv/*/cache", "/srv/git", false],
    ["restic", "cache", "/srv/cache/x", true],
    ["restic", "**/lib/mysql", "/var/lib/mysql", true],
    ["restic", "!/srv", "/srv", false],
    ["borg", "cache", "/srv/cache", false],
    ["borg", "srv", "/srv/git", true],
    ["borg", "*/cache", "/srv/cache", true],
    ["borg", "re:srv", "/srv", false],
    ["borg", "sh:/home/*/x", "/home/me/x/y", true],
  ] as const)("%s: %s and %s", (tool, pattern, path, answer) => expect(excludes(tool, pattern, path)).toBe(answer));
});
