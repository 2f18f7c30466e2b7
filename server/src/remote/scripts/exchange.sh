# shellcheck shell=sh disable=SC2016,SC2154
# Swapping two names at once: renameat2(2) with RENAME_EXCHANGE, by what the host has for it.

# exchanger: how this host exchanges names, in $imp_exchanger: mv, exch, perl, python3 or none.
exchanger() {
  imp_exchanger=none
  case $(uname -m) in
    x86_64) imp_call=316 ;;
    aarch64 | riscv64 | loongarch64) imp_call=276 ;;
    i?86) imp_call=353 ;;
    arm*) imp_call=382 ;;
    ppc64*) imp_call=357 ;;
    *) imp_call= ;;
  esac
  if mv --help 2>/dev/null | grep -q -- --exchange; then
    imp_exchanger="mv"
  elif has exch; then
    imp_exchanger=exch
  elif [ -n "$imp_call" ] && has perl && perl -e 1 2>/dev/null; then
    imp_exchanger=perl
  elif has python3 && python3 -c 'import ctypes' 2>/dev/null; then
    imp_exchanger=python3
  fi
}

# exchange PATH PATH: fails without having done anything.
exchange() {
  case $imp_exchanger in
    mv) mv -T --exchange -- "$1" "$2" ;;
    exch) exch "$1" "$2" ;;
    perl) perl -e 'exit(syscall(shift() + 0, -100, $ARGV[0], -100, $ARGV[1], 2) == 0 ? 0 : 1)' "$imp_call" "$1" "$2" ;;
    python3) python3 -c 'import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
a, b = (os.fsencode(one) for one in sys.argv[1:])
sys.exit(0 if libc.renameat2(-100, a, -100, b, 2) == 0 else 1)' "$1" "$2" ;;
    *) return 1 ;;
  esac
}
