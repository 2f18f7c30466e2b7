import { entryAtLink, persistBehindLink } from "../reading/linked-state.ts";
import { defineRule } from "../rule.ts";

/** systemd keeps the state of DynamicUser services in /var/lib/private and puts a link at the usual path. */
export const dynamicUserLinkPersisted = defineRule({
  code: "IMP406",
  name: "dynamic-user-link-persisted",
  group: "coverage",
  severity: "error",
  since: "0.1.0",

  check(context) {
    for (const service of context.host.services) {
      if (service.enabled.answer !== "yes") continue;
      for (const state of service.state) {
        if (state.assumed) continue;
        const entry = entryAtLink(context.host, state);
        if (!entry) continue;
        context.report({
          at: entry.place,
          message: `\`${service.enable}\` runs with DynamicUser: its state is in \`${state.path}\`, and systemd wants a symbolic link at \`${state.link}\`. A mount there makes the service fail ("Failed to set up special execution directory").`,
          help: `Persist "${state.path}" instead. Its parent must be closed: persist { directory = "/var/lib/private"; mode = "0700"; } if systemd complains.`,
          related: [{ place: service.place, message: "the service is switched on here" }],
          fixes: () => persistBehindLink(context, entry, state.path),
        });
      }
    }
  },
});
