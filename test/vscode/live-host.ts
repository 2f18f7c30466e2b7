// A host for a VS Code window: the name of the example host leads to it.
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TestHost } from "../remote/test-host.ts";

/** The host of the example, as its flake calls it. */
export const EXAMPLE_HOST = "hetzner-vps";

/** Starts a host that ssh reaches as {@link EXAMPLE_HOST}, on whose root a service and a person have written something. */
export async function startLiveHost(): Promise<TestHost> {
  const host = await TestHost.start();
  const port = readFileSync(join(host.folder, "port"), "utf8").trim();
  appendFileSync(
    host.configFile,
    `Host ${EXAMPLE_HOST}\n  HostName 127.0.0.1\n  Port ${port}\n  User josh\n  IdentityFile ${host.folder}/id\n`,
  );
  // What the boot made belongs to the baseline here, so that the diff is about what came after it.
  host.run("inside", "sh", "-c", 'printf "listen = 127.0.0.1\\nworkers = 2\\n" >/etc/widget.conf');
  host.run("top", "btrfs -q subvolume delete root-blank; btrfs -q subvolume snapshot -r root root-blank");
  host.run(
    "inside",
    "sh",
    "-euc",
    `printf "listen = 127.0.0.1\\nworkers = 8\\ncache = yes\\n" >/etc/widget.conf
     mkdir -p /var/lib/grafana/plugins /var/lib/forgejo /srv/uploads /tmp/build /root/.cache/x
     head -c 400000 /dev/zero >/var/lib/grafana/grafana.db; echo x >/var/lib/grafana/plugins/list
     head -c 90000 /dev/zero >/var/lib/forgejo/forgejo.db; head -c 30000 /dev/zero >/srv/uploads/photo.jpg
     echo x >/tmp/build/log; echo x >/root/.cache/x/y; chown -R 1000:100 /srv/uploads`,
  );
  return host;
}
