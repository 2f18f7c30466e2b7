import type { Host, ServiceState } from "../host/host.ts";
import { isAtOrBelow } from "../host/paths.ts";
import type { HostShape } from "./host-shape.ts";

/** A directory or file that the host's services need after a reboot. */
export interface KeptPath {
  readonly kind: "directory" | "file";
  readonly path: string;
  readonly user: string | undefined;
  readonly group: string | undefined;
  readonly mode: string | undefined;
  /** The option that switches on whose state it is; undefined for what NixOS itself needs. */
  readonly because: string | undefined;
}

/** sshd's keys go into the store itself; an X server's state is that of its display manager. */
const ELSEWHERE = new Set(["services.openssh.enable", "nix.sshServe.enable", "services.xserver.enable"]);

const ROOTS_OWN = { kind: "directory", user: undefined, group: undefined } as const;

/** What has to be persisted: what NixOS needs, and the state of services that lies on the root and nowhere else. */
export function keptState(host: Host, shape: HostShape, modules: readonly string[]): readonly KeptPath[] {
  const base: KeptPath[] = ["/var/lib/nixos", "/var/lib/systemd"].map((path) => ({
    ...ROOTS_OWN,
    ...{ path, mode: undefined, because: undefined },
  }));
  const states = host.services
    .filter(({ enable, enabled }) => enabled.answer === "yes" && !ELSEWHERE.has(enable))
    .flatMap(({ enable, state }) =>
      state.filter((one) => one.kind === "state" && !one.little).map((one) => keptPath(one, enable)),
    );
  const isKept = ({ path }: KeptPath) =>
    [...shape.ownFileSystems, ...modules].some((own) => isAtOrBelow(path, own)) ||
    host.fateOf(path).persisted !== undefined;
  const kept: KeptPath[] = [];
  for (const one of [...base, ...states].filter((state) => !isKept(state))) {
    if (kept.some(({ path }) => isAtOrBelow(one.path, path))) continue;
    kept.splice(0, kept.length, ...kept.filter(({ path }) => !isAtOrBelow(path, one.path)), one);
  }
  return kept;
}

/** The state of a service with a dynamic user: systemd refuses a /var/lib/private that others may enter. */
function keptPath(state: ServiceState, because: string): KeptPath {
  if (state.dynamicUser) return { ...ROOTS_OWN, path: "/var/lib/private", mode: "0700", because };
  return { kind: state.type, path: state.path, user: state.user, group: state.group, mode: state.mode, because };
}
