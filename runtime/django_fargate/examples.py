"""Made-up values of the production environment: for tests, for `make check` and for compose.

They come from what a release gives the tasks, deploy/ecs and deploy/environment.json, so a variable
that is declared there needs no second place. No value is a secret, and no address exists.

    python -m django_fargate.examples [NAME=VALUE ...] manage.py check --deploy

runs Python with the environment of a web task.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .declared import Declared, Faulty, declared

ROOT = Path(__file__).resolve().parent.parent
# Set to the name of a task, as in compose.yaml: what is declared for it has an example value.
SWITCH = "EXAMPLE_VALUES"
# Only there where ECS runs the container.
ON_AWS = ("ECS_CONTAINER_METADATA_URI_V4", "AWS_EXECUTION_ENV")
SECRET_KEY = "example-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"  # noqa: S105
# With what has a meaning in a URL.
SECRET = "p@ss/w:rd?#[%20]"  # noqa: S105
ACCOUNT = "123456789012"
# Of the shell's, all that Python and its tools need.
KEPT = re.compile(r"PATH|HOME|TMPDIR|LANG|LC_\w+|VIRTUAL_ENV|SYSTEMROOT|PYTHON\w+")


def production(root: Path = ROOT, task: str = "web") -> dict[str, str]:
    """Return a whole environment of a task: what deploy/ecs and deploy/environment.json give it."""
    definition = read(root / "deploy" / "ecs" / f"{task}.json")
    words = read(root / "deploy" / "release.json")["words"]
    container = definition["containerDefinitions"][0]
    environment = container.get("environment", [])
    values = {item["name"]: filled(item["value"], words) for item in environment}
    for item in container.get("secrets", []):
        values[item["name"]] = SECRET_KEY if item["name"] == "SECRET_KEY" else SECRET
    return {**values, **of_declared(root, task)}


def read(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8")))


def filled(text: str, words: Mapping[str, str]) -> str:
    """Return a value of deploy/ecs with an example in place of each word."""
    made_up = {"ACCOUNT": ACCOUNT, "GIT_SHA": "0" * 40}
    made_up |= {word: of_fact(fact) for word, fact in words.items()}
    pattern = rf"(?<![A-Za-z0-9_])({'|'.join(made_up)})(?![A-Za-z0-9_])"
    return re.sub(pattern, lambda match: made_up[match[1]], text)


def of_fact(fact: str) -> str:
    """Return an example of what stacks say: DatabaseEndpoint is database-endpoint.example.com."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", fact).lower()
    if fact.endswith("Url"):
        return f"https://{name}.example.com/"
    return f"{name}.example.com" if fact.endswith(("Endpoint", "DnsName")) else f"example-{name}"


def of_declared(root: Path, task: str) -> dict[str, str]:
    """Return an example of everything that deploy/environment.json declares for a task."""
    try:
        return {item.name: example(item) for item in declared(root) if item.goes_to(task)}
    except Faulty as error:
        raise SystemExit(str(error)) from error


def example(item: Declared) -> str:
    if item.example is not None:
        return item.example
    return SECRET if item.value is None else item.value


def filled_in(root: Path, environ: Mapping[str, str]) -> Mapping[str, str]:
    """Return an environment; with the switch, also examples of what is declared and not set."""
    task = environ.get(SWITCH)
    if not task:
        return environ
    if any(environ.get(name) for name in ON_AWS):
        raise SystemExit(f"{SWITCH} is set on AWS, where no value may be made up: remove it")
    return {**of_declared(root, task), **environ}


def main(arguments: list[str]) -> None:
    """Become Python, with the environment of a web task."""
    given: dict[str, str] = {}
    while arguments and re.match(r"[A-Za-z_]\w*=", arguments[0]):
        name, _, value = arguments.pop(0).partition("=")
        given[name] = value
    kept = {name: value for name, value in os.environ.items() if KEPT.fullmatch(name)}
    command = [sys.executable, *arguments]
    os.execve(command[0], command, {**kept, **production(ROOT), **given})  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
