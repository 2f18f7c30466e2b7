# shellcheck shell=sh disable=SC2154
# refuse REASON TEXT: ends the script without doing more. TEXT may hold anything.
refuse() {
  record refused "$1" "$2"
  record end 0
  over 0
}

# lock VERB: only one of the scripts that change something runs on a host at a time. The kernel takes the lock back when
# the process ends, however it ends; the text in the file is only for whoever has to wait.
lock() {
  has flock || refuse no-flock ""
  # Not with exec at once: a shell ends when exec cannot open a file. Whoever could open it could hold it for ever.
  (umask 077 && true >>/run/nix-impermanence.lock) 2>/dev/null ||
    refuse no-lock "/run/nix-impermanence.lock cannot be written on the host"
  chmod 600 /run/nix-impermanence.lock
  exec 9>>/run/nix-impermanence.lock
  # What was cancelled or has just ended needs a moment to let go.
  imp_try=0
  while ! flock -n 9 && [ "$imp_try" -lt 6 ]; do
    imp_try=$((imp_try + 1))
    sleep 0.25 2>/dev/null || sleep 1
  done
  [ "$imp_try" -lt 6 ] || refuse locked "$(head -c 200 /run/nix-impermanence.lock | tr -c '[:print:]' ' ')"
  printf '%s %s %s' "$(date +%s)" "${SUDO_USER:-${DOAS_USER:-$imp_user}}" "$1" >/run/nix-impermanence.lock
}

# audit TEXT: one line in the host's journal.
audit() { audit_each "$(printf '%s' "$1" | tr '\n' '?')"; }

# audit_each LINES: one for each of them.
audit_each() {
  printf '%s\n' "$1" | while IFS= read -r imp_line; do
    printf '%s user=%s\n' "$imp_line" "${SUDO_USER:-${DOAS_USER:-$imp_user}}"
  done | tr '\000-\011\013-\037\177' '?' | if has logger; then
    logger -t nix-impermanence -p authpriv.notice 2>/dev/null
  elif has systemd-cat; then
    systemd-cat -t nix-impermanence -p notice 2>/dev/null
  fi
}
