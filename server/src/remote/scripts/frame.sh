# shellcheck shell=sh disable=SC2154
# What every verb has around it. The client puts it and the verb's script into one function, so that a script that
# arrives cut runs nothing. Needs: $imp_nonce, $imp_space (private or shared: whose mounts these are), $imp_sudo (what sudo
# said when it refused), $imp_needs_root (yes or no).
PATH=/run/wrappers/bin:/run/current-system/sw/bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
LC_ALL=C
TZ=UTC0
export PATH LC_ALL TZ
# What else of an account's environment would change what programs do, or how long `read` of bash waits for the client. Their
# temporary files belong into our /tmp.
unset BLOCKSIZE BLOCK_SIZE CDPATH DF_BLOCK_SIZE DU_BLOCK_SIZE GREP_OPTIONS POSIXLY_CORRECT TMOUT TMPDIR

# The client holds standard input open and writes a byte now and then. When that ends, everything here ends.
exec 3<&0 </dev/null
# listen: hears the client: a dot now and then; an equals sign when it answers, which `heard` reads; or nothing any more.
listen() {
  (
    trap '' TERM
    imp_limit='timeout 45'
    command -v timeout >/dev/null || imp_limit=
    while imp_beat=$($imp_limit dd bs=1 count=1 <&3 2>/dev/null) && [ -n "$imp_beat" ]; do
      [ "$imp_beat" != = ] || exit 0
    done
    kill -TERM 0
  ) >/dev/null 2>&1 &
  imp_watch=$!
}
listen
trap 'kill -KILL "$imp_watch" 2>/dev/null' EXIT
trap 'over 143' HUP INT TERM PIPE

# over STATUS: ends the script. No signal cuts short what its EXIT trap cleans up: a shell that is told to exit in that trap
# does not begin it again, and one signal often comes twice, since sudo hands on what the whole group was sent.
over() {
  trap '' HUP INT TERM PIPE
  exit "$1"
}

# record KIND FIELD...: fields apart by 0x1F, ended by NUL. Only the last field may hold anything.
record() {
  imp_kind=$1
  shift
  printf '%s' "$imp_kind"
  for imp_field; do printf '\037%s' "$imp_field"; done
  printf '\000'
}

# output NAME COMMAND...: what a command prints, with its exit status. Output never holds NUL, so nothing can end it early.
output() {
  imp_name=$1
  shift
  imp_text=$("$@" 2>/dev/null; printf '\n%s' "$?")
  imp_status=${imp_text##*
}
  record output "$imp_name" "$imp_status" "${imp_text%?"$imp_status"}"
}

# answered, heard: what the client answers to a record `ask`, in $imp_answer: words in quotes, for `eval "set -- $imp_answer"`. They
# come in a line that begins with a blank, or behind their length. An answer that is cut on its way ends everything. Nobody
# hears the client then until somebody calls `listen`.
answered() {
  wait "$imp_watch"
  IFS= read -r imp_answer <&3 || over 143
  case $imp_answer in
    [0-9]*)
      imp_length=$imp_answer
      imp_answer=$(timeout 45 head -c "$imp_length" <&3)
      [ "${#imp_answer}" = "$imp_length" ] || over 143
      ;;
  esac
}
heard() {
  answered
  listen
}

# only_line FILE: its first line, in $imp_line, without the start of a program.
only_line() {
  imp_line=
  { IFS= read -r imp_line <"$1"; } 2>/dev/null
}

# started PID: when a process was started, in ticks since the boot, in $imp_started. Its name may hold blanks and brackets.
started() {
  imp_started=
  only_line "/proc/$1/stat"
  # shellcheck disable=SC2086 # words
  set -- ${imp_line##*) }
  [ "$#" -lt 20 ] && return
  shift 19
  imp_started=$1
}

# has COMMAND: whether it is installed.
has() { command -v "$1" >/dev/null 2>&1; }

printf '\000IMP 1 %s\000' "$imp_nonce"
if [ "$imp_space" = private ]; then
  # Nobody else gets mounts of its own.
  imp_uid=0 imp_user=root
else
  # Of "uid=1000(josh) gid=100(users)"; without a name there are no brackets.
  imp_ids=$(id)
  imp_uid=${imp_ids#uid=}
  imp_uid=${imp_uid%%[!0-9]*}
  imp_user=
  case $imp_ids in "uid=$imp_uid("*) imp_user=${imp_ids#*\(} imp_user=${imp_user%%)*} ;; esac
fi
record user "$imp_uid" "$imp_user"
# Which boot this is, also where a container shares the kernel: its first process has an age of its own.
only_line /proc/sys/kernel/random/boot_id
imp_boot=$imp_line
started 1
imp_boot_id="$imp_boot $imp_started"
record boot-id "$imp_boot_id"
record space "$imp_space"
if [ "$imp_uid" != 0 ]; then
  record sudo "$imp_sudo"
  if [ "$imp_needs_root" = yes ]; then
    record needs-root
    record end 0
    over 0
  fi
fi
