import type { ConfiguredHost } from "../../remote/remote-command.ts";

/** The hosts of the configuration in a folder; each is evaluated when it is asked for. */
export interface Configuration {
  readonly names: readonly string[];
  /** Undefined when there is no such host, a reason when it cannot be evaluated. */
  find(name: string): ConfiguredHost | { readonly why: string } | undefined;
}

type Open = (folder: string) => Promise<Configuration>;

let open: Open = () => Promise.reject(new Error("this program was read without what evaluates a configuration"));

/** Says what evaluates: most commands on hosts do without, and read a program that does not hold it. */
export function evaluateWith(opener: Open): void {
  open = opener;
}

/** Opens the configuration in a folder. */
export function openConfiguration(folder: string): Promise<Configuration> {
  return open(folder);
}
