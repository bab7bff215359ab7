"""Prints every file and folder below the arguments that this process may write."""

import os
import sys

for top in sys.argv[1:]:
    if not os.path.isdir(top):
        raise SystemExit(f"{top} is no folder")
    for folder, _, files in os.walk(top):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            if not os.path.islink(path) and os.access(path, os.W_OK):
                print(path)
