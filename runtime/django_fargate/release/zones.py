"""The availability zones of a new VPC."""

from __future__ import annotations

from .aws import Aws
from .holders import looked_at
from .parameters import file_of, values_of
from .stacks import NEVER_COMPLETE

# Where not every zone has Fargate: those that have, by AWS's page "Supported Regions for Amazon ECS
# on AWS Fargate".
FARGATE_ZONES = {
    "ap-northeast-1": ("apne1-az1", "apne1-az2", "apne1-az4"),
    "cn-north-1": ("cnn1-az1", "cnn1-az2"),
    "us-west-1": ("usw1-az1", "usw1-az3"),
}


def zones_of_account(aws: Aws) -> dict[str, str]:
    """Return the identifier of each zone of this account by its name."""
    answer = looked_at(
        "the zones",
        lambda: aws.ec2.describe_availability_zones(
            Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
        ),
    )
    return {item["ZoneName"]: item["ZoneId"] for item in answer["AvailabilityZones"]}


def with_fargate(region: str, zones: dict[str, str]) -> list[str]:
    """Return the names of those zones that have Fargate, in order."""
    able = FARGATE_ZONES.get(region, tuple(zones.values()))
    return [name for name, identifier in sorted(zones.items()) if identifier in able]


def zones_of_network(aws: Aws) -> dict[str, str]:
    """Return the zones of a new VPC where deploy/parameters.json leaves them empty.

    They are named to CloudFormation, and stay what they were: Fn::GetAZs would return the zones
    with a default subnet only, in an order that may change, and a subnet that moves is replaced:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html
    """
    values = values_of(aws.configuration, "network", file_of(aws.configuration, "network"))
    if "ZoneA" not in values or values["ZoneA"] or values.get("ExistingVpcId"):
        return {}
    stack = aws.stack("network")
    if stack is not None:
        known = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
        return {name: known[name] for name in ("ZoneA", "ZoneB") if name in known}
    first, second, *_ = with_fargate(aws.configuration.region, zones_of_account(aws))
    return {"ZoneA": first, "ZoneB": second}


def zone_faults(aws: Aws) -> list[str]:
    """Return why the subnets of a new VPC could not be in their zones, or should not."""
    configuration = aws.configuration
    values = values_of(configuration, "network", file_of(configuration, "network"))
    if "ZoneA" not in values or values.get("ExistingVpcId"):
        return []
    wanted = (values["ZoneA"], values["ZoneB"])
    stack = aws.stack("network")
    if stack is not None and stack["StackStatus"] not in NEVER_COMPLETE:
        known = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
        made = (known.get("ZoneA", ""), known.get("ZoneB", ""))
        return [
            f"subnets stay in their zones: ZoneA and ZoneB of network were {made}, not {wanted}"
        ][: any(wanted) and made != wanted]
    zones = zones_of_account(aws)
    good = with_fargate(configuration.region, zones)
    if not any(wanted):
        return [
            f"this account has Fargate in {len(good)} zone of {configuration.region}, and two are"
            " needed: enable more zones, or write your own VPC as ExistingVpcId of network"
        ][: len(good) < 2]
    advice = f"write two of {', '.join(good)} as ZoneA and ZoneB of network"
    return [
        f"the zone {name} has no Fargate: {advice} into deploy/parameters.json"
        if name in zones
        else f"this account has no zone {name}: {advice} into deploy/parameters.json"
        for name in wanted
        if name not in good
    ]
