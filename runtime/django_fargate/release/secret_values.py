"""`make secret` and `make secrets`: values go in, and only names come out."""

from __future__ import annotations

import argparse
import getpass
import json
import sys

from ..declared import FILE, Declared, name_problem
from . import infrastructure
from .app_secret import AppSecret, Values, names_of
from .aws import Aws
from .configuration import Configuration
from .outcomes import Refused, say, show
from .own_secrets import find_own
from .services import primary_of
from .variables import tasks_with_code, variables

# A terminal hands over one line, and cuts it: macOS at 1,024 bytes, Linux at 4,096.
TERMINAL_LIMIT = 1_000


def secret(aws: Aws, args: argparse.Namespace) -> None:
    """Set a secret, or remove one that nothing reads any more."""
    if args.value:
        raise Refused(
            "a value never stands on the command line, where the shell keeps it: take another"
            " value, and give that when it is asked for, or through standard input"
        )
    name = args.name or ""
    if not name:
        raise Refused("which one? make secret NAME=STRIPE_KEY")
    if problem := name_problem(name):
        # It may be a value that was put in its place.
        raise Refused(f"the NAME cannot be that of a variable: {problem}")
    if args.remove:
        remove(aws, name)
        return
    kept = AppSecret(aws)
    kept.refuse_unless_there()
    declare_if_new(aws.configuration, name)
    value = asked_for(name)
    kept.change(lambda values: {**values, name: value})
    say(f"{name} is set in {kept.name}")
    say("tasks that run keep what they started with: release, or replace them as deploy/README.md")
    say('says under "Secrets"')


def declare_if_new(configuration: Configuration, name: str) -> None:
    """Refuse a name that is something else; offer to declare one that is nothing yet."""
    for task in tasks_with_code(configuration):
        file = configuration.deploy / "ecs" / f"{task}.json"
        (container, *_) = json.loads(file.read_text(encoding="utf-8"))["containerDefinitions"]
        own = [*container.get("environment", []), *container.get("secrets", [])]
        if name in {item["name"] for item in own}:
            raise Refused(
                f"{name} stands in deploy/ecs/{task}.json: deploy/README.md says how to change it"
            )
    there = next((item for item in variables(configuration) if item.name == name), None)
    if there is None:
        line = f'"{name}": {{ "secret": true }}'
        if not sys.stdin.isatty():
            raise Refused(f"{name} is not declared: write {line} into {FILE}, then set it")
        answer = input(f"{name} is not declared. Write {line} into {FILE}? [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            raise Refused("nothing was changed")
        declare(configuration, line)
    elif not there.is_kept:
        what = f"the ARN {there.arn}" if there.arn else "a plain value"
        raise Refused(f'{FILE} gives {name} {what}: write "secret": true there to set it here')


def declare(configuration: Configuration, line: str) -> None:
    """Add a line to deploy/environment.json, and leave the others as they are written."""
    file = configuration.root / FILE
    text = file.read_text(encoding="utf-8") if file.is_file() else "{}\n"
    head = text[: text.rindex("}")].rstrip()
    comma = "" if head.endswith("{") else ","
    file.write_text(f"{head}{comma}\n  {line}\n}}\n", encoding="utf-8")
    say(f"declared in {FILE}: commit it")


def asked_for(name: str) -> str:
    """Return a value: asked for without an echo on a terminal, else all of standard input."""
    if sys.stdin.isatty():
        value = getpass.getpass(f"Value of {name} (it is not shown): ")
        if len(value.encode()) > TERMINAL_LIMIT:
            raise Refused(
                f"a terminal may cut so long a line: make secret NAME={name} < FILE, then delete it"
            )
    else:
        try:
            value = sys.stdin.buffer.read().decode()
        except UnicodeDecodeError as error:
            raise Refused(f"the value of {name} is not text in UTF-8") from error
        # That of `echo`, and of a file's last line.
        value = value.removesuffix("\n").removesuffix("\r")
    if not value:
        raise Refused(f"the value of {name} is empty, which counts as missing: nothing was changed")
    if "\0" in value:
        raise Refused(f"the value of {name} has a zero byte, which no variable can hold")
    return value


def remove(aws: Aws, name: str) -> None:
    """Take a name out, unless a task would be started without it."""
    if name in {item.name for item in variables(aws.configuration)}:
        raise Refused(f"{FILE} declares {name}: take it out there and release first")
    kept = AppSecret(aws)
    readers = [task for task in running_tasks(aws) if reads(aws, task, kept.name, name)]
    if readers:
        raise Refused(f"{', '.join(readers)} still start with {name}: release without it first")

    def without(values: Values) -> Values:
        if name not in values:
            raise Refused(f"the secret {kept.name} has no {name}")
        return {key: value for key, value in values.items() if key != name}

    kept.change(without)
    say(f"{name} is removed from {kept.name}; a rollback to a release that reads it would fail")


def running_tasks(aws: Aws) -> list[str]:
    """Return the task definitions that the services start their tasks from."""
    try:
        facts = infrastructure.of(aws).facts()
        cluster = facts["ClusterName"]
    except Refused:
        # No service is there yet.
        return []
    names = [aws.named(service.name) for service in aws.configuration.services]
    services = aws.ecs.describe_services(cluster=cluster, services=names)["services"]
    primaries = [primary_of(dict(service)) for service in services]
    return [primary["taskDefinition"] for primary in primaries if primary]


def reads(aws: Aws, task: str, kept: str, name: str) -> bool:
    """Return whether a task definition names a key of the project's secret."""
    definition = aws.ecs.describe_task_definition(taskDefinition=task)["taskDefinition"]
    return any(
        f":secret:{kept}" in item["valueFrom"] and item["valueFrom"].split(":")[7:8] == [name]
        for container in definition["containerDefinitions"]
        for item in container.get("secrets", [])
    )


def secrets(aws: Aws, args: argparse.Namespace) -> None:
    """List the names, and note them for the releases to come."""
    kept = AppSecret(aws)
    about = kept.describe()
    version, values = kept.read() if about and "DeletedDate" not in about else ("", {})
    if version:
        kept.note_names()
    there = names_of(values)
    declared = [item for item in variables(aws.configuration) if item.value is None]
    for item in declared:
        is_set = item.name in there if item.is_kept else bool(find_own(aws, item.resource))
        show(f"{item.name:32} {'set' if is_set else 'MISSING':8} {place_of(item, kept.name)}")
    names = {item.name for item in declared if item.is_kept}
    for name in sorted(set(values) - names):
        ways = f"declare it, or: make secret NAME={name} ARGS=--remove"
        show(f"{name:32} {'unused':8} in {kept.name}, not in {FILE}: {ways}")
    if not declared and not values:
        show(f"no secret is declared in {FILE}")


def place_of(item: Declared, kept: str) -> str:
    services = f" for {', '.join(item.services)}" if item.services else ""
    return f"{item.arn or kept}, declared in {FILE}{services}"
