/** Whether a path is one that nobody misses in a snapshot, or in which snapshots themselves are kept. */
export function isLittleInSnapshots(path: string): boolean {
  return LITTLE.test(path);
}

/** Whether a path or a name of a subvolume says that it is one to have what is in it in no snapshot. */
export function isLeftOutByPlace(name: string): boolean {
  return LEFT_OUT.test(name);
}

const LITTLE =
  /\/(\.?snapshots?|\.?swap\w*|\.?cache|tmp|machines|portables|docker|containers|nix|old_roots)(\/|$)|snap/i;

const LEFT_OUT =
  /(^|[/@_-])(\.?(cache|local|steam|var)|caches?|downloads?|games?|steam\w*|steamapps|te?mp|scratch|log|logs|nix|swap\w*|vms?|libvirt|images|docker|podman|containers?|machines|torrents?|no-?snap\w*|no-?backup|transcodes?|incomplete|thumbs|srv|spool|opt|usr|root|home)$/i;
