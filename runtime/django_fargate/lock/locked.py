"""A lock file, as uv writes it."""

from __future__ import annotations

import re
from pathlib import Path

BLOCK = re.compile(r"^[A-Za-z0-9].*\n(?:[ \t].*\n)*", re.MULTILINE)
NAME = re.compile(r"[A-Za-z0-9._-]+")


class Lock:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.text = file.read_text(encoding="utf-8")

    def put(self, options: list[str]) -> None:
        """Put options below the header: pip needs them where it installs."""
        if not options:
            return
        lines = self.text.splitlines(keepends=True)
        header = [line for line in lines if line.startswith("#")]
        rest = lines[len(header) :]
        self.text = "".join([*header, *(f"{option}\n" for option in options), *rest])
        self.file.write_text(self.text, encoding="utf-8")

    def wheels(self, built: list[str]) -> list[str]:
        """Return the requirements that are installed as wheels of an index, with their hashes."""
        others = {normalized(name) for name in built}
        return [
            block
            for block in BLOCK.findall(self.text)
            if " @ " not in block and normalized(block) not in others
        ]


def normalized(requirement: str) -> str:
    """Return the name that a requirement begins with, as indexes compare it (PEP 503)."""
    found = NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""
