# shellcheck shell=bash disable=SC2164
# Makes two read-only snapshots, base and now, with all that send streams can hold. Read by sandbox.ts's shell.
set_xattr() { python3 -c 'import os,sys; os.setxattr(sys.argv[1], sys.argv[2], sys.argv[3].encode(), follow_symlinks=False)' "$@"; }
deep() { local name; name=$(printf 'd%.0s' $(seq 240)); for _ in $(seq 15); do mkdir "$name"; cd "$name"; done; }

make_base() {
  btrfs -q subvolume create live
  cd live
  mkdir -p dir/sub moved gone replaced swap1 swap2 "sp ace" $'new\nline' $'bad\xff\x01' 'back\slash'
  echo hi >dir/file; ln dir/file "dir/second name"; ln dir/file third
  echo old >dir/overwritten; echo new >dir/winner; echo a >swap1/a; echo b >swap2/b
  ln -s 'to where\ever' link; mkfifo pipe; mknod device c 5 260; mknod block b 8 1
  set_xattr dir/file user.one 'value with = and spaces'
  head -c 300000 /dev/zero | tr '\0' y >compressible; head -c 200000 /dev/urandom >random
  (deep; echo deep >bottom)
  btrfs -q subvolume create nested; echo x >nested/inside; btrfs -q subvolume create gone/nested
  cd ..
  btrfs -q subvolume snapshot -r live base
}

make_now() {
  cd live
  mv -f dir/winner dir/overwritten; mv dir/sub moved/sub; mv swap1 swap3; mv swap2 swap1; mv swap3 swap2
  rm third; ln dir/file fourth; rm link; ln -s elsewhere link
  rm -r replaced; echo file >replaced
  btrfs -q subvolume delete gone/nested; rm -r gone; btrfs -q subvolume delete nested
  set_xattr "dir/second name" user.two $'bin\x02ary'; python3 -c 'import os; os.removexattr("dir/file", "user.one")'
  cp --reflink=always random clone; head -c 5000 /dev/urandom >>random; truncate -s 1000000 sparse; truncate -s 7 compressible
  fallocate -l 8192 reserved; fallocate -p -o 0 -l 4096 random
  chmod 4711 pipe; chown 7:8 device; chown -h 9:10 link; chattr +d dir/file; rm pipe; mkfifo $'pi\tpe'
  (cd "$(echo ddd*)"; mv ./* renamed); touch -d 1960-01-01 dir; touch -d '2100-01-01 00:00:00.5' clone
  cd ..
  btrfs -q subvolume snapshot -r live now
}
