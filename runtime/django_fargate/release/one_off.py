"""One command in a task of its own, with the image that runs."""

from __future__ import annotations

import argparse

from . import infrastructure, shell
from .aws import Aws, Image
from .definitions import register, render
from .outcomes import Refused
from .tasks import run_task, start_task

COMMAND_MINUTES = 240


def run(aws: Aws, args: argparse.Namespace) -> None:
    """Run a command in an ops task with the image that runs; without one, open a shell in it."""
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    refuse_passwords(command)
    place = infrastructure.of(aws)
    facts = place.facts()
    current = place.running(facts)
    if current is None:
        raise Refused("nothing was released yet")
    uri, _, digest = current.image.partition("@")
    image = Image(current.sha, current.image, uri.partition("/")[2], digest)
    definition = render(aws, "ops", facts, image)
    arn = register(aws, definition)
    name = definition["containerDefinitions"][0]["name"]
    if command:
        overrides = {"containerOverrides": [{"name": name, "command": command}]}
        task = start_task(aws, facts, arn, overrides=overrides)
        run_task(aws, facts, definition, task, COMMAND_MINUTES)
        return
    task = start_task(aws, facts, arn, enableExecuteCommand=True)
    if shell.can_enter():
        shell.enter(aws, facts, task, name, args.profile)
    else:
        shell.tell(facts, task, name)


def refuse_passwords(command: list[str]) -> None:
    """Refuse a password in the words of a command: ECS and CloudTrail keep these, in clear."""
    for word in command:
        name, equals, value = word.partition("=")
        if equals and value and name.startswith("DJANGO_SUPERUSER_PASSWORD"):
            raise Refused(
                f"{name} would be stored in clear, in the task and in CloudTrail. Create the user"
                " in a shell, which asks for the password: `make shell`, then"
                " `python manage.py createsuperuser`"
            )
