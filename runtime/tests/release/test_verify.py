"""Whether a release could start."""

import json

from django_fargate.release.aws import Aws, Image

from .shapes import one_shape
from .world import DIGEST, HEAD, World


def test_verify_names_all_that_is_missing(world, capsys, monkeypatch):
    missing = world.client("iam").exceptions.NoSuchEntityException
    world.answer("iam", get_role=missing({"Error": {}}, "GetRole"))
    gone = world.client("secretsmanager").exceptions.ResourceNotFoundException
    world.answer("secretsmanager", describe_secret=gone({"Error": {}}, "DescribeSecret"))
    world.answer("logs", describe_log_groups={"logGroups": []})
    monkeypatch.setattr(Aws, "architectures", lambda aws, image: {"riscv64"})
    assert world.main("verify") == 2
    message = capsys.readouterr().err
    for part in (
        f"there is no role {world.slug}-ecs-execution",
        f"there is no secret {world.slug}/db-app",
        f"there is no log group /ecs/{world.slug}-web",
        f"the image is for riscv64, the tasks run on {world.configuration.architecture}",
    ):
        assert part in message


def test_a_role_that_ecs_may_not_assume_is_no_role_for_a_task(world, capsys):
    trust = {"Principal": {"Service": "ec2.amazonaws.com"}}
    world.answer("iam", get_role={"Role": {"AssumeRolePolicyDocument": trust}})
    assert world.main("release") == 2
    assert "does not trust ECS" in capsys.readouterr().err
    assert not world.client("ecs").requests("register_task_definition")


def test_a_commit_without_an_image_is_refused(world, capsys):
    missing = world.client("ecr").exceptions.ImageNotFoundException
    world.answer("ecr", describe_images=missing({"Error": {}}, "DescribeImages"))
    assert world.main("release") == 2
    assert f"there is no image {world.repository}:{HEAD}" in capsys.readouterr().err


@one_shape
def test_the_architectures_of_an_index_are_those_of_its_images(configuration):
    world = World(configuration)
    entries = [{"platform": {"architecture": name}} for name in ("arm64", "unknown", "riscv64")]
    manifest = json.dumps({"manifests": entries})
    world.answer("ecr", batch_get_image={"images": [{"imageManifest": manifest}]})
    image = Image(HEAD, f"{world.repository}@{DIGEST}", world.slug, DIGEST)
    assert world.aws.architectures(image) == {"arm64", "riscv64"}
