# shellcheck shell=sh disable=SC2154
# What every verb has around it. The client puts it and the verb's script into one function, so that a script that
# arrives cut runs nothing. Needs: $imp_nonce, $imp_space (private or shared: whose mounts these are), $imp_sudo (what sudo
# said when it refused), $imp_needs_root (yes or no).
PATH=/run/wrappers/bin:/run/current-system/sw/bin:$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin
LC_ALL=C
TZ=UTC0
export PATH LC_ALL TZ

# The client holds standard input open and writes a byte now and then. When that ends, everything here ends.
exec 3<&0 </dev/null
(
  trap '' TERM
  if command -v timeout >/dev/null; then
    while beat=$(timeout 45 dd bs=1 count=1 <&3 2>/dev/null) && [ -n "$beat" ]; do :; done
  else
    cat <&3
  fi
  kill -TERM 0
) >/dev/null 2>&1 &
imp_watch=$!
exec 3<&-
trap 'kill -KILL "$imp_watch" 2>/dev/null' EXIT
trap 'exit 143' HUP INT TERM PIPE

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

# has COMMAND: whether it is installed.
has() { command -v "$1" >/dev/null 2>&1; }

printf '\000IMP 1 %s\000' "$imp_nonce"
record user "$(id -u)" "$(id -un)"
# Which boot this is, also where a container shares the kernel: its first process has an age of its own.
record boot-id "$(cat /proc/sys/kernel/random/boot_id 2>/dev/null) $(sed 's/.*) //' /proc/1/stat 2>/dev/null | cut -d' ' -f20)"
record space "$imp_space"
if [ "$(id -u)" != 0 ]; then
  record sudo "$imp_sudo"
  if [ "$imp_needs_root" = yes ]; then
    record needs-root
    record end 0
    exit
  fi
fi
