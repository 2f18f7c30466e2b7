import { quote } from "./nix-text.ts";
import { appendToListOption, type EditContext, type FileEdits } from "./option-edit.ts";

/** A directory that shall be NOCOW; owner and mode are needed for one that tmpfiles shall create. */
export interface NocowDirectory {
  readonly path: string;
  readonly user?: string | undefined;
  readonly group?: string | undefined;
  readonly mode?: string | undefined;
  /** Something else creates it (a mountpoint, a persisted directory): tmpfiles must not touch owner and mode. */
  readonly exists: boolean;
}

/**
 * Adds the tmpfiles rules that create a directory and mark it NOCOW while it is empty. New files in it
 * inherit the mark; files that exist already must be copied once. `near` is the module that has to do with it.
 */
export function addNocowDirectory(
  context: EditContext,
  directory: NocowDirectory,
  near?: string,
): FileEdits | undefined {
  const { path, user = "root", group = "root", mode = "0755", exists } = directory;
  const create = exists ? [] : [`d ${path} ${mode} ${user} ${group} -`];
  const rules = [...create, `h ${path} - - - - +C`];
  return appendToListOption(context, ["systemd", "tmpfiles", "rules"], rules.map(quote), near);
}
