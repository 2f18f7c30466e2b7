/** What the server process is doing, as the client sees it. */
export type ServerState =
  | { readonly kind: "starting" }
  | { readonly kind: "running" }
  /** It died and will be started again after `delay` milliseconds. */
  | { readonly kind: "waiting"; readonly delay: number; readonly crashes: number }
  /** It died and stays down until the user starts it. */
  | { readonly kind: "down"; readonly why: string }
  /** It was never started, because there is nothing it could read. */
  | { readonly kind: "off"; readonly why: string };
