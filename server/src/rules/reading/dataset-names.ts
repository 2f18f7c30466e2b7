/** Whether the name of a dataset, or of one around it, says that it is not to be saved. */
export function isLeftOutByName(dataset: string): boolean {
  return NOT_MEANT.test(dataset);
}

const NOT_MEANT =
  /(^|\/)(local|nix|root|te?mp|caches?|scratch|swap|logs?|no-?(backup|snap)\w*|ephemeral|blank|docker|containers|media|downloads?|torrents?|vm-?images|old|archives?|tm|[\w-]*backups?([-_]\w+)*|replicas?)(\/|$)/i;
