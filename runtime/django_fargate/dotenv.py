"""The file .env: values of your own for this machine, such as a test key. Git never sees it.

Docker Compose reads it, too, so only what both read alike is accepted.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from pathlib import Path

FILE = ".env"
LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
QUOTED = re.compile(r"""(['"])((?:(?!\1).)*)\1\s*(?:#.*)?""")


def load(root: Path, environ: MutableMapping[str, str]) -> None:
    """Set what .env says and the shell does not; without such a file, nothing."""
    file = root / FILE
    if not file.is_file():
        return
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, value = pair(number, line.strip())
            environ.setdefault(name, value)


def pair(number: int, line: str) -> tuple[str, str]:
    """Return the name and the value of a line. A fault is told without the value."""
    found = LINE.fullmatch(line)
    if found is None:
        raise SystemExit(f"{FILE}, line {number}: write NAME=value")
    name, text = found[1], found[2]
    if text.startswith(("'", '"')):
        quoted = QUOTED.fullmatch(text)
        if quoted is None:
            raise SystemExit(
                f"{FILE}, line {number}: the quotes around {name} must end on the line"
            )
        if quoted[1] == '"' and re.search(r"[\\$]", quoted[2]):
            raise SystemExit(f"{FILE}, line {number}: put {name} in single quotes, for $ and \\")
        return name, quoted[2]
    value = re.split(r"\s+#", f" {text}", maxsplit=1)[0].strip()
    if "$" in value:
        raise SystemExit(f"{FILE}, line {number}: put {name} in single quotes, for its $")
    return name, value
