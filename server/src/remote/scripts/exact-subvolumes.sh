# shellcheck shell=sh
# listed TOP: what btrfs lists of every subvolume, in lines of two kinds, after the letters a and b.
listed() {
  {
    btrfs subvolume list "$1" | sed 's/^/a/'
    btrfs subvolume list -pcguqR "$1" | sed 's/^/b/'
  } 2>/dev/null
}

# has_odd_names LISTED: whether some name holds a newline: it could make up a line about another subvolume. Every account can
# make subvolumes with such names. A line that was made up for one kind of list is none of the other kind.
has_odd_names() {
  printf '%s\n' "$1" | grep -qv -e '^aID [0-9]* gen [0-9]* top level [0-9]* path ' \
    -e '^bID [0-9]* gen [0-9]* cgen [0-9]* parent [0-9]* top level [0-9]* parent_uuid ' -e '^$'
}

# exact_subvolumes SUFFIX TOP: the path of every subvolume by its number, where names could make up lines. By those, and in
# their order, the lists tell what is a line of theirs.
exact_subvolumes() {
  imp_lists=$(listed "$2")
  if has_odd_names "$imp_lists"; then
    record output "exact$1" 0 ""
    for imp_id in $(printf '%s\n' "$imp_lists" | sed -n 's/^[ab]ID \([0-9]\{1,19\}\) gen .*/\1/p' | sort -un); do
      printf 'output\037path%s.%s\0370\037' "$1" "$imp_id"
      btrfs inspect-internal subvolid-resolve "$imp_id" "$2" 2>/dev/null
      printf '\000'
    done
  fi
}
