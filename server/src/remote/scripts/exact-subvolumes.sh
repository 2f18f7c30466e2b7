# shellcheck shell=sh
# exact_subvolumes SUFFIX TOP: asks for every subvolume by its number when some name holds a newline: it could make up a line
# about another one, in the list of all. Every account can make subvolumes with such names. A line that was made up for
# one kind of list is none of the other kind.
exact_subvolumes() {
  imp_lists=$({
    btrfs subvolume list "$2" | sed 's/^/a/'
    btrfs subvolume list -pcguqR "$2" | sed 's/^/b/'
  } 2>/dev/null)
  if printf '%s\n' "$imp_lists" | grep -qv -e '^aID [0-9]* gen [0-9]* top level [0-9]* path ' \
    -e '^bID [0-9]* gen [0-9]* cgen [0-9]* parent [0-9]* top level [0-9]* parent_uuid ' -e '^$'; then
    record output "exact$1" 0 ""
    for imp_id in $(printf '%s\n' "$imp_lists" | sed -n 's/^[ab]ID \([0-9]\{1,19\}\) gen .*/\1/p' | sort -un); do
      output "path$1.$imp_id" btrfs inspect-internal subvolid-resolve "$imp_id" "$2"
      output "exact$1.$imp_id" btrfs subvolume show -r "$imp_id" "$2"
    done
  fi
}
