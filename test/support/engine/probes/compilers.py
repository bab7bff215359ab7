"""Prints the paths of compilers and linkers, with version (gcc-14) or target (x86_64-linux-gnu-gcc) or without."""

import os
import re

NAMES = ["as", "c++", "cargo", "cc", "clang", "cpp", "g++", "gcc", "go", "ld", "make", "rustc", "tcc"]
pattern = re.compile(r"(.*-linux-gnu-)?(%s)(-[0-9.]+)?" % "|".join(map(re.escape, NAMES)))
folders = [*os.environ["PATH"].split(":"), "/bin", "/usr/bin", "/usr/local/bin"]

for folder in sorted({os.path.realpath(folder) for folder in folders if os.path.isdir(folder)}):
    for name in sorted(filter(pattern.fullmatch, os.listdir(folder))):
        print(os.path.join(folder, name))
