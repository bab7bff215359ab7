"""Names that a stack is going to give: are they free?"""

from datetime import UTC, datetime

import pytest

from django_fargate.release.holders import HOLDERS
from django_fargate.release.names import planned, taken_names

from .client import error
from .held import HELD
from .releases import refuses
from .repository import ACCOUNT, write_parameters, write_stack
from .shapes import shapes

# One of each kind of order; the names are looked up in the same way for all.
pytestmark = shapes("stacks", "stacks-beat")


def plan_name(world, kind, name="taken"):
    write_stack(
        world.configuration,
        "data",
        "Parameters: {}",
        "Resources:",
        "  Held:",
        f"    Type: {kind}",
        "    Properties:",
        f'      {HOLDERS[kind][0]}: "{name}"',
        "Outputs:",
        "  Name:",
        "    Value: none",
    )


@pytest.mark.parametrize("kind", HELD)
def test_a_name_that_is_taken_is_refused_before_anything_is_made(world, capsys, kind):
    service, operation, there, _ = HELD[kind]
    world.stacks.clear()
    plan_name(world, kind)
    world.answer(service, **{operation: there or {"DashboardName": "taken"}})
    refuses(world, capsys, f"{kind} taken (Held of data.yaml) exists already")


@pytest.mark.parametrize("kind", HELD)
def test_a_name_that_is_free_is_not(world, kind):
    service, operation, _, absent = HELD[kind]
    world.stacks.clear()
    plan_name(world, kind)
    answer = error(absent, "not there") if isinstance(absent, str) else absent
    world.answer(service, **{operation: answer})
    assert taken_names(world.aws) == []


@pytest.mark.parametrize("kind", HELD)
def test_a_name_that_cannot_be_looked_at_is_refused(world, capsys, kind):
    service, operation, *_ = HELD[kind]
    world.stacks.clear()
    plan_name(world, kind)
    world.answer(service, **{operation: error("AccessDenied", "not authorized")})
    refuses(world, capsys, f"cannot look at {kind} taken (Held of data.yaml): AccessDenied")


def test_a_name_of_a_stack_of_our_own_is_not_taken(world):
    plan_name(world, "AWS::IAM::Role")
    own = {"LogicalResourceId": "Held", "ResourceStatus": "CREATE_COMPLETE"}
    world.answer("cloudformation", list_stack_resources={"StackResourceSummaries": [own]})
    assert taken_names(world.aws) == []
    own["ResourceStatus"] = "DELETE_COMPLETE"
    assert taken_names(world.aws) != []


def test_a_secret_that_waits_for_its_deletion_holds_its_name(world, capsys):
    world.stacks.clear()
    plan_name(world, "AWS::SecretsManager::Secret")
    deleted = {"Name": "taken", "DeletedDate": datetime(2026, 1, 1, tzinfo=UTC)}
    world.answer("secretsmanager", describe_secret=deleted)
    refuses(
        world, capsys, "is scheduled for deletion, and its name is taken until then: `aws secret"
    )


def test_a_name_that_is_made_of_parts_is_read(world, capsys):
    region = world.configuration.region
    world.stacks.clear()
    plan_name(world, "AWS::S3::Bucket", "files-${AWS::AccountId}-${AWS::Region}")
    world.answer("s3", head_bucket={"BucketRegion": "here"})
    refuses(world, capsys, f"AWS::S3::Bucket files-{ACCOUNT}-{region} (Held of data.yaml)")


def test_a_name_that_is_not_read_is_said(world, capsys):
    world.stacks.clear()
    plan_name(world, "AWS::S3::Bucket", "!Ref Name")
    assert taken_names(world.aws) == []
    assert "not checked whether it is free: the name of Held" in capsys.readouterr().out


def test_what_a_condition_leaves_out_is_not_looked_for(world):
    world.stacks.clear()
    write_stack(
        world.configuration,
        "data",
        "Parameters:",
        "  Existing:",
        "    Type: String",
        '    Default: ""',
        "Conditions:",
        '  Create: !Equals [!Ref Existing, ""]',
        "Resources:",
        "  Held:",
        "    Type: AWS::IAM::Role",
        "    Condition: Create",
        "    Properties:",
        "      RoleName: taken",
    )
    assert [str(item) for item in planned(world.aws, "data")] == [
        "AWS::IAM::Role taken (Held of data.yaml)"
    ]
    write_parameters(world.configuration, {"data": {"Existing": "mine"}})
    assert planned(world.aws, "data") == []
