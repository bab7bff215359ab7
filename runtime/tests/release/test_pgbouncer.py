"""PgBouncer in a stack of its own, which bootstrap replaces and no release does."""

import json
import re

import pytest

from django_fargate.release import images, pgbouncer
from django_fargate.release.facts import STACKS_SAY, Facts
from django_fargate.release.stacks import stack_policy

from .releases import stacks_changed, values_of, with_history
from .shapes import with_pgbouncer_stack
from .world import DIGEST, HEAD

pytestmark = with_pgbouncer_stack


@pytest.fixture
def built(world, monkeypatch):
    """Return what the command push is asked to build, which is in the registry from then on."""
    options = []
    there = {"imageDetails": [{"imageDigest": DIGEST}]}
    missing = world.client("ecr").exceptions.ImageNotFoundException
    tags = {HEAD}

    def describe(request):
        (image,) = request["imageIds"]
        tag = image.get("imageTag")
        return there if tag in tags else missing({"Error": {}}, "DescribeImages")

    def build(aws, *given):
        options.append(given)
        tags.add(given[-1])

    world.answer("ecr", describe_images=describe)
    monkeypatch.setattr(images, "build", build)
    return options


def change_pgbouncer(world):
    file = world.configuration.deploy / "pgbouncer" / "pgbouncer.ini"
    file.write_text(file.read_text() + "; another line\n")


def built_from(world):
    return pgbouncer.fingerprint(world.configuration, world.as_facts)


def test_bootstrap_builds_pgbouncer_and_registers_it_before_its_stack(world, built):
    world.stacks = {}
    assert world.main("bootstrap") == 0
    configuration = built_from(world)
    assert built == [("--pgbouncer", configuration)]
    (task,) = world.registered("pgbouncer")
    (container,) = task["containerDefinitions"]
    assert container["image"] == f"{world.repository}-pgbouncer@{DIGEST}"
    assert values_of(task)["DB_HOST"] == "db.example.com"
    (made,) = (
        request
        for request in world.client("cloudformation").requests("create_stack")
        if request["StackName"] == f"{world.slug}-pgbouncer"
    )
    values = {item["ParameterKey"]: item["ParameterValue"] for item in made["Parameters"]}
    revision = list(world.definitions)[-1]
    assert f":task-definition/{world.slug}-pgbouncer:" in revision
    assert values == {"Revision": revision, "Configuration": configuration}


def test_bootstrap_leaves_a_pgbouncer_alone_that_did_not_change(world, built):
    assert world.main("bootstrap") == 0
    assert built == []
    assert world.registered("pgbouncer") == []
    assert world.pgbouncer["Revision"] == world.arn("pgbouncer", 1)


def test_a_changed_pgbouncer_is_refused_by_a_release_and_taken_by_bootstrap(world, built, capsys):
    before = world.pgbouncer["Configuration"]
    change_pgbouncer(world)
    now = built_from(world)
    for command in ("verify", "release"):
        assert world.main(command) == 2
        message = capsys.readouterr().err
        assert f"deploy/pgbouncer changed: this commit has {now}, {before} runs" in message
        assert "run `make bootstrap` first" in message
    assert not world.client("ecs").requests("run_task")
    assert world.main("bootstrap") == 0
    assert built == [("--pgbouncer", now)]
    assert world.pgbouncer["Configuration"] == now != before
    assert world.pgbouncer["Revision"] != world.arn("pgbouncer", 1)
    assert world.main("release") == 0
    assert len(world.registered("pgbouncer")) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda it: (it.deploy / "pgbouncer" / "more.ini").write_text(""),
        lambda it: (it.deploy / "ecs" / "pgbouncer.json").write_text("{}"),
        lambda it: it.certificates.write_text("-----BEGIN CERTIFICATE-----"),
        lambda it: it.pgbouncer_start.write_text("import os"),
    ],
)
def test_whatever_pgbouncer_is_made_of_makes_another_one(world, change):
    configuration = world.configuration
    before = built_from(world)
    assert re.fullmatch(r"[0-9a-f]{12}", before)
    # What an editor or a desktop leaves behind is in no commit.
    (configuration.deploy / "pgbouncer" / ".DS_Store").write_text("")
    (configuration.deploy / "pgbouncer" / "__pycache__").mkdir()
    assert built_from(world) == before
    change(configuration)
    assert built_from(world) != before


def test_another_database_makes_another_pgbouncer(world):
    elsewhere = Facts({**world.facts, "DatabaseEndpoint": "restored.example.com"}, STACKS_SAY)
    assert pgbouncer.fingerprint(world.configuration, elsewhere) != built_from(world)


def test_a_pgbouncer_that_never_came_up_is_made_anew(world, built):
    world.stacks["pgbouncer"] = "ROLLBACK_COMPLETE"
    assert world.main("bootstrap") == 0
    assert len(world.registered("pgbouncer")) == 1
    assert world.stacks["pgbouncer"] == "CREATE_COMPLETE"


def test_a_pgbouncer_that_cannot_start_is_not_made(world, built, capsys):
    change_pgbouncer(world)
    groups = {"logGroups": [{"logGroupName": f"/ecs/{world.slug}-dbinit"}]}
    world.answer("logs", describe_log_groups=groups)
    assert world.main("bootstrap") == 2
    group = f"/ecs/{world.slug}-pgbouncer"
    assert f"there is no log group {group}" in capsys.readouterr().err
    assert world.pgbouncer["Revision"] == world.arn("pgbouncer", 1)
    assert f"{world.slug}-service" not in stacks_changed(world)


def test_a_failed_change_of_pgbouncer_says_where_to_look(world, built, capsys):
    change_pgbouncer(world)
    update = world.update_stack

    def fail(request):
        answer = update(request)
        if request["StackName"] == f"{world.slug}-pgbouncer":
            world.stacks["pgbouncer"] = "UPDATE_ROLLBACK_COMPLETE"
        return answer

    world.answer("cloudformation", update_stack=fail)
    assert world.main("bootstrap") == 1
    message = capsys.readouterr().err
    assert f"the stack {world.slug}-pgbouncer is UPDATE_ROLLBACK_COMPLETE" in message
    assert "make logs ARGS=pgbouncer" in message


def test_a_rollback_leaves_pgbouncer_alone(world, built):
    with_history(world)
    change_pgbouncer(world)
    assert world.main("rollback") == 0
    assert stacks_changed(world) == [f"{world.slug}-service"]


def test_pgbouncers_images_may_go_when_it_goes_and_nothing_else_that_holds_data(configuration):
    _, deny = json.loads(stack_policy(configuration))["Statement"]
    assert deny["NotResource"] == "LogicalResourceId/PgbouncerRepository"
    assert "AWS::ECR::Repository" in deny["Condition"]["StringEquals"]["ResourceType"]
