# shellcheck shell=sh disable=SC2034,SC2154
# The content of one file: DEVICE ID LIMIT PATH. ID 0 is the filesystem at / without what is mounted in it; PATH begins
# with ./ and is one below it. What is longer than LIMIT bytes is not sent.
private_folder
can_walk
if [ "$2" = 0 ]; then
  imp_said=$(mount -n --bind / /tmp/now 2>&1) || refuse no-mount "$imp_said"
else
  by_id "$1" "$2" /tmp/now
fi
cd /tmp/now || refuse changed ""
# A link on the way would lead into the running system, and show something else.
imp_folder=$4
while [ "$imp_folder" != "${imp_folder%/*}" ]; do
  imp_folder=${imp_folder%/*}
  [ -L "$imp_folder" ] && refuse link "$imp_folder"
done
imp_form=%p
walk details "$4" -maxdepth 0
if [ -f "$4" ] && ! [ -L "$4" ]; then
  # A copy, so that the length is known and stays true while it is sent.
  head -c "$(($3 + 1))" -- "$4" >/tmp/content 2>/tmp/said || refuse no-read "$(head -c 1000 /tmp/said)"
  imp_size=$(stat -c %s /tmp/content)
  if [ "$imp_size" -le "$3" ]; then
    record content "$imp_size"
    record stream
    cat /tmp/content
  fi
fi
