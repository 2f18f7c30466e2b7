# shellcheck shell=sh
# only_root_writes FOLDER: whether it is a folder, no link to one, in which nobody but root can put, rename or remove anything.
only_root_writes() {
  if [ -L "$1" ]; then return 1; fi
  imp_facts=$(stat -c '%F/%u/%g/%a' -- "$1" 2>/dev/null)
  case $imp_facts in
    directory/0/*[2367]) return 1 ;;
    directory/0/*/*[2367]?)
      # What a group may, as long as it is not root's; with a list of access rights, what is in that.
      case $imp_facts in directory/0/0/*) ;; *) return 1 ;; esac
      case $(ls -ld -- "$1" 2>/dev/null) in ??????????+*) return 1 ;; esac
      ;;
    directory/0/*) ;;
    *) return 1 ;;
  esac
}

# only_root_replaces FOLDER: whether nobody but root can rename or remove what root has in it.
only_root_replaces() {
  if only_root_writes "$1"; then return 0; fi
  # In a sticky folder everybody can rename only what is their own.
  case $(stat -c '%F/%u/%a' -- "$1" 2>/dev/null) in directory/0/[1357]???) return 0 ;; esac
  return 1
}

# is_trusted TOP PATH: whether nobody but root can put something into the folder TOP/PATH, or another folder in its place.
is_trusted() {
  imp_at=$1${2:+/$2}
  if ! only_root_writes "$imp_at"; then return 1; fi
  while [ "$imp_at" != "$1" ]; do
    imp_at=${imp_at%/*}
    if [ -L "$imp_at" ] || ! only_root_replaces "$imp_at"; then return 1; fi
  done
}
