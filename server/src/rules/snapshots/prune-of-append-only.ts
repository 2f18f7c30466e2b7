import { backupJobs } from "../../host/backup-jobs.ts";
import type { Host } from "../../host/host.ts";
import { nameAt, readBoolean, readString, readTexts, setAt } from "../../host/read-values.ts";
import { addressesOf } from "../reading/host-addresses.ts";
import { defineRule } from "../rule.ts";

/** A job prunes a repository in which nothing can be deleted. */
export const pruneOfAppendOnly = defineRule({
  code: "IMP630",
  name: "prune-of-append-only",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  // The servers of other hosts are known when all are compared.
  compare(hosts, report) {
    for (const other of hosts) {
      const { hostName } = other;
      const server = appendOnlyServer(other);
      if (!server || !hostName.known || hostName.value === "") continue;
      for (const host of hosts) {
        if (host === other || !host.hostName.known || host.hostName.value === hostName.value) continue;
        for (const { tool, name, node, repository, place } of backupJobs(host.config)) {
          const prune = node.child("pruneOpts");
          if (tool !== "restic" || repository === undefined || !server.isNamedBy(repository, hostName.value)) continue;
          if (readTexts(prune).texts.length === 0) continue;
          report(
            {
              at: nameAt(prune) ?? place,
              message: `\`${name}\` of ${host.hostName.value} prunes through the rest-server of ${hostName.value}, which only lets append: it answers 403 to every deletion. The job fails at each run, after what it has saved; nothing is ever freed, and a real failure looks like all the others.`,
              help: `Prune the directory itself, on ${hostName.value} (\`${server.directory}/…\`), and leave pruneOpts out here.`,
              related: [{ place: server.place, message: `append-only on ${hostName.value}` }],
            },
            [host, other],
          );
        }
      }
    }
  },

  check({ host, report }) {
    const server = appendOnlyServer(host);
    for (const { tool, name, node, repository, place } of backupJobs(host.config)) {
      const prune = node.child("pruneOpts");
      // Read for the comparison as well, within what one host may take.
      const prunes = tool === "restic" && readTexts(prune).texts.length > 0;
      if (tool === "restic" && server && repository !== undefined && server.serves(repository)) {
        if (!prunes) continue;
        report({
          at: nameAt(prune) ?? place,
          message: `\`${name}\` prunes through the rest-server of this host, which only lets append: it answers 403 to every deletion. The job fails at each run, and nothing is ever freed.`,
          help: `Prune the directory itself, on this host: repository = "${server.directory}/…", run as the user of the server. Or leave pruneOpts out.`,
          related: [{ place: server.place, message: "append-only here" }],
        });
      }
      if (tool !== "borg" || node.at("prune", "keep").isDefined() === false) continue;
      const flags = readTexts(node.child("extraInitArgs"));
      const flag = flags.texts.find(({ text }) => /(^|\s)--append-only(\s|$)/.test(text));
      if (!flag) continue;
      report({
        at: nameAt(node.at("prune", "keep")) ?? place,
        severity: "information",
        message: `\`${name}\` makes its repository append-only and prunes it: borg then only notes down what it would delete. Nothing is freed before somebody with full access compacts the repository.`,
        help: "Prune and compact where the repository lies, or leave `--append-only` out.",
        related: [{ place: flag.place, message: "append-only here" }],
      });
    }
  },
});

/** The host and the port of a rest-server. */
const REST = /^rest:https?:\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]+)(?::(\d+))?(?:\/|$)/;

function appendOnlyServer({ config, hostName }: Host) {
  const server = config.at("services", "restic", "server");
  const flags = ["enable", "appendOnly"].map((key) => readBoolean(server.child(key)));
  if (flags.some((flag) => flag?.known !== true || !flag.value)) return undefined;
  const listen = readString(server.child("listenAddress"));
  if (listen && !listen.known) return undefined;
  const directory = readString(server.child("dataDir"));
  const [, address = "", port = "8000"] = /^(?:(.*):)?(\d+)$/.exec(listen?.value ?? "8000") ?? [];
  // A server that listens on one address is reached by that one alone.
  const own = /^(0\.0\.0\.0|\[::\]|)$/.test(address)
    ? addressesOf(config)
    : new Set([address.replace(/^\[|\]$/g, "")].filter((text) => !/^(127\.|::1$)/.test(text)));
  const names = new Set(["localhost", "127.0.0.1", "[::1]", address, ...(hostName.known ? [hostName.value] : [])]);
  return {
    place: setAt(server.child("appendOnly")),
    directory: directory?.known ? directory.value : "/var/lib/restic",
    serves: (repository: string): boolean => {
      const url = REST.exec(repository);
      return url !== null && url[1] !== "" && names.has(url[1] as string) && (url[2] ?? "8000") === port;
    },
    /** By a host of that name, one of that name in any domain, or an address that the host has. */
    isNamedBy: (repository: string, name: string): boolean => {
      const [, host = "", at = "8000"] = REST.exec(repository) ?? [];
      if (host === "" || at !== port) return false;
      return host === name || host.startsWith(`${name}.`) || own.has(host.replace(/^\[|\]$/g, ""));
    },
  };
}
