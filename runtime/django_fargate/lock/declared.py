"""What requirements*.in declare that no image could install, and what to write instead."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

from .lines import Line

# Those that a lock file has as well, in this spelling.
KEPT = ("--index-url", "--extra-index-url", "--no-binary")
SHORT = {"-i": "--index-url", "-c": "--constraint", "-e": "--editable"}

OPTION = re.compile(r"(?P<name>--?[a-z-]+)[ =]*(?P<value>.*)")
# A name and a password, or a token alone; ${TOKEN} is one, too: uv writes what it stands for.
CREDENTIALS = re.compile(r"(?P<scheme>https?://)[^/\s]+@(?P<host>[^/\s:@]+)")
VCS = re.compile(r"\b(?:git|hg|svn|bzr)\+[a-z]+:")
GIT = re.compile(r"git\+(?P<url>https?://[^\s@#;]+)(?:@(?P<reference>[^\s#;]+))?")
SSH = re.compile(r"git\+ssh://(?:[^/\s@]+@)?(?P<host>[^/\s:]+)(?::\d+/|[:/])")
COMMIT = re.compile(r"[0-9a-f]{40}")
LOCAL = re.compile(r"(?:[./~]\S*|(?:\S+ *@ *)?file:\S*)")

NETRC = "    machine {host} login USER password PASSWORD"
REMOTE_SECONDS = 60


def faults(lines: list[Line]) -> list[str]:
    """Return what is wrong, each with the way out."""
    return [f"{line.place}: {fault}" for line in lines for fault in faults_of(line)]


def faults_of(line: Line) -> Iterator[str]:
    option = option_of(line)
    name = option[0] if option else ""
    if LOCAL.match(line.text) or name == "--editable":
        yield (
            "the image is built without that folder. Put the package beside manage.py, where it is"
            " imported from without being installed, or publish it to an index."
        )
    elif option and name not in (*KEPT, "--constraint"):
        yield f"{name} would not reach the lock file. It takes {', '.join(KEPT)} and -r."
    elif option and ":" in option[1] and name == "--no-binary":
        yield "name the packages: for all of them there would be no wheel at all."
    elif credentials := CREDENTIALS.search(line.text):
        yield (
            "everybody who has the repository could read the password in it. Write\n"
            f"    {CREDENTIALS.sub(without, line.text)}\n"
            "and in .netrc, which neither Git nor an image takes:\n"
            f"{NETRC.format(host=credentials['host'])}"
        )
    elif VCS.search(line.text):
        yield from faults_of_repository(line.text)


def without(credentials: re.Match[str]) -> str:
    return credentials["scheme"] + credentials["host"]


def faults_of_repository(text: str) -> Iterator[str]:
    git, ssh = GIT.search(text), SSH.search(text)
    if ssh:
        https = SSH.sub(f"git+https://{ssh['host']}/", text)
        yield (
            f"the build of the image has no SSH key. Write\n    {https}\n"
            "and for a private repository in .netrc, which neither Git nor an image takes:\n"
            f"{NETRC.format(host=ssh['host'])}"
        )
    elif git is None:
        yield "a repository must be Git's, over HTTPS: NAME @ git+https://HOST/PATH.git@COMMIT"
    elif COMMIT.fullmatch(git["reference"] or "") is None:
        commit = newest(git["url"], git["reference"] or "HEAD")
        pinned = f"{text[: git.start()]}git+{git['url']}@{commit}{text[git.end() :]}"
        yield (
            "it has no hash, and a branch or a tag can be moved. Write the commit, in full:\n"
            f"    {pinned}"
        )


def newest(url: str, reference: str) -> str:
    """Return the commit that a branch or a tag is at, or a word in its place."""
    try:
        asked = subprocess.run(
            ["git", "-c", "core.askPass=", "ls-remote", url, reference, f"{reference}^{{}}"],
            capture_output=True,
            text=True,
            timeout=REMOTE_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "COMMIT"
    # Of an annotated tag, the last line is the commit.
    found = COMMIT.findall(asked.stdout)
    return found[-1] if found else "COMMIT"


def option_of(line: Line) -> tuple[str, str] | None:
    found = OPTION.fullmatch(line.text)
    if found is None:
        return None
    return SHORT.get(found["name"], found["name"]), found["value"].strip()


def kept(lines: list[Line]) -> list[str]:
    """Return the options that the lock file has as well."""
    found = [option for option in map(option_of, lines) if option and option[0] in KEPT]
    return list(dict.fromkeys(f"{name} {value}" for name, value in found))


def built(lines: list[Line]) -> list[str]:
    """Return the packages that may be built from source."""
    options = [option for option in map(option_of, lines) if option]
    names = [value for name, value in options if name == "--no-binary"]
    return [name for value in names for name in re.split(r"[,\s]+", value) if name]


def from_git(lines: list[Line]) -> list[Line]:
    return [line for line in lines if GIT.search(line.text)]
