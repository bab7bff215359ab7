"""deploy/apt.txt and deploy/apt-build.txt: the Debian packages of the image and of its build."""

from __future__ import annotations

import re
from pathlib import Path

from .lines import Line, own

BOTH, BUILD = "deploy/apt.txt", "deploy/apt-build.txt"
# Debian policy, 5.6.1; `=VERSION` as apt-get takes it.
NAME = re.compile(r"[a-z0-9][a-z0-9+.-]+(?:=[0-9][A-Za-z0-9.+:~-]*)?")


def packages(root: Path) -> list[Line]:
    return [line for file in (BOTH, BUILD) if (root / file).is_file() for line in own(root, file)]


def faults(lines: list[Line]) -> list[str]:
    return [
        f"{line.place}: {line.text!r} is not the name of a Debian package. Write one a line, such"
        " as libpango-1.0-0"
        for line in lines
        if NAME.fullmatch(line.text) is None
    ]


def has(lines: list[Line], *names: str) -> bool:
    return any(line.text.partition("=")[0] in names for line in lines)
