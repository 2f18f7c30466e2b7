import { Cell, NixAttrs, NixList, Unknown, type Value } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import type { DerivedMount } from "./derived-mount.ts";
import { readDisko } from "./disko.ts";
import type { Known } from "./host.ts";
import { readMicrovm } from "./microvm.ts";
import { normalise } from "./paths.ts";

/**
 * `config.fileSystems` as far as disko and microvm.nix make it, for configurations that read it back. One function
 * belongs to one host: it reads the host's layout once, and again when another configuration took its place.
 */
export function derivedFileSystems(): (path: readonly string[], root: OptionNode) => Value | undefined {
  let made: { readonly of: OptionNode; readonly mounts: readonly DerivedMount[] } | undefined;
  return (path, root) => {
    const [option, mountpoint, field] = path;
    if (option !== "fileSystems" || path.length > 3) return undefined;
    if (made?.of !== root) made = { of: root, mounts: [...readDisko(root).mounts, ...readMicrovm(root).mounts] };
    const { mounts } = made;
    if (mountpoint === undefined) return mounts.length === 0 ? undefined : everyMount(mounts);
    const mount = mounts.findLast((one) => normalise(one.mountpoint) === normalise(mountpoint));
    if (!mount) return undefined;
    const fields = fieldsOf(mount);
    return field === undefined ? fields : fields.get(field)?.force();
  };
}

function everyMount(mounts: readonly DerivedMount[]): NixAttrs {
  return new NixAttrs(new Map(mounts.map((mount) => [mount.mountpoint, Cell.lazy(() => fieldsOf(mount))])));
}

function fieldsOf(mount: DerivedMount): NixAttrs {
  return NixAttrs.of({
    enable: Cell.of(true),
    mountPoint: Cell.of(mount.mountpoint),
    device: Cell.of(asValue(mount.device)),
    fsType: Cell.of(asValue(mount.fsType)),
    options: Cell.of(NixList.of(mount.options.map(({ text }) => Cell.of(text)))),
    neededForBoot: Cell.of(mount.neededForBoot),
  });
}

function asValue(value: Known<string>): Value {
  return value.known ? value.value : new Unknown(value.why, value.place);
}
