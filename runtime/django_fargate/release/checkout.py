"""What git says of this checkout: which commit a release is of."""

from __future__ import annotations

import json
import os
import re
import subprocess

from . import identity
from .configuration import Configuration
from .outcomes import Refused

# Beside deploy/, what decides about a release: this program, and what PgBouncer's image holds.
OTHERS = ("django_fargate/release", "django_fargate/pgbouncer")


def git(configuration: Configuration, *arguments: str) -> str:
    """Run git in the repository and return what it prints; its errors go to the terminal."""
    command = ["git", "-C", str(configuration.root), *arguments]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=30, check=True)
    except FileNotFoundError as error:
        raise Refused("git is not installed") from error
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise Refused(f"git {arguments[0]} did not answer") from error
    return done.stdout.strip()


def commit(configuration: Configuration, given: str | None) -> str:
    """Return the commit to release: the one that is checked out, whose deploy/ is used.

    The OTHERS have to be as in it, too. About the rest, git is asked where the image is built.
    """
    if not configuration.is_checkout:
        sha = given or os.environ.get("GIT_SHA", "")
        if not re.fullmatch(r"[0-9a-f]{40}", sha):
            raise Refused("this is not a git checkout: name the commit with --sha, all 40 digits")
        return sha
    head = git(configuration, "rev-parse", "HEAD")
    if given and git(configuration, "rev-parse", f"{given}^{{commit}}") != head:
        raise Refused(f"{given} is not checked out: its deploy/ and migrations are part of it")
    # `bootstrap` writes the account there.
    beside = (":(exclude)deploy/parameters.json",) if configuration.has_stacks else ()
    is_changed = bool(git(configuration, "status", "--porcelain", "--", "deploy", *beside))
    if is_changed or (configuration.has_stacks and not account_alone_is_new(configuration)):
        raise Refused("deploy/ has uncommitted changes: commit them first")
    for folder in OTHERS:
        if git(configuration, "status", "--porcelain", "--", folder):
            raise Refused(f"{folder}/ has uncommitted changes: commit them first")
    return head


def account_alone_is_new(configuration: Configuration) -> bool:
    """Return whether deploy/parameters.json is as in the commit, but for an account noted since.

    `bootstrap` writes the account where none is. No task definition and no image holds it, so the
    commit is released as it is.
    """
    state = git(configuration, "status", "--porcelain", "--", "deploy/parameters.json")
    if not state:
        return True
    if not state.startswith("M"):
        return False
    try:
        committed = json.loads(git(configuration, "show", "HEAD:deploy/parameters.json"))
    except ValueError:
        return False
    given = identity.parameters(configuration)
    noted = given.get("account", "")
    return not committed.get("account") and {**committed, "account": noted} == given


def account_is_in_no_commit(configuration: Configuration) -> bool:
    """Return whether the account stands in deploy/parameters.json of this checkout only."""
    return configuration.is_checkout and bool(
        git(configuration, "status", "--porcelain", "--", "deploy/parameters.json")
    )
