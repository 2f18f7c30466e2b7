# shellcheck shell=sh
# What the paths in "$@" are: one record for each, by its number.
imp_number=0
for imp_path; do
  if [ -L "$imp_path" ]; then
    record path "$imp_number" link "$(readlink -- "$imp_path"; echo /)"
  elif [ -d "$imp_path" ]; then
    record path "$imp_number" directory
  elif [ -f "$imp_path" ]; then
    record path "$imp_number" file
  elif [ -e "$imp_path" ]; then
    record path "$imp_number" other
  else
    record path "$imp_number" none
  fi
  imp_number=$((imp_number + 1))
done
