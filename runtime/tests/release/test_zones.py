"""The zones of a new VPC."""

import json
from dataclasses import replace

from django_fargate.release import zones
from django_fargate.release.zones import zone_faults, zones_of_network

from .client import error
from .repository import write_stack
from .shapes import with_stacks

pytestmark = with_stacks


def with_zones(world, region, *given):
    names = ("ZoneA", "ZoneB")
    lines = [
        line for name in names for line in (f"  {name}:", "    Type: String", '    Default: ""')
    ]
    write_stack(world.configuration, "network", "Parameters:", *lines, "Resources: {}")
    written = {"network": dict(zip(names, given, strict=False))}
    world.configuration.parameters_file.write_text(json.dumps(written))
    world.configuration = replace(world.configuration, region=region)
    zones = [
        {"ZoneName": f"{region}{letter}", "ZoneId": identifier}
        for letter, identifier in (("a", "apne1-az3"), ("c", "apne1-az1"), ("d", "apne1-az2"))
    ]
    world.answer("ec2", describe_availability_zones={"AvailabilityZones": zones})
    return zone_faults(world.aws)


def test_a_zone_without_fargate_is_refused_and_the_others_are_named(world):
    world.stacks.clear()
    given = ("ap-northeast-1a", "ap-northeast-1d")
    (problem,) = with_zones(world, "ap-northeast-1", *given)
    assert problem == (
        "the zone ap-northeast-1a has no Fargate: write two of ap-northeast-1c, ap-northeast-1d"
        " as ZoneA and ZoneB of network into deploy/parameters.json"
    )
    chosen = ("ap-northeast-1c", "ap-northeast-1d")
    assert with_zones(world, "ap-northeast-1", *chosen) == []
    (problem,) = with_zones(world, "ap-northeast-1", chosen[0], "ap-northeast-1x")
    assert "this account has no zone ap-northeast-1x" in problem
    assert with_zones(world, "eu-west-1") == []


def test_without_a_choice_the_first_two_with_fargate_are_named_to_cloudformation(
    world, monkeypatch
):
    world.stacks.clear()
    assert with_zones(world, "ap-northeast-1") == []
    chosen = {"ZoneA": "ap-northeast-1c", "ZoneB": "ap-northeast-1d"}
    assert zones_of_network(world.aws) == chosen
    # An update leaves the subnets where they are, whatever zones the account has by then.
    known = [{"ParameterKey": key, "ParameterValue": f"{value}x"} for key, value in chosen.items()]
    stack = {"StackStatus": "CREATE_COMPLETE", "Parameters": known, "Outputs": []}
    world.answer("cloudformation", describe_stacks={"Stacks": [stack]})
    kept = {key: f"{value}x" for key, value in chosen.items()}
    assert zones_of_network(world.aws) == kept
    assert with_zones(world, "ap-northeast-1") == []
    monkeypatch.setattr(zones, "FARGATE_ZONES", {"ap-northeast-1": ("apne1-az1",)})
    world.answer("cloudformation", describe_stacks=error("ValidationError", "does not exist"))
    (problem,) = with_zones(world, "ap-northeast-1")
    assert "this account has Fargate in 1 zone of ap-northeast-1, and two are needed" in problem


def test_zones_are_chosen_once(world):
    (problem,) = with_zones(world, "eu-west-1", "eu-west-1a", "eu-west-1c")
    assert "subnets stay in their zones" in problem
    assert with_zones(world, "eu-west-1") == []
