"""Fills a folder with files, or changes some of them. Arguments: make FOLDER COUNT, or change FOLDER COUNT CHANGES."""
import os
import random
import sys

verb, folder, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
rng = random.Random(count)


def place(index):
    return f"{folder}/d{index // 3600}/d{index // 60 % 60}/f{index}"


if verb == "make":
    for index in range(count):
        path = place(index)
        if index % 60 == 0:
            os.makedirs(os.path.dirname(path), exist_ok=True)
        if index % 10 == 3:
            os.symlink(f"to/{index}", path)
        else:
            with open(path, "wb") as file:
                file.write(b"x" * (0 if index % 20 == 5 else rng.randrange(1, 3000)))
else:
    changes = int(sys.argv[4])
    there = [index for index in range(count) if index % 10 != 3 and os.path.exists(place(index))]
    chosen = rng.sample(there, min(changes, len(there)))
    for number, index in enumerate(chosen):
        path, kind = place(index), number % 20
        if kind < 8:
            with open(path, "ab") as file:
                file.write(b"more")
        elif kind < 14:
            with open(f"{path}.new", "wb") as file:
                file.write(b"new" * 100)
        elif kind < 17:
            os.unlink(path)
        elif kind < 19:
            os.rename(path, f"{path}.moved")
        else:
            os.chmod(path, 0o600)
