import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import type { Host } from "../../host/host.ts";
import { readBoolean, readString, readTexts } from "../../host/read-values.ts";
import { mayBeSetElsewhere } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** K3s is told how to make snapshots of etcd, and keeps its cluster in SQLite. */
export const clusterSnapshotsWithoutEtcd = defineRule({
  code: "IMP694",
  name: "cluster-snapshots-without-etcd",
  group: "snapshots",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const k3s = host.config.at("services", "k3s");
    const enabled = k3s.isDefined() === true ? readBoolean(k3s.child("enable")) : undefined;
    if (!enabled?.known || !enabled.value || mayBeSetElsewhere(host) || mayHaveEtcd(host)) return;
    const [first, ...others] = readTexts(k3s.child("extraFlags")).texts.filter(({ text }) => FLAG.test(text));
    if (!first) return;
    report({
      at: first.place,
      message: `\`${FLAG.exec(first.text)?.[0].trim()}\` is about snapshots of etcd, and nothing here gives K3s an etcd: a single server keeps its cluster in SQLite (\`/var/lib/rancher/k3s/server/db/state.db\`), of which it makes no snapshots. The flag has no effect, unless the cluster was once started with \`--cluster-init\`.`,
      help: "Set services.k3s.clusterInit = true, with which K3s moves what it has to etcd; or copy /var/lib/rancher/k3s/server while K3s is stopped.",
      related: others.slice(0, 3).map(({ place }) => ({ place, message: "and this" })),
      fixes: () =>
        offer(setOption(context, ["services", "k3s", "clusterInit"], "true"), {
          title: "Set services.k3s.clusterInit = true",
          safety: "unsafe",
          note: "The cluster moves from SQLite to etcd at the next start.",
        }),
    });
  },
});

/** Flags of snapshots; the one that turns them off is no mistake. */
const FLAG = /(?:^|\s)--etcd-(?:snapshot-[\w-]+|s3(?:-[\w-]+)?)/;

/** Whether this server has an etcd, or may: of its own, by joining others, or by a configuration that cannot be seen. */
function mayHaveEtcd({ config }: Host): boolean {
  const k3s = config.at("services", "k3s");
  const role = readString(k3s.child("role"));
  if (role && (!role.known || role.value !== "server")) return true;
  const init = readBoolean(k3s.child("clusterInit"));
  if (init && (!init.known || init.value)) return true;
  const server = readString(k3s.child("serverAddr"));
  if (server && (!server.known || server.value !== "")) return true;
  if (["configPath", "environmentFile"].some((name) => k3s.child(name).isDefined() !== false)) return true;
  if (config.at("environment", "etc", "rancher/k3s/config.yaml").isDefined() !== false) return true;
  const { texts, open } = readTexts(k3s.child("extraFlags"));
  const flags = texts.map(({ text }) => text).join(" ");
  return (
    open.length > 0 ||
    /--(cluster-init|server|datastore-endpoint|config|cluster-reset)\b/.test(flags) ||
    /(^|\s)-[sc]\s/.test(flags)
  );
}
