"""What would keep tasks from starting."""

from __future__ import annotations

import json
from typing import Any

from .aws import Aws, Image, short
from .outcomes import say
from .secret_arns import find_secret
from .variables import own_arns

ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}


def faults(aws: Aws, definitions: list[dict[str, Any]], image: Image) -> list[str]:
    """Return what would keep these tasks from starting: roles, secrets, log groups, image."""
    found: list[str] = []
    roles: set[str] = set()
    secrets: set[str] = set()
    groups: set[str] = set()
    wanted: set[str] = set()
    for definition in definitions:
        roles |= {definition.get("executionRoleArn", ""), definition.get("taskRoleArn", "")} - {""}
        wanted.add(definition.get("runtimePlatform", {}).get("cpuArchitecture", "X86_64"))
        for container in definition["containerDefinitions"]:
            # An ARN has seven parts; key, stage and version of the secret come after it.
            named = [secret["valueFrom"].split(":")[:7] for secret in container.get("secrets", [])]
            secrets |= {":".join(parts) for parts in named}
            options = container.get("logConfiguration", {}).get("options", {})
            groups |= {options["awslogs-group"]} if "awslogs-group" in options else set()
    for arn in sorted(roles):
        found += role_faults(aws, short(arn))
    own = {arn for arns in own_arns(aws).values() for arn in arns}
    for value in sorted(secrets - own):
        found += secret_faults(aws, value)
    for group in sorted(groups):
        answer = aws.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if group not in {item["logGroupName"] for item in answer}:
            found.append(f"there is no log group {group}")
    has = aws.architectures(image)
    found += [
        f"the image is for {', '.join(sorted(has))}, the tasks run on {name}"
        for name in sorted(wanted)
        if ARCHITECTURES[name] not in has
    ]
    return found


def role_faults(aws: Aws, name: str) -> list[str]:
    try:
        role = aws.iam.get_role(RoleName=name)["Role"]
    except aws.iam.exceptions.NoSuchEntityException:
        return [f"there is no role {name}"]
    trust = json.dumps(role["AssumeRolePolicyDocument"])
    return [] if "ecs-tasks.amazonaws.com" in trust else [f"the role {name} does not trust ECS"]


def secret_faults(aws: Aws, value: str) -> list[str]:
    """Look for a secret; whether it has the key only its reader may know."""
    if ":secretsmanager:" not in value:
        say(f"not checked: {value}")
        return []
    name = value.split(":secret:")[1]
    secret = find_secret(aws, value)
    if secret is None:
        return [f"there is no secret {name}"]
    return [f"the secret {name} is being deleted"] if "DeletedDate" in secret else []
