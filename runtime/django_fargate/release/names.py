"""The fixed names in the files of the stacks, and which of them are taken already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .aws import Aws
from .holders import HOLDERS, looked_at
from .outcomes import say
from .parameters import file_of, values_of


@dataclass(frozen=True)
class Planned:
    """A resource of a stack's file that has a name of its own."""

    stack: str
    logical: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.logical} of {self.stack}.yaml)"


def parts_of(body: str) -> Iterator[tuple[str, str]]:
    """Yield the resources of a stack's file: the logical name, and its lines."""
    block = body.partition("\nResources:\n")[2]
    block = re.split(r"^\w+:", block, maxsplit=1, flags=re.MULTILINE)[0]
    for part in re.split(r"^(?=  \w+:\s*$)", block, flags=re.MULTILINE):
        if match := re.match(r"  (\w+):", part):
            yield match[1], part


def is_made(part: str, body: str, values: dict[str, str]) -> bool:
    """Return whether the condition of a resource holds; one that is not understood is taken to."""
    named = re.search(r"^    Condition: (\w+)", part, re.MULTILINE)
    rule = named and re.search(
        rf'^  {named[1]}: !Equals \[!Ref (\w+), "(.*)"\]$', body, re.MULTILINE
    )
    return not rule or values.get(rule[1], rule[2]) == rule[2]


def planned(aws: Aws, stack: str) -> list[Planned]:
    """Return what a stack's file gives a fixed name and makes in this account."""
    configuration = aws.configuration
    body = file_of(configuration, stack)
    values = values_of(configuration, stack, body)
    words = {
        **values,
        "AWS::AccountId": aws.account(),
        "AWS::Partition": configuration.partition,
        "AWS::Region": configuration.region,
    }
    found: list[Planned] = []
    for logical, part in parts_of(body):
        kind = re.search(r"^    Type: (\S+)", part, re.MULTILINE)
        holder = HOLDERS.get(kind[1]) if kind else None
        if kind is None or holder is None or not is_made(part, body, values):
            continue
        line = re.search(rf"^ {{6,8}}{holder[0]}: *(?:!Sub +)?(.+)$", part, re.MULTILINE)
        text = line[1].split(" #")[0].strip(" \"'") if line else ""
        name = re.sub(r"\$\{([\w:]+)\}", lambda match: words.get(match[1], match[0]), text)
        if not name or "$" in name or name.startswith("!"):
            say(f"not checked whether it is free: the name of {logical} of {stack}.yaml")
            continue
        found.append(Planned(stack, logical, kind[1], name))
    return found


def own_resources(aws: Aws, stack: str) -> dict[str, dict[str, Any]]:
    """Return what a stack has, by logical name; nothing when there is no stack."""
    if aws.stack(stack) is None:
        return {}
    pages = aws.cloudformation.get_paginator("list_stack_resources")
    return {
        item["LogicalResourceId"]: dict(item)
        for page in pages.paginate(StackName=aws.named(stack))
        for item in page["StackResourceSummaries"]
        if item["ResourceStatus"] not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
    }


def taken_names(aws: Aws) -> list[str]:
    """Return what is there already under a name that a stack is going to give."""
    region = aws.configuration.region
    problems: list[str] = []
    for stack in aws.configuration.stacks:
        own = own_resources(aws, stack)
        for item in planned(aws, stack):
            if item.logical in own:
                continue
            _, look = HOLDERS[item.kind]
            found = looked_at(str(item), lambda look=look, item=item: look(aws, item.name))  # type: ignore[misc]
            if found and "DeletedDate" in found:
                problems.append(
                    f"{item} is scheduled for deletion, and its name is taken until then:"
                    f" {delete_secret(region, item.name)}"
                )
            elif found and item.kind == "AWS::SecretsManager::Secret":
                problems.append(
                    f"{item} exists already: if nothing uses it, {delete_secret(region, item.name)}"
                )
            elif found and item.kind == "AWS::SES::EmailIdentity":
                problems.append(f"{item} exists already: put its ARN into ExistingMailIdentityArn")
            elif found:
                problems.append(f"{item} exists already")
    return problems


def delete_secret(region: str, name: str) -> str:
    command = "aws secretsmanager delete-secret --force-delete-without-recovery"
    return f"`{command} --region {region} --secret-id {name}`"
