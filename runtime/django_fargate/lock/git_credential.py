"""Answers Git, which asks who it should be, from the file that pip and uv read: NETRC.

The Makefile names it as a credential helper. Git calls it with `get` and a description of the host.
"""

from __future__ import annotations

import netrc
import os
import sys


def answer(question: str, file: str) -> str:
    """Return name and password in Git's form, or nothing."""
    asked = dict(line.split("=", 1) for line in question.splitlines() if "=" in line)
    host = asked.get("host", "").partition(":")[0]
    found = netrc.netrc(file).authenticators(host)
    return f"username={found[0]}\npassword={found[2]}\n" if found else ""


if __name__ == "__main__" and sys.argv[1:] == ["get"] and os.environ.get("NETRC"):
    print(answer(sys.stdin.read(), os.environ["NETRC"]), end="")
