"""The lines of requirements*.in and of the lists of Debian packages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

INCLUDE = re.compile(r"(?:-r|--requirement)[ =]*(\S+)")
COMMENT = re.compile(r"(?:^|\s)#.*")


@dataclass(frozen=True)
class Line:
    """A line that says something, without its comment."""

    file: str
    number: int
    text: str

    @property
    def place(self) -> str:
        return f"{self.file}, line {self.number}"


def read(root: Path, file: str, seen: frozenset[str] = frozenset()) -> list[Line]:
    """Return the lines of a file, and in their place those of the files that it includes."""
    found: list[Line] = []
    for line in own(root, file):
        include = INCLUDE.fullmatch(line.text)
        if include is None:
            found.append(line)
            continue
        other = (Path(file).parent / include[1]).as_posix()
        if other not in seen:
            found += read(root, other, seen | {file})
    return found


def own(root: Path, file: str) -> list[Line]:
    """Return the lines of a file; of one that a backslash continues, the number of the first."""
    found: list[Line] = []
    text, start = "", 0
    raw = (root / file).read_text(encoding="utf-8").splitlines()
    for number, part in enumerate(raw, 1):
        start = start or number
        if part.endswith("\\"):
            text += part[:-1]
            continue
        text = COMMENT.sub("", text + part).strip()
        if text:
            found.append(Line(file, start, text))
        text, start = "", 0
    return found
