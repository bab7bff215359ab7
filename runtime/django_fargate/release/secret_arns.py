"""The secrets of task definitions, by the ARNs that AWS has given them."""

from __future__ import annotations

from typing import Any

from .aws import Aws
from .outcomes import Refused


def find_secret(aws: Aws, value: str) -> dict[str, Any] | None:
    """Return what there is of a secret; None when there is none."""
    # In deploy/ecs ours are written without the six random characters at the end of an ARN.
    for known_as in (value, value.split(":secret:")[1]):
        try:
            return dict(aws.secretsmanager.describe_secret(SecretId=known_as))
        except aws.secretsmanager.exceptions.ResourceNotFoundException:
            continue
    return None


def whole_arn(aws: Aws, value: str) -> str:
    """Return the ARN of a secret with the characters that AWS has added to its name.

    With a key behind it ECS wants the whole ARN:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    if value not in aws.known:
        secret = find_secret(aws, value)
        if secret is None:
            raise Refused(f"there is no secret {value.split(':secret:')[1]}")
        aws.known[value] = secret["ARN"]
    return aws.known[value]


def with_whole_arns(aws: Aws, definition: dict[str, Any]) -> dict[str, Any]:
    """Return a task definition in which every secret of Secrets Manager has its whole ARN."""
    containers = []
    for container in definition["containerDefinitions"]:
        secrets = []
        for secret in container.get("secrets", []):
            # An ARN has seven parts; key, stage and version of the secret come after it.
            parts = secret["valueFrom"].split(":")
            if "secretsmanager" in parts[:3]:
                parts[:7] = [whole_arn(aws, ":".join(parts[:7]))]
            secrets.append({**secret, "valueFrom": ":".join(parts)})
        containers.append({**container, "secrets": secrets} if secrets else container)
    return {**definition, "containerDefinitions": containers}
