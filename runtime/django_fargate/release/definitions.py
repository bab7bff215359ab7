"""Task definitions: what deploy/ecs leaves out is filled in, then ECS is given them."""

from __future__ import annotations

import json
import re
from typing import Any

from .aws import Aws, Image, short
from .facts import Facts
from .outcomes import say
from .secret_arns import with_whole_arns
from .variables import with_variables


def render(aws: Aws, name: str, facts: Facts, image: Image) -> dict[str, Any]:
    """Return deploy/ecs/NAME.json with its words filled in and the image by its digest.

    The variables and secrets of deploy/environment.json join it.
    """
    given = {"ACCOUNT": aws.account(), "GIT_SHA": image.sha}
    words = aws.configuration.words
    names = "|".join([*given, *words])
    pattern = rf"(?<![A-Za-z0-9_])({names})(?![A-Za-z0-9_])"

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        if not isinstance(value, str):
            return value
        return re.sub(pattern, lambda match: given.get(match[1]) or facts[words[match[1]]], value)

    # The name of an environment variable may be one of the words.
    file = aws.configuration.deploy / "ecs" / f"{name}.json"
    definition = json.loads(file.read_text(encoding="utf-8"))
    for container in definition["containerDefinitions"]:
        for item in container.get("environment", []):
            item["value"] = fill(item["value"])
        rest = {key: value for key, value in container.items() if key != "environment"}
        container.update(fill(rest))
        container["image"] = image.uri
    rest = {key: value for key, value in definition.items() if key != "containerDefinitions"}
    whole = {**fill(rest), "containerDefinitions": definition["containerDefinitions"]}
    return with_variables(aws, name, whole)


def stamp(definition: dict[str, Any], notes: dict[str, str]) -> dict[str, Any]:
    """Return a task definition whose first container carries these variables."""
    first, *others = definition["containerDefinitions"]
    environment = [item for item in first.get("environment", []) if item["name"] not in notes]
    environment += [{"name": name, "value": value} for name, value in notes.items()]
    return {**definition, "containerDefinitions": [{**first, "environment": environment}, *others]}


def register(aws: Aws, definition: dict[str, Any]) -> str:
    whole = with_whole_arns(aws, definition)
    answer = aws.ecs.register_task_definition(**whole)["taskDefinition"]
    say(f"registered {short(answer['taskDefinitionArn'])}")
    return str(answer["taskDefinitionArn"])
