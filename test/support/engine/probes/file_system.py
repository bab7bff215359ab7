"""Prints as JSON what this process can write, found out by writing. The arguments are folders to try.

root: "ro" or "rw". tmp: the type of the file system at /tmp, null when none is mounted there, and its mode.
filled: how many MiB went into /tmp, and the error that ended it. refusals: what opening a file in each
folder failed with, null where it did not.
"""

import errno
import json
import os
import stat
import sys
import tempfile

MIB = 1 << 20
# Far more than any size under test: a folder without a limit must not fill the disk.
MOST_MIB = 1024


def refusal(folder):
    try:
        with open(os.path.join(folder, "probe"), "w"):
            return None
    except OSError as error:
        return errno.errorcode[error.errno]


def fill(folder):
    written = 0
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            while written < MOST_MIB * MIB:
                written += os.write(file.fileno(), bytes(MIB))
        except OSError as error:
            return [written // MIB, errno.errorcode[error.errno]]
    return [written // MIB, None]


with open("/proc/mounts") as file:
    mounts = {fields[1]: fields for fields in map(str.split, file)}

json.dump(
    {
        "root": mounts["/"][3].split(",")[0],
        "tmp": mounts["/tmp"][2] if "/tmp" in mounts else None,
        "mode": oct(stat.S_IMODE(os.stat("/tmp").st_mode)),
        "filled": fill("/tmp"),
        "refusals": {folder: refusal(folder) for folder in sys.argv[1:]},
    },
    sys.stdout,
)
