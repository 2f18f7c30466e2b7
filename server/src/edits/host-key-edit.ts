import type { PersistedPath, Store } from "../host/host.ts";
import { joinPath } from "../host/paths.ts";
import { bindingAt } from "../host/read-values.ts";
import { mergeEdits } from "./combine-plans.ts";
import { entriesOf, listAround } from "./list-entries.ts";
import { removeEntry } from "./move-entry.ts";
import { quote } from "./nix-text.ts";
import { appendToListOption, type EditContext, type FileEdits, setOption } from "./option-edit.ts";
import { removeBindingAt } from "./place-edit.ts";
import type { TextEdit } from "./text-edit.ts";

const HOST_KEYS = ["services", "openssh", "hostKeys"];
const KEY = /^\/etc\/ssh\/ssh_host_([a-z0-9]+)_key$/;

/** The type of a host key by its usual path; undefined for other paths, the public half included. */
export function hostKeyType(path: string): string | undefined {
  return KEY.exec(path)?.[1];
}

/**
 * Lets sshd keep its keys in the store itself, and takes the entries for the files (public halves too) out of the
 * lists. The data is where it was: what is persisted as /etc/ssh/… in a store is at <store>/etc/ssh/….
 */
export function hostKeysInStore(context: EditContext, store: Store): FileEdits | undefined {
  const { host } = context;
  if (!store.path.known || host.config.at(...HOST_KEYS).isDefined() !== false) return undefined;
  const files = store.files.filter(({ path }) => hostKeyType(path.replace(/\.pub$/, "")) !== undefined);
  const keys = files.filter(({ path }) => hostKeyType(path) !== undefined);
  if (keys.length === 0) return undefined;
  const removed = removals(context, files);
  const home = store.path.value;
  const set = setOption(context, HOST_KEYS, listOf(keys.map(({ path }) => keyText(joinPath(home, path)))));
  if (!removed || !set) return undefined;
  return disjoint(removed, set) ? mergeEdits(removed, set) : undefined;
}

/**
 * The other way round: entries for the usual files in place of `services.openssh.hostKeys`, whose paths must be those
 * of the files in the store.
 */
export function hostKeysAsFiles(context: EditContext, store: Store, paths: readonly string[]): FileEdits | undefined {
  if (!store.path.known || store.option[0] === "home-manager") return undefined;
  const home = store.path.value;
  const usual = paths.map((path) => (path.startsWith(`${home}/`) ? path.slice(home.length) : ""));
  if (usual.length === 0 || usual.some((path) => hostKeyType(path) === undefined)) return undefined;
  const removed = removeBindingAt(context, bindingAt(context.host.config.at(...HOST_KEYS)));
  const entries = usual.flatMap((path) => [
    store.module === "preservation" ? `{ file = ${quote(path)}; mode = "0600"; }` : quote(path),
    quote(`${path}.pub`),
  ]);
  const added = appendToListOption(context, [...store.option, "files"], entries);
  if (!removed || !added) return undefined;
  return disjoint(removed, added) ? mergeEdits(removed, added) : undefined;
}

function removals(context: EditContext, files: readonly PersistedPath[]): FileEdits | undefined {
  const edits = new Map<string, TextEdit[]>();
  for (const { place, editable } of files) {
    const program = editable && place ? context.program(place.file) : undefined;
    const list = program && place && listAround(program, place);
    const entry =
      program && list
        ? entriesOf(program, list).find(({ element }) => element.start <= place.start && place.end <= element.end)
        : undefined;
    if (!program || !entry) return undefined;
    edits.set(program.path, [...(edits.get(program.path) ?? []), removeEntry(program, entry)]);
  }
  return edits;
}

function keyText(path: string): string {
  const type = KEY.exec(path.slice(path.lastIndexOf("/etc/ssh/")))?.[1] ?? "ed25519";
  const bits = type === "rsa" ? " bits = 4096;" : "";
  return `{ path = ${quote(path)}; type = ${quote(type)};${bits} }`;
}

function listOf(elements: readonly string[]): string {
  return elements.length < 2 ? `[ ${elements.join(" ")} ]` : `[\n${elements.map((one) => `  ${one}\n`).join("")}]`;
}

function disjoint(a: FileEdits, b: FileEdits): boolean {
  return [...a].every(([file, edits]) =>
    edits.every((one) => !(b.get(file) ?? []).some((other) => one.start < other.end && other.start < one.end)),
  );
}
