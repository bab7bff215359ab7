"""One command in a task of its own, with the image that runs."""

from __future__ import annotations

import argparse

from . import infrastructure
from .aws import Aws, Image, short
from .definitions import register, render
from .outcomes import Refused, say, show
from .tasks import run_task, start_task

COMMAND_MINUTES = 240


def run(aws: Aws, args: argparse.Namespace) -> None:
    """Run a command in an ops task with the image that runs; without one, start it for a shell."""
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
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if command:
        overrides = {"containerOverrides": [{"name": name, "command": command}]}
        task = start_task(aws, facts, arn, overrides=overrides)
        run_task(aws, facts, definition, task, COMMAND_MINUTES)
        return
    task = start_task(aws, facts, arn, enableExecuteCommand=True)
    cluster = facts["ClusterName"]
    say(f"{short(task)} starts, and has a time limit. When it runs, enter it; stop it afterwards:")
    show(f"aws ecs wait tasks-running --cluster {cluster} --tasks {short(task)}")
    show(
        f"aws ecs execute-command --cluster {cluster} --task {short(task)} --container {name}"
        " --interactive --command /bin/sh"
    )
    show(f"aws ecs stop-task --cluster {cluster} --task {short(task)} --query task.lastStatus")
