"""deploy/parameters.json, and what the stacks' files say of their parameters."""

import pytest

from django_fargate.release.outcomes import Refused
from django_fargate.release.parameters import check_user_parameters

from .repository import write_parameters, write_stack
from .shapes import with_stacks

pytestmark = with_stacks

CHOICE = ("  Upgrade:", "    Type: String", '    AllowedValues: ["true", "false"]')


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"platform": {}}, "must contain CertificateArn of the stack platform"),
        ({"platform": {"CertificateArm": "x"}}, "platform.yaml has no parameter CertificateArm"),
        ({"platform": {"CertificateArn": ""}}, "platform must be an ARN; it is ''"),
        ({"plattform": {}}, "no stack is named plattform"),
        ({"platform": "x"}, "platform is not an object"),
        ({"platform": {"CertificateArn": ["x"]}}, "CertificateArn of platform is ['x']: write a"),
        (
            {"platform": {"CertificateArn": "arn:x", "Upgrade": "yes"}},
            "Upgrade of platform must be false or true; it is 'yes'",
        ),
        ("{", "is not JSON"),
    ],
)
def test_a_wrong_parameters_file_is_refused(world, capsys, given, message):
    about = ["Type: String", "AllowedPattern: ^arn:.+$", "ConstraintDescription: must be an ARN"]
    lines = ["  # ACM's.", "  CertificateArn:", *(f"    {line}" for line in about), *CHOICE]
    write_stack(world.configuration, "platform", "Parameters:", *lines, "Resources: {}")
    write_parameters(world.configuration, given)
    assert world.main("bootstrap") == 2
    assert message in capsys.readouterr().err


def test_true_of_json_is_true_of_cloudformation(world):
    write_stack(world.configuration, "network", "Parameters:", *CHOICE, "Resources: {}")
    write_parameters(world.configuration, {"network": {"Upgrade": True}})
    assert world.main("bootstrap") == 0
    (update, *_) = world.client("cloudformation").requests("update_stack")
    assert update["Parameters"] == [{"ParameterKey": "Upgrade", "ParameterValue": "true"}]


@pytest.mark.parametrize(("given", "fits"), [("subnet-1,subnet-2", True), ("subnet-1,x", False)])
def test_every_value_of_a_list_must_match(world, given, fits):
    about = ["Type: CommaDelimitedList", "AllowedPattern: ^subnet-[0-9]$"]
    lines = ["Parameters:", "  Subnets:", *(f"    {line}" for line in about), "Resources: {}"]
    write_stack(world.configuration, "network", *lines)
    write_parameters(world.configuration, {"network": {"Subnets": given}})
    if fits:
        check_user_parameters(world.configuration)
    else:
        with pytest.raises(Refused, match="must match"):
            check_user_parameters(world.configuration)


def test_a_service_that_takes_no_revision_is_refused(world, capsys):
    write_stack(world.configuration, "service", "Resources: {}")
    assert world.main("release") == 2
    asked = {service.parameter for service in world.configuration.services}
    missing = ", ".join(sorted({"AutomaticRollback", *asked}))
    assert f"has no parameter {missing}" in capsys.readouterr().err
    assert not world.client("ecs").requests("run_task")


@pytest.mark.parametrize("status", [None, "ROLLBACK_COMPLETE"])
def test_a_release_without_its_stacks_is_refused(world, capsys, status):
    world.stacks["service"] = status
    if status is None:
        del world.stacks["service"]
    assert world.main("release") == 2
    assert f"the stack {world.slug}-service is" in capsys.readouterr().err
    assert not world.client("ecs").requests("run_task")


def test_the_parameters_file_wins_over_an_earlier_output(world):
    write_parameters(world.configuration, {"service": {"ClusterName": "mine"}})
    assert world.main("release") == 0
    (update,) = world.client("cloudformation").requests("update_stack")
    assert {"ParameterKey": "ClusterName", "ParameterValue": "mine"} in update["Parameters"]
