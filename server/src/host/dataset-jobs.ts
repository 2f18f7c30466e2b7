import type { Place } from "../eval/origin.ts";
import { NixAttrs } from "../eval/value.ts";
import type { OptionNode } from "../modules/option-node.ts";
import { perNode } from "./per-node.ts";
import { childrenOf, itemNode, nameAt, openOf, readBoolean, readItems, readString, readTexts } from "./read-values.ts";

/** A job that takes snapshots of datasets of ZFS, or sends them elsewhere. */
export interface DatasetJob {
  readonly tool: "sanoid" | "syncoid" | "zrepl";
  readonly kind: "snapshot" | "send";
  readonly name: string;
  readonly place: Place | undefined;
  readonly node: OptionNode;
  /** Whether it only sends the snapshots that others make: syncoid with `--no-sync-snap`. */
  readonly makesNone?: boolean;
  /** The longest that fits decides. */
  readonly filters: readonly DatasetFilter[];
  /** Why it may take others than these. */
  readonly open: string | undefined;
}

export interface DatasetFilter {
  readonly dataset: string;
  /** With all that is below. */
  readonly tree: boolean;
  readonly takes: boolean;
  /** sanoid's `process_children_only`: not the dataset itself. */
  readonly childrenOnly?: boolean;
  readonly place: Place | undefined;
}

/** What sanoid, syncoid and zrepl take on this host. */
export function datasetJobs(root: OptionNode): readonly DatasetJob[] {
  const services = root.child("services");
  return [
    ...sanoid(services.child("sanoid")),
    ...syncoid(services.child("syncoid")),
    ...zrepl(services.child("zrepl")),
  ];
}

/** Whether a job takes a dataset. */
export function takesDataset(job: DatasetJob, dataset: string): boolean {
  const fitting = job.filters.filter(
    (one) => one.dataset === dataset || (one.tree && (one.dataset === "" || dataset.startsWith(`${one.dataset}/`))),
  );
  const [best] = [...fitting].sort((a, b) => b.dataset.length - a.dataset.length || Number(a.tree) - Number(b.tree));
  return best?.takes === true;
}

function isOn(group: OptionNode): boolean {
  const enabled = readBoolean(group.child("enable"));
  return enabled?.known === true && enabled.value;
}

const sanoid = perNode((group): readonly DatasetJob[] => {
  if (!isOn(group)) return [];
  const datasets = group.child("datasets");
  let open = openOf(datasets)?.why;
  const filters = childrenOf(datasets).flatMap(({ name, node, certain }): DatasetFilter[] => {
    const templates = ["use_template", "useTemplate"].flatMap((key) => readTexts(node.child(key)).texts);
    const sections = [node, ...templates.map(({ text }) => group.at("templates", text))];
    const takes = sections.map((one) => readBoolean(one.child("autosnap"))).find((one) => one !== undefined);
    const recursive = sections.map((one) => one.child("recursive")).find((one) => one.isDefined() !== false);
    const word = recursive && readString(recursive);
    const flag = recursive && readBoolean(recursive);
    if (certain.answer !== "yes" || takes?.known === false) open ??= `what is done for ${name} is not known`;
    const tree = (word?.known === true && word.value === "zfs") || (flag?.known === true && flag.value);
    const place = nameAt(node);
    const only = sections
      .flatMap((one) => ["process_children_only", "processChildrenOnly"].map((key) => readBoolean(one.child(key))))
      .find((flag) => flag !== undefined);
    const own = {
      dataset: name,
      takes: takes?.known === true ? takes.value : true,
      ...(only?.known && only.value ? { childrenOnly: true } : {}),
      place,
    };
    return [{ ...own, tree }];
  });
  const first = { tool: "sanoid", kind: "snapshot", name: "sanoid", node: datasets } as const;
  return filters.length > 0 ? [{ ...first, place: nameAt(datasets), filters, open }] : [];
});

const syncoid = perNode((group): readonly DatasetJob[] => {
  if (!isOn(group)) return [];
  const common = readTexts(group.child("commonArgs"));
  return childrenOf(group.child("commands")).flatMap(({ name, node, certain }): DatasetJob[] => {
    const named = readString(node.child("source"));
    const source = named === undefined ? name : named.known ? named.value : undefined;
    // What comes from another host is no dataset of this one.
    if (source !== undefined && /[@:]/.test(source)) return [];
    const own = readTexts(node.child("extraArgs"));
    const flags = [...common.texts, ...own.texts].map(({ text }) => text).join(" ");
    const recursive = readBoolean(node.child("recursive"));
    const tree = (recursive?.known === true && recursive.value) || /(^|\s)(-r|--recursive)(\s|$)/.test(flags);
    const hidden = [...common.open, ...own.open][0]?.why;
    const open =
      certain.answer === "unknown"
        ? certain.why
        : source === undefined
          ? "its source is not known"
          : (hidden ?? (/--exclude/.test(flags) ? "it leaves some out by pattern" : undefined));
    const place = named?.place ?? nameAt(node);
    const filters = source === undefined ? [] : [{ dataset: source, tree, takes: true, place }];
    const makesNone = /(^|\s)--no-sync-snap(\s|$)/.test(flags);
    return [{ tool: "syncoid", kind: "send", name, place: nameAt(node), node, makesNone, filters, open }];
  });
});

const zrepl = perNode((group): readonly DatasetJob[] => {
  if (!isOn(group)) return [];
  return zreplJobs(group).flatMap(({ name, type, node, place }): DatasetJob[] => {
    if (type !== "push" && type !== "source" && type !== "snap") return [];
    const list = node.child("filesystems");
    let open = openOf(list)?.why;
    const filters = childrenOf(list).map((one): DatasetFilter => {
      const takes = readBoolean(one.node);
      if (takes?.known !== true) open ??= `whether it takes ${one.name} is not known`;
      const dataset = one.name.replace(/<$/, "");
      return {
        dataset,
        tree: one.name.endsWith("<"),
        takes: takes?.known === true && takes.value,
        place: nameAt(one.node),
      };
    });
    return [{ tool: "zrepl", kind: type === "snap" ? "snapshot" : "send", name, place, node, filters, open }];
  });
});

/** The jobs of `services.zrepl.settings.jobs` with what they are. */
export const zreplJobs = perNode(
  (
    group,
  ): readonly {
    readonly name: string;
    readonly type: string;
    readonly node: OptionNode;
    readonly place: Place | undefined;
  }[] => {
    const jobs = group.at("settings", "jobs");
    return readItems(jobs).items.flatMap((item, index) => {
      if (item.certain.answer !== "yes" || !(item.value instanceof NixAttrs)) return [];
      const node = itemNode(item, [...jobs.path, String(index)]);
      const type = readString(node.child("type"));
      const name = readString(node.child("name"));
      if (!type?.known) return [];
      return [
        { name: name?.known ? name.value : type.value, type: type.value, node, place: name?.place ?? item.place },
      ];
    });
  },
);
