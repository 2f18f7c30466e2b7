import { offer } from "../../edits/fix-plan.ts";
import { setOption } from "../../edits/option-edit.ts";
import { isBelow } from "../../host/paths.ts";
import { isNamed, nameAt } from "../../host/read-values.ts";
import { bindAt, nixosContainers } from "../reading/nixos-containers.ts";
import { mayBeSetByOwnModules } from "../reading/unread-modules.ts";
import { defineRule } from "../rule.ts";

/** A container whose service keeps its data in a directory of the host that it may only read. */
export const readOnlyDataInContainer = defineRule({
  code: "IMP733",
  name: "read-only-data-in-container",
  group: "units",
  severity: "warning",
  since: "0.1.0",

  check(context) {
    const { host, report } = context;
    const containers = nixosContainers(host.config);
    if (containers.length === 0 || mayBeSetByOwnModules(host)) return;
    for (const container of containers) {
      const said = new Set<string>();
      for (const service of container.services) {
        for (const { path, link, kind } of service.state) {
          const bind = bindAt(container, path) ?? (link === undefined ? undefined : bindAt(container, link));
          if (kind !== "state" || bind?.isReadOnly !== true || said.has(bind.inside)) continue;
          // The part that it writes to may be mounted on its own.
          if (container.binds.some((other) => other.isReadOnly !== true && isBelow(other.inside, path))) continue;
          said.add(bind.inside);
          const isSaid = isNamed(bind.node, "isReadOnly");
          report({
            at: (isSaid ? nameAt(bind.node.child("isReadOnly")) : undefined) ?? nameAt(bind.node),
            message: `The container \`${container.name}\` may only read \`${bind.inside}\`, where \`${nameOf(service.enable, container.config.path)}\` keeps its data${link !== undefined && bind.inside === link ? "" : path === bind.inside ? "" : ` (\`${path}\`)`}: ${isSaid ? "it is mounted with isReadOnly" : "bind mounts of containers are read-only unless isReadOnly = false says otherwise"}. The service cannot write, and mostly does not start.`,
            help: "Set isReadOnly = false for this bind mount.",
            related: [{ place: service.place, message: "the service is switched on here" }],
            fixes: () =>
              offer(setOption(context, [...bind.node.path, "isReadOnly"], "false"), {
                title: `Let ${container.name} write to ${bind.inside}`,
                safety: "unsafe",
                preferred: true,
                note: "The service writes to the directory of the host from then on, whose owner has to fit.",
              }),
          });
        }
      }
    }
  },
});

/** The option of a service without the path of its container. */
function nameOf(enable: string, around: readonly string[]): string {
  const prefix = `${around.join(".")}.`;
  const own = enable.startsWith(prefix) ? enable.slice(prefix.length) : enable;
  return own.replace(/\.enable$/, "");
}
