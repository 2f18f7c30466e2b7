# shellcheck shell=sh disable=SC2154
# The rollbacks that the filesystems know of. Runs after toplevels.sh, words.sh and rollback-state.sh. Changes nothing.
imp_index=0
while [ "$imp_index" -lt "$imp_filesystems" ]; do
  for imp_found in "/tmp/$imp_index/$imp_rollbacks"/*; do
    if ! is_rollback "$imp_found"; then continue; fi
    open_rollback "$imp_index" "$imp_found"
    record rollback "$imp_index" "${imp_found##*/}" "$(cat "$imp_found/phase" 2>/dev/null)" "$(where_it_is)" \
      "$(cat "$imp_found/when" 2>/dev/null)" "$(cat "$imp_found/by" 2>/dev/null)" "$imp_path"
    kept "$imp_found/source"
    record rollback-source "$imp_index" "${imp_found##*/}" "$imp_value"
    record rollback-other "$imp_index" "${imp_found##*/}" "$(uuid_at "$imp_found/other")" "$(id_at "$imp_found/other")"
  done
  imp_index=$((imp_index + 1))
done
