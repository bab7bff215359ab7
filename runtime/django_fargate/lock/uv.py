"""uv: what it is asked, and what its refusals mean here."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .outcomes import Refused

NO_WHEEL = re.compile(
    r"Wheels are required for `([^`]+)`|([\w.-]+)==\S+ has no (?:usable )?wheels", re.IGNORECASE
)
UNKNOWN_USER = re.compile(r"https?://([^/:\s`)]+)[^\n]*?(?:401 Unauthorized|403 Forbidden)")
UNKNOWN_USER_BEFORE = re.compile(
    r"(?:401 Unauthorized|403 Forbidden)[^\n]*?https?://(?:[^/@\s]+@)?([^/:\s`)]+)"
)
NOT_BUILT = re.compile(r"[Bb]uild backend|Failed to build")


def uv(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "uv", *arguments]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def compile_lock(root: Path, declared: str, lock: str, arguments: list[str]) -> None:
    """Let uv write a lock file; the pins that it holds stay where they may."""
    done = uv(root, "pip", "compile", *arguments, "--quiet", f"--output-file={lock}", declared)
    if done.returncode:
        raise Refused("\n".join([done.stderr.strip(), *ways_out(done.stderr, declared)]))


def refuse_without_wheels(root: Path, blocks: list[str], python: str, platform: str) -> None:
    """Ask for a wheel of each package that fits the image."""
    machine = {"linux/amd64": "x86_64", "linux/arm64": "aarch64"}[platform]
    # Debian's C library is newer.
    tags = ["--python-version", python, "--python-platform", f"{machine}-manylinux_2_40"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "requirements.txt")
        file.write_text("\n".join(blocks), encoding="utf-8")
        options = [
            "--dry-run",
            "--no-deps",
            "--quiet",
            "--require-hashes",
            "--only-binary",
            ":all:",
        ]
        target = ["--target", str(Path(folder, "packages"))]
        done = uv(root, "pip", "install", *options, *tags, *target, "-r", str(file))
    if done.returncode:
        out = ways_out(done.stderr, "requirements.in")
        raise Refused("\n".join([done.stderr.strip(), *out]))


def ways_out(message: str, declared: str) -> Iterator[str]:
    """Return what to do about a refusal of uv."""
    names = dict.fromkeys(name for found in NO_WHEEL.findall(message) for name in found if name)
    for name in names:
        yield (
            f"\n{name} has no wheel for the image. First look for another version of it, or another"
            f" package.\nTo build it from its source, add to {declared}:\n    --no-binary {name}\n"
            "A hash covers the source, but not the tools that build it. If it holds C code, add"
            " build-essential\nand the -dev packages that it needs to deploy/apt-build.txt, and the"
            " libraries that it uses when\nit runs to deploy/apt.txt."
        )
    hosts = UNKNOWN_USER.findall(message) + UNKNOWN_USER_BEFORE.findall(message)
    for host in dict.fromkeys(hosts):
        yield (
            f"\n{host} did not accept who asks. Write into .netrc, which neither Git nor an image"
            f" takes:\n    machine {host} login USER password PASSWORD\n"
            "In CI the same line is in the secret variable PACKAGES_NETRC."
        )
    if NOT_BUILT.search(message):
        yield (
            "\nuv builds a package without a wheel to learn what it needs. What that takes must be"
            " here, too:\n`make apt` installs what deploy/apt.txt and deploy/apt-build.txt name."
        )
