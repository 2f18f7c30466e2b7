import type { ConfiguredHost } from "../remote-command.ts";

/** What the next boot does to the places of a subvolume, by the configuration. */
export async function pathFatesNote(places: readonly string[], host: ConfiguredHost | undefined): Promise<string[]> {
  if (!host || places.length === 0) return [];
  const fates = await host.fates(places);
  return places.flatMap((path, index) =>
    fates[index]?.survives === "no"
      ? [`By the configuration, the next boot discards ${path}, and the rollback with it.`]
      : [],
  );
}
