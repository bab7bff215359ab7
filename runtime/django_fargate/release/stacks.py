"""Stacks: how they are, what changes them, and what CloudFormation says of a change."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from botocore.exceptions import ClientError

from .aws import Aws
from .configuration import Configuration
from .facts import Facts
from .outcomes import Failed, Refused, reason_of, say, show
from .parameters import file_of, known_to, stack_parameters

# How long a stack may take before this program gives up on it; what AWS does goes on.
STACK_MINUTES = 60
# What CloudFormation writes as the reason of an event when nothing went wrong.
UNEVENTFUL = (
    "",
    "User Initiated",
    "Resource creation Initiated",
    "Eventual consistency check initiated",
)
# A release only updates a complete stack. After UPDATE_FAILED the next release repairs it.
RELEASABLE = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_FAILED",
    "IMPORT_COMPLETE",
)
# Only a first creation ends so, says "Stack status codes" of CloudFormation's documents.
NEVER_COMPLETE = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")


def stack_policy(configuration: Configuration) -> str:
    """Return what keeps CloudFormation from replacing or deleting what holds data."""
    # The images of PgBouncer can be built again; their repository goes when PgBouncer is taken out.
    is_pooled = configuration.has_pgbouncer_stack
    guarded = (
        {"NotResource": "LogicalResourceId/PgbouncerRepository"} if is_pooled else {"Resource": "*"}
    )
    types = [
        "AWS::RDS::DBInstance",
        "AWS::ECR::Repository",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
    ]
    allow = {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}
    deny = {
        "Effect": "Deny",
        "Action": ["Update:Replace", "Update:Delete"],
        "Principal": "*",
        **guarded,
        "Condition": {"StringEquals": {"ResourceType": types}},
    }
    return json.dumps({"Statement": [allow, deny]})


def state_of(aws: Aws, name: str) -> str:
    """Return how a stack is, with AWS's reason where it gives one."""
    stack = aws.stack(name) or {}
    reason = stack.get("StackStatusReason", "")
    state = f"{aws.named(name)} is {stack.get('StackStatus', 'not there')}"
    return f"{state} ({' '.join(reason.split())})" if reason not in UNEVENTFUL else state


def refuse_if_changing(aws: Aws) -> None:
    for name in aws.configuration.stacks:
        status = aws.status(name)
        if status.endswith("_IN_PROGRESS"):
            raise Refused(f"the stack {aws.named(name)} is {status}: wait until that is done")
        if status == "UPDATE_ROLLBACK_FAILED":
            raise Refused(
                f"the stack {state_of(aws, name)}: aws cloudformation"
                f" continue-update-rollback --stack-name {aws.named(name)}"
            )


def change_stack(
    aws: Aws,
    name: str,
    facts: Facts,
    changes: dict[str, str] | None = None,
    rollback: bool = True,
) -> str:
    """Create a stack or update it to deploy/cloudformation/NAME.yaml.

    Each parameter comes from `changes`, else from deploy/parameters.json, else from an earlier
    stack's output of that name, else from the file's own default. `Revision` stays what it is
    unless a release changes it, and so do those of the other services.

    Returns the token of its events; an empty one when there was nothing to change.
    """
    stack = aws.stack(name)
    status = stack["StackStatus"] if stack else ""
    body = file_of(aws.configuration, name)
    token = f"release-{uuid.uuid4()}"
    options: dict[str, Any] = {
        "StackName": aws.named(name),
        "TemplateBody": body,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": stack_parameters(
            aws.configuration, name, body, facts, changes or {}, known_to(stack)
        ),
        "ClientRequestToken": token,
    }
    if name != "service" or not changes:
        # The pipeline's role may not set it, nor needs to.
        options["StackPolicyBody"] = stack_policy(aws.configuration)
    try:
        if stack is None:
            aws.cloudformation.create_stack(**options, OnFailure="ROLLBACK")
        else:
            # After an update that was left as it failed, AWS takes no other.
            left = not rollback or status == "UPDATE_FAILED"
            aws.cloudformation.update_stack(**options, DisableRollback=left)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return ""
        if "_IN_PROGRESS state" in str(error):
            raise Refused(f"another release was faster: {reason_of(error)}") from error
        raise
    return token


def stack_events(aws: Aws, name: str, token: str) -> list[dict[str, Any]]:
    """Return the events of one change of a stack, oldest first."""
    pages = aws.cloudformation.get_paginator("describe_stack_events")
    events: list[dict[str, Any]] = []
    for page in pages.paginate(StackName=aws.named(name)):
        ours = [item for item in page["StackEvents"] if item.get("ClientRequestToken") == token]
        events += ours
        if not ours:
            break
    return events[::-1]


def reason_in(event: dict[str, Any]) -> str:
    """Return what went wrong as an event of a stack tells it; nothing when all goes its way.

    The reason of a resource stands on an event that ends in FAILED. What keeps CloudFormation from
    beginning, such as a missing right, stands on the event with which the stack is taken back:
    ROLLBACK_IN_PROGRESS or UPDATE_ROLLBACK_IN_PROGRESS.
    """
    reasons = [event.get("ResourceStatusReason", ""), event.get("HookStatusReason", "")]
    # What still goes on when another has failed is broken off: not its own fault.
    told = [one for one in reasons if one not in UNEVENTFUL and not one.endswith("cancelled")]
    return " ".join(" ".join(told).split())


def wait_for_stack(aws: Aws, name: str, token: str, gone: bool = False) -> None:
    """Show what happens to a stack until it is done; fail unless it went well."""
    deadline = time.monotonic() + 60 * STACK_MINUTES
    seen: set[str] = set()
    first = ""
    while True:
        stack = aws.stack(name)
        status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
        for event in stack_events(aws, name, token) if token else []:
            reason = reason_in(event)
            state = event["ResourceStatus"]
            if event["EventId"] not in seen and (reason or not state.endswith("PROGRESS")):
                show(f"    {state} {event['LogicalResourceId']} {reason}".rstrip())
            if reason and not first and (state.endswith("FAILED") or "ROLLBACK" in state):
                first = f"{event['LogicalResourceId']}: {reason}"
            seen.add(event["EventId"])
        if gone and status == "DELETE_COMPLETE":
            return
        if not status.endswith("_IN_PROGRESS"):
            break
        if time.monotonic() > deadline:
            raise Failed(f"{aws.named(name)} is still {status} after {STACK_MINUTES} minutes")
        time.sleep(aws.configuration.poll_seconds)
    say(f"{name}: {status}")
    if gone or status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        why = first or str((stack or {}).get("StackStatusReason", ""))
        events = f"aws cloudformation describe-stack-events --stack-name {aws.named(name)}"
        reason = why or f"AWS gives no reason; {events}"
        if name == "pgbouncer":
            reason += "; what its tasks said: make logs ARGS=pgbouncer"
        raise Failed(f"the stack {aws.named(name)} is {status}: {reason}")
