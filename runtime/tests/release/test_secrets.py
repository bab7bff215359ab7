"""Secrets: ECS wants their whole ARNs, and deploy/ecs has them without their random ends."""

import pytest

from django_fargate.release.outcomes import Refused
from django_fargate.release.secret_arns import whole_arn, with_whole_arns

from .shapes import one_shape

PREFIX = "arn:aws:secretsmanager:us-east-1:123456789012:secret"


def test_every_secret_is_given_by_its_whole_arn(world):
    assert world.main("release") == 0
    assert world.main("run", "--", "true") == 0
    values = [
        item["valueFrom"]
        for request in world.client("ecs").requests("register_task_definition")
        for item in request["containerDefinitions"][0]["secrets"]
    ]
    assert f"{world.secret_arn(world.slug)}/django-A1b2C3:SECRET_KEY::" in values
    assert all("-A1b2C3:" in value for value in values)


@one_shape
@pytest.mark.parametrize(
    ("given", "registered"),
    [
        (f"{PREFIX}:mine-A1b2C3:KEY:AWSCURRENT:", f"{PREFIX}:mine-A1b2C3:KEY:AWSCURRENT:"),
        (f"{PREFIX}:mine:KEY::", f"{PREFIX}:mine-A1b2C3:KEY::"),
        (f"{PREFIX}:mine", f"{PREFIX}:mine-A1b2C3"),
        ("arn:aws:ssm:x:1:parameter/mine", "arn:aws:ssm:x:1:parameter/mine"),
        ("/mine", "/mine"),
    ],
)
def test_a_secret_of_yours_is_given_so_too(world, given, registered):
    definition = {
        "containerDefinitions": [
            {"name": "web", "secrets": [{"name": "KEY", "valueFrom": given}]},
            {"name": "other"},
        ]
    }
    first, second = with_whole_arns(world.aws, definition)["containerDefinitions"]
    assert first["secrets"] == [{"name": "KEY", "valueFrom": registered}]
    assert second == {"name": "other"}


@one_shape
def test_a_secret_that_is_not_there_is_refused(world):
    missing = world.client("secretsmanager").exceptions.ResourceNotFoundException
    world.answer("secretsmanager", describe_secret=missing({"Error": {}}, "DescribeSecret"))
    with pytest.raises(Refused, match="there is no secret mine"):
        whole_arn(world.aws, f"{PREFIX}:mine")
