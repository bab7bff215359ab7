"""Whether the account may have as much as is going to be made."""

from __future__ import annotations

import json

from botocore.exceptions import BotoCoreError, ClientError

from .aws import Aws
from .configuration import Configuration
from .holders import looked_at
from .names import own_resources
from .outcomes import reason_of, say
from .parameters import file_of, values_of


def quota_of(aws: Aws, service: str, code: str) -> float | None:
    """Return how much of something this account may have; None, and a line, where nobody tells."""
    quotas = getattr(aws, "service-quotas")
    try:
        try:
            answer = quotas.get_service_quota(ServiceCode=service, QuotaCode=code)
        except quotas.exceptions.NoSuchResourceException:
            answer = quotas.get_aws_default_service_quota(ServiceCode=service, QuotaCode=code)
    except (BotoCoreError, ClientError) as error:
        # Not every region has this service.
        reason = reason_of(error) if isinstance(error, ClientError) else str(error)
        say(f"not checked: the quota {code} of {service}: {reason}")
        return None
    return float(answer["Quota"]["Value"])


def more_of(region: str, service: str, code: str, value: float) -> str:
    command = f"aws service-quotas request-service-quota-increase --region {region}"
    return f"`{command} --service-code {service} --quota-code {code} --desired-value {value:g}`"


def tasks_of(configuration: Configuration) -> dict[str, tuple[int, int]]:
    """Return how many tasks of a kind the first release starts, and a deployment at the ceiling."""
    counted = {"migrate": (1, 1), "ops": (0, 1)}
    counted |= {
        service.name: (service.tasks, service.peak_tasks) for service in configuration.services
    }
    if pgbouncer := configuration.pgbouncer:
        counted["pgbouncer"] = (pgbouncer.tasks, pgbouncer.peak_tasks)
    return counted


def vcpu_of(configuration: Configuration, name: str) -> float:
    text = (configuration.deploy / "ecs" / f"{name}.json").read_text(encoding="utf-8")
    return int(json.loads(text)["cpu"]) / 1024


def quota_faults(aws: Aws) -> list[str]:
    """Return which quotas are too small for what is going to be made; say which will be one day."""
    configuration = aws.configuration
    problems: list[str] = []
    tasks = tasks_of(configuration)
    sizes = {name: vcpu_of(configuration, name) for name in tasks}
    first = sum(sizes[name] * count for name, (count, _) in tasks.items())
    peak = sum(sizes[name] * count for name, (_, count) in tasks.items())
    allowed = quota_of(aws, "fargate", "L-3032A538")
    if allowed is not None and allowed < peak:
        text = f"this account may run {allowed:g} vCPU on Fargate at once, but needs"
        more = more_of(configuration.region, "fargate", "L-3032A538", peak)
        if allowed < first:
            problems.append(f"{text} {first:g} for the first release: {more}")
        else:
            say(f"{text} {peak:g} at the maximum, which it cannot reach until then: {more}")
    body = file_of(configuration, "network")
    given = values_of(configuration, "network", body)
    is_new = not own_resources(aws, "network") and not given.get("ExistingVpcId")
    for kind, service, code, count in (
        ("VPC", "vpc", "L-F678F1CE", lambda: len(aws.ec2.describe_vpcs()["Vpcs"])),
        ("EIP", "ec2", "L-0263D0A3", lambda: len(aws.ec2.describe_addresses()["Addresses"])),
    ):
        if not is_new or f"Type: AWS::EC2::{kind}\n" not in body:
            continue
        used, limit = looked_at(f"AWS::EC2::{kind}", count), quota_of(aws, service, code)
        if limit is not None and used >= limit:
            problems.append(
                f"this account has {used} of {limit:g} AWS::EC2::{kind}, and needs one more:"
                f" {more_of(configuration.region, service, code, limit + 1)}"
            )
    return problems
