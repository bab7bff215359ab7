"""deploy/environment.json: the variables and secrets of this project, each declared once.

The release program gives them to the tasks, `examples.py` makes up values for tests and for this
machine. Nothing but the standard library is needed.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = "deploy/environment.json"
FIELDS = ("value", "secret", "services", "example")
# POSIX: names that every shell and every library can read.
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
# What ECS, the image and a release set themselves, and what would make up values in production.
RESERVED = re.compile(
    r"(ECS_|RELEASE_|AWS_CONTAINER_).*|AWS_(EXECUTION_ENV|REGION|DEFAULT_REGION)"
    r"|GIT_SHA|PATH|HOSTNAME|DJANGO_SETTINGS_MODULE|EXAMPLE_VALUES"
)
ARN = re.compile(
    r"arn:(?P<partition>aws[a-z-]*):(?P<service>secretsmanager|ssm):(?P<region>[a-z0-9-]+)"
    r":(?P<account>[0-9]{12}):(?P<what>secret:[\w/+=.@-]+-[A-Za-z0-9]{6}(?::[^:]*:[^:]*:[^:]*)?"
    r"|parameter/[\w./-]+)"
)
HOW = (
    '{"value": "a text"}, {"secret": true} for a key of the secret of this project,'
    ' or {"secret": "arn:..."} for one of your own'
)


class Faulty(ValueError):
    """What is wrong with deploy/environment.json, in a sentence."""


@dataclass(frozen=True)
class Declared:
    """A variable: plain with a value, or secret with the ARN of its own, or in NAME/app."""

    name: str
    value: str | None = None
    # Empty: a key of the project's own secret.
    arn: str = ""
    # The task definitions that have it; None: all that run the project's code.
    services: tuple[str, ...] | None = None
    # For tests and for this machine.
    example: str | None = None

    @property
    def is_kept(self) -> bool:
        """Return whether it is a key of the project's secret, which `make secret` sets."""
        return self.value is None and not self.arn

    @property
    def resource(self) -> str:
        """Return the ARN without the key, stage and version that may come after it."""
        return ":".join(self.arn.split(":")[:7])

    def goes_to(self, service: str) -> bool:
        return self.services is None or service in self.services


def declared(root: Path) -> list[Declared]:
    """Return what deploy/environment.json declares; nothing where there is no such file."""
    file = root / FILE
    if not file.is_file():
        return []
    try:
        given = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=without_twins)
    except Faulty:
        raise
    except ValueError as error:
        raise Faulty(f"{FILE} is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise Faulty(f'{FILE} is not an object: {{"NAME": {{"value": "a text"}}}}')
    return [declaration(name, about) for name, about in given.items()]


def without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; refuse a name that stands in it twice, of which JSON keeps the last."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise Faulty(f"{FILE}: {name} stands there twice; keep one")
    return dict(pairs)


def declaration(name: str, about: Any) -> Declared:
    """Return one entry; refuse what no task could be given."""
    if problem := name_problem(name):
        raise Faulty(f"{FILE}: {name[:80]!r}: {problem}")
    if not isinstance(about, dict) or ("value" in about) == ("secret" in about):
        raise Faulty(f"{FILE}: {name} must be {HOW}")
    if unknown := sorted(set(about) - set(FIELDS)):
        raise Faulty(f"{FILE}: {name} has {unknown[0]!r}; allowed are {', '.join(FIELDS)}")
    for field in ("value", "example"):
        if field in about and not isinstance(about[field], str):
            raise Faulty(f'{FILE}: the {field} of {name} must be a text, as in "1"')
    if about.get("value") == "":
        raise Faulty(f"{FILE}: the value of {name} is empty, which counts as missing: leave it out")
    secret = about.get("secret")
    if secret is not None and secret is not True and not isinstance(secret, str):
        raise Faulty(f"{FILE}: {name} must be {HOW}")
    if isinstance(secret, str) and not ARN.fullmatch(secret):
        raise Faulty(
            f"{FILE}: the secret of {name} must be true, or a whole ARN of Secrets Manager (with"
            f" its six characters at the end) or of an SSM parameter, not {secret[:120]!r}"
        )
    return Declared(
        name,
        value=about.get("value"),
        arn=secret if isinstance(secret, str) else "",
        services=services_of(name, about.get("services")),
        example=about.get("example"),
    )


def name_problem(name: str) -> str:
    """Return why a variable cannot have this name; nothing when it can."""
    if not NAME.fullmatch(name):
        return "a name has letters, digits and _, and does not begin with a digit"
    if RESERVED.fullmatch(name):
        return "ECS, the image or a release sets this itself; take another name"
    return ""


def services_of(name: str, given: Any) -> tuple[str, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list) or not given or not all(isinstance(item, str) for item in given):
        raise Faulty(f'{FILE}: the services of {name} must be a list, as in ["web", "worker"]')
    return tuple(given)
