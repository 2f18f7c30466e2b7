"""Makes a random history on a btrfs directory: base tree, snapshot, changes, snapshot. Arguments: top, seed."""
import os, random, subprocess, sys

top, seed = sys.argv[1].encode(), int(sys.argv[2])
rng = random.Random(seed)
root = top + b"/live%d" % seed
NAMES = [b"a", b"b", b"new\nline", b"bad\xff\xfe", b"quo'te\"", b"sp ace", b"$(x)", b"-dash", "\u202ebidi".encode(), b"c"]


def run(*args):
    subprocess.run(args, check=True, stdout=subprocess.DEVNULL)


def entries():
    found = []
    for at, dirs, files in os.walk(root):
        found += [os.path.join(at, name) for name in dirs + files]
    return sorted(found)


def directories():
    return [root] + [e for e in entries() if os.path.isdir(e) and not os.path.islink(e)]


def free():
    return os.path.join(rng.choice(directories()), rng.choice(NAMES) + b"%d" % rng.randrange(60))


def write(path):
    with open(path, "wb") as file:
        file.write(os.urandom(rng.choice([0, 5, 900, 5000, 9000, 40000])))


def remove(path):
    run("rm", "-rf", "--", path)


def make():
    path = free()
    if os.path.lexists(path):
        return
    rng.choice([write, write, write, os.mkdir, os.mkdir, os.mkfifo, lambda p: os.symlink(b"to/\n", p)])(path)


def regular():
    return [e for e in entries() if os.path.isfile(e) and not os.path.islink(e)]


def change():
    make()
    files, everything = regular(), entries()
    if not files or not everything:
        return
    one, other, file = rng.choice(everything), rng.choice(everything), rng.choice(files)
    kind = rng.randrange(12)
    if kind == 0:
        write(file)
    elif kind == 1:
        os.truncate(file, rng.choice([0, 3, 5000, 70000]))
    elif kind == 2:
        with open(file, "ab") as f:
            f.write(b"more")
    elif kind == 3:
        remove(one)
    elif kind in (4, 5):
        to = free()
        if not os.path.lexists(to) and not to.startswith(one + b"/"):
            os.rename(one, to)
    elif kind == 6 and not one.startswith(other + b"/") and not other.startswith(one + b"/") and one != other:
        os.rename(one, root + b"/swap")
        os.rename(other, one)
        os.rename(root + b"/swap", other)
    elif kind == 7:
        remove(one)
        write(one)
    elif kind == 8 and not os.path.islink(one):
        os.chmod(one, rng.choice([0o600, 0o755, 0o2750]))
    elif kind == 9:
        os.lchown(one, rng.randrange(3), rng.randrange(3))
    elif kind == 10:
        os.setxattr(file, b"user.note", os.urandom(8))
    elif kind == 11:
        to = free()
        if not os.path.lexists(to):
            run("cp", "--reflink=always", "--", file, to)


run("btrfs", "subvolume", "create", root)
for _ in range(60):
    make()
run("btrfs", "subvolume", "snapshot", "-r", root, top + b"/base%d" % seed)
for _ in range(rng.choice([5, 20, 50])):
    change()
run("btrfs", "subvolume", "snapshot", "-r", root, top + b"/snap%d" % seed)
