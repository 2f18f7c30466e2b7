/** What lies at a path, as far as the workspace may know. */
export type FileKind = "regular" | "directory" | "symlink" | "unknown";

/**
 * The files evaluation may see: those below the workspace roots, symlinks leaving them excluded.
 * Paths are absolute, normalised, with `/` separators. Every answer is a value, never an exception.
 */
export interface FileSource {
  /** Whether the path lies below a root; everything else is unknown, even whether it exists. */
  covers(path: string): boolean;
  /** The kind of what is there, or undefined when there is nothing. */
  kind(path: string): FileKind | undefined;
  /** The text, or why it cannot be had. */
  read(path: string): { text: string } | { why: string };
  /** Names and kinds in a directory, or undefined when it is none. */
  list(path: string): ReadonlyMap<string, FileKind> | undefined;
  /**
   * The folder of the local Nix store that holds the content with this hash (`narHash` of `flake.lock`), when it is
   * there and the user lets it be read. From then on it is covered.
   */
  stored?(narHash: string): string | undefined;
}
