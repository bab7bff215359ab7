"""The order of things: look at what is declared, lock, look at what was locked."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import debian, declared
from .lines import Line, read
from .locked import Lock
from .outcomes import Refused
from .uv import compile_lock, refuse_without_wheels

# The release program runs without Django, on any Python that some version of Django allows.
RELEASE_PYTHON = "3.11"
SERVICE, RELEASE, DEVELOPMENT = "requirements", "deploy/requirements", "requirements-dev"


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m django_fargate.lock",
        description="Writes requirements*.txt from requirements*.in.",
    )
    parser.add_argument("--python", required=True, help="the oldest that the project runs on")
    parser.add_argument("--image", required=True, help="the image's Python")
    parser.add_argument("--platform", required=True, choices=["linux/amd64", "linux/arm64"])
    parser.add_argument("--upgrade", action="store_true", help="take newer versions")
    return parser


def main(arguments: list[str]) -> int:
    args = parser().parse_args(arguments)
    root = Path.cwd()
    before = {name: content(root / f"{name}.txt") for name in (SERVICE, RELEASE, DEVELOPMENT)}
    try:
        service = lock(root, args)
    except Refused as refusal:
        for name, text in before.items():
            restore(root / f"{name}.txt", text)
        print(f"refused, and the lock files are as they were:\n{refusal}", file=sys.stderr)
        return 2
    for line in remarks(service):
        print(line)
    return 0


def lock(root: Path, args: argparse.Namespace) -> list[Line]:
    lines = {name: read(root, f"{name}.in") for name in (SERVICE, RELEASE, DEVELOPMENT)}
    system = debian.packages(root)
    found = [fault for name in lines for fault in declared.faults(lines[name])]
    found += debian.faults(system)
    if git := declared.from_git(lines[SERVICE]):
        if not debian.has(system, "git"):
            found.append(
                f"{git[0].place}: the build of the image has no Git. Add a line to {debian.BUILD}:"
                "\n    git"
            )
    if found:
        # A file that includes another says the same once more.
        raise Refused("\n".join(dict.fromkeys(found)))
    common = ["--generate-hashes", "--no-annotate", *(["--upgrade"] if args.upgrade else [])]
    for name, lines_of in lines.items():
        python = RELEASE_PYTHON if name == RELEASE else args.python
        constraints = [f"--constraint={other}.txt" for other in (SERVICE, RELEASE)]
        options = ["--universal", f"--python-version={python}", *common]
        options += constraints if name == DEVELOPMENT else []
        compile_lock(root, f"{name}.in", f"{name}.txt", options)
        Lock(root / f"{name}.txt").put(declared.kept(lines_of))
    wheels = Lock(root / f"{SERVICE}.txt").wheels(declared.built(lines[SERVICE]))
    indexes = [option for option in declared.kept(lines[SERVICE]) if "index-url" in option]
    refuse_without_wheels(root, [*indexes, *wheels], args.image, args.platform)
    return lines[SERVICE]


def remarks(lines: list[Line]) -> list[str]:
    """Return what no hash covers."""
    found = [
        f"{name} is built from its source; no hash covers the tools that build it."
        for name in declared.built(lines)
    ]
    return found + [
        f"{line.text.split()[0]} is built from a commit; no hash covers it, nor the tools."
        for line in declared.from_git(lines)
    ]


def content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def restore(file: Path, before: bytes | None) -> None:
    if before is None:
        file.unlink(missing_ok=True)
    elif content(file) != before:
        file.write_bytes(before)
