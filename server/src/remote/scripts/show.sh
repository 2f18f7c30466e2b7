# shellcheck shell=sh disable=SC2034,SC2154
# The content of one file: asks for PLACE LIMIT PATH. PLACE is the id of a subvolume, or a folder, without what is mounted in it;
# PATH begins with ./ and is one below it. What is longer than LIMIT bytes is not sent. Runs after diff-facts.sh.
record ask
heard
eval "set -- $imp_answer"
[ "$imp_space" = private ] || refuse no-root ""
case $1 in
  /*)
    [ -d "$1" ] || refuse no-folder "$1"
    imp_said=$(mount -n --bind -- "$1" /tmp/now 2>&1) || refuse no-mount "$imp_said"
    ;;
  *) by_id "$imp_device" "$1" /tmp/now ;;
esac
cd /tmp/now || refuse changed ""
# A link on the way would lead into the running system, and show something else.
imp_folder=$3
while [ "$imp_folder" != "${imp_folder%/*}" ]; do
  imp_folder=${imp_folder%/*}
  [ -L "$imp_folder" ] && refuse link "$imp_folder"
done
describe "$3"
if [ -f "$3" ] && ! [ -L "$3" ]; then
  # A copy, so that the length is known and stays true while it is sent.
  head -c "$(($2 + 1))" -- "$3" >/tmp/content 2>/tmp/said || refuse no-read "$(head -c 1000 /tmp/said)"
  imp_size=$(stat -c %s /tmp/content)
  if [ "$imp_size" -le "$2" ]; then
    record content "$imp_size"
    record stream
    cat /tmp/content
  fi
fi
