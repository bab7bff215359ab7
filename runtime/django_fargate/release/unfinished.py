"""Stacks whose first creation failed: they contain nothing yet, and are created again."""

from __future__ import annotations

import time
import uuid
from typing import Any

from botocore.exceptions import ClientError

from .aws import Aws
from .holders import looked_at
from .names import own_resources
from .outcomes import Failed, Refused, say, show
from .stacks import NEVER_COMPLETE, STACK_MINUTES, stack_events, wait_for_stack


def history(aws: Aws, name: str) -> list[dict[str, Any]]:
    """Return every event that CloudFormation still has of a stack: those of 90 days."""
    pages = aws.cloudformation.get_paginator("describe_stack_events")
    found = pages.paginate(StackName=aws.named(name))
    return [item for page in found for item in page["StackEvents"]]


def unfinished(aws: Aws) -> list[str]:
    """Return the stacks that failed before they were complete for the first time, the last first.

    Of one in DELETE_FAILED only the events can tell. They are there as far back as the beginning,
    or nothing is done: a stack that was complete once may hold data.
    """
    found: list[str] = []
    for name in reversed(aws.configuration.stacks):
        status = aws.status(name)
        if status in NEVER_COMPLETE:
            found.append(name)
        elif status == "DELETE_FAILED":
            states = {
                item["ResourceStatus"]
                for item in history(aws, name)
                if item["LogicalResourceId"] == aws.named(name)
            }
            if any(
                state == "CREATE_COMPLETE" or state.startswith(("UPDATE_", "IMPORT_"))
                for state in states
            ):
                raise Refused(
                    f"the stack {aws.named(name)} is DELETE_FAILED and was complete once, so"
                    " nothing of it is touched:"
                    ' deploy/README.md, "Take it all down", ends what was begun'
                )
            if "CREATE_IN_PROGRESS" not in states:
                raise Refused(
                    f"the stack {aws.named(name)} is DELETE_FAILED, and CloudFormation no longer"
                    " tells whether it ever was complete: look at what it holds, and delete it"
                )
            found.append(name)
    return found


def remove_unfinished(aws: Aws, name: str) -> None:
    """Delete a stack that never was complete, with what was protected from its creation on."""
    say(f"{name}: its first creation failed ({aws.status(name)}); deleting what is left")
    for is_last in (False, True):
        unprotect(aws, name)
        token = f"release-{uuid.uuid4()}"
        aws.cloudformation.delete_stack(StackName=aws.named(name), ClientRequestToken=token)
        try:
            wait_for_stack(aws, name, "", gone=True)
        except Failed:
            for event in stack_events(aws, name, token) if aws.stack(name) else []:
                if event["ResourceStatus"] == "DELETE_FAILED":
                    what = f"{event['LogicalResourceId']} {event.get('ResourceStatusReason', '')}"
                    show(f"    DELETE_FAILED {what}".rstrip())
            if is_last:
                raise
        else:
            return


def unprotect(aws: Aws, name: str) -> None:
    """Take the protection off what CloudFormation made for a stack and could not delete."""
    events = history(aws, name)
    for logical, item in own_resources(aws, name).items():
        # What was there before, under the same name, was never begun.
        begun = any(
            event["LogicalResourceId"] == logical
            and (
                event["ResourceStatus"] == "CREATE_COMPLETE"
                or event.get("ResourceStatusReason") == "Resource creation Initiated"
            )
            for event in events
        )
        if item["ResourceStatus"] != "DELETE_FAILED" or not begun:
            continue
        physical = item["PhysicalResourceId"]
        if item["ResourceType"] == "AWS::ElasticLoadBalancingV2::LoadBalancer":
            off = {"Key": "deletion_protection.enabled", "Value": "false"}
            aws.elbv2.modify_load_balancer_attributes(LoadBalancerArn=physical, Attributes=[off])
        elif item["ResourceType"] == "AWS::RDS::DBInstance":
            unprotect_database(aws, physical)


def unprotect_database(aws: Aws, identifier: str) -> None:
    """Take the protection off an instance, as soon as RDS has done what it is doing with it."""
    deadline = time.monotonic() + 60 * STACK_MINUTES
    while True:
        found = looked_at(
            identifier,
            lambda: aws.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"],
        )
        if not found or not found[0]["DeletionProtection"]:
            return
        try:
            aws.rds.modify_db_instance(
                DBInstanceIdentifier=identifier, DeletionProtection=False, ApplyImmediately=True
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "InvalidDBInstanceState":
                raise
            say(f"the database {identifier} is {found[0]['DBInstanceStatus']}")
        if time.monotonic() > deadline:
            raise Failed(f"the database {identifier} is still protected after {STACK_MINUTES} min")
        time.sleep(aws.configuration.poll_seconds)
