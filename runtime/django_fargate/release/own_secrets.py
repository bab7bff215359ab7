"""Secrets and parameters of your own, which deploy/environment.json names by their ARNs."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from ..declared import FILE
from .aws import Aws
from .holders import looked_at
from .outcomes import Refused, say
from .variables import own_arns


def find_own(aws: Aws, arn: str) -> Any:
    """Return what AWS says of a secret or a parameter, never its value; nothing where it is not."""
    if ":secretsmanager:" in arn:
        return looked_at(arn, lambda: aws.secretsmanager.describe_secret(SecretId=arn))
    path = arn.split(":parameter/", 1)[1]
    name = f"/{path}" if "/" in path else path
    wanted = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    return looked_at(
        arn, lambda: aws.ssm.describe_parameters(ParameterFilters=wanted)["Parameters"]
    )


def own_secret_faults(aws: Aws) -> list[str]:
    """Return what is named and not there, or out of the tasks' reach."""
    arns = own_arns(aws)
    faults = [
        f"{FILE}: there is no {arn}"
        for arn in [*arns["SecretArns"], *arns["ParameterArns"]]
        if not (found := find_own(aws, arn)) or "DeletedDate" in found
    ]
    if arns["ParameterArns"] and aws.configuration.egress == "endpoints":
        faults.append(
            f"{FILE}: without a NAT gateway the tasks do not reach SSM for"
            f" {arns['ParameterArns'][0]}: keep it in Secrets Manager, as"
            ' {"secret": true} and by `make secret`'
        )
    return faults


def own_right_faults(aws: Aws) -> list[str]:
    """Return what the role that starts the tasks may not read yet.

    Who releases need not be allowed to look at secrets of your own: `make bootstrap` has looked at
    what it gave the role a right to.
    """
    arns = own_arns(aws)
    if not aws.configuration.has_stacks:
        return own_faults_by_hand(aws, [arn for own in arns.values() for arn in own])
    stack = aws.stack("platform") or {}
    given = {
        item["ParameterKey"]: item.get("ParameterValue", "").split(",")
        for item in stack.get("Parameters", [])
    }
    return [
        f"the tasks may not read {arn} yet: run `make bootstrap`"
        for parameter, own in arns.items()
        for arn in own
        if arn not in given.get(parameter, [])
    ]


def own_faults_by_hand(aws: Aws, arns: list[str]) -> list[str]:
    """Return which are not there, as far as these credentials may look."""
    faults: list[str] = []
    for arn in arns:
        try:
            if not find_own(aws, arn):
                faults.append(f"{FILE}: there is no {arn}")
        except Refused as error:
            if not denied(error):
                raise
            say(f"not checked, since these credentials may not look at it: {arn}")
    return faults


def denied(error: BaseException) -> bool:
    """Return whether AWS refused to say."""
    cause = error.__cause__
    code = cause.response.get("Error", {}).get("Code") if isinstance(cause, ClientError) else ""
    return code in ("AccessDenied", "AccessDeniedException")
