/**
 * Whether a text names a folder below the project that Nix can name as it is: no way out, no blanks, nothing that would
 * have to be quoted.
 */
export function isModulesFolder(text: string): boolean {
  return /^[\w@.+-]+(\/[\w@.+-]+)*$/.test(text) && !text.split("/").some((part) => part === "." || part === "..");
}
