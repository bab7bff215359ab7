"""Migrations under the linter's override, and the way back to an earlier release."""

import pytest

from django_fargate.release.aws import LEAVES, OVERRIDDEN, PREVIOUS
from django_fargate.release.migrations import Migrations

from .releases import values_of, with_history
from .world import OLD

BREAKING = Migrations({"site.0001": frozenset()}, {"site.0001": "why not"})


def test_a_migration_under_the_override_switches_the_automatic_rollback_off(world, capsys):
    world.migrations = BREAKING
    assert world.main("release") == 0
    output = capsys.readouterr().out
    assert "site.0001 may break the previous release: why not" in output
    assert "the automatic rollback is off" in output
    (web,) = world.registered("web")
    assert values_of(web)[OVERRIDDEN] == "site.0001"
    if world.stacks:
        (update,) = world.client("cloudformation").requests("update_stack")
        assert update["DisableRollback"] is True
        values = {item["ParameterKey"]: item["ParameterValue"] for item in update["Parameters"]}
        assert values["AutomaticRollback"] == "false"
    else:
        *others, update = world.client("ecs").requests("update_service")
        assert len(others) == len(world.names)
        assert update["deploymentConfiguration"] == {
            "maximumPercent": 200,
            "deploymentCircuitBreaker": {"enable": True, "rollback": False},
            "alarms": {"alarmNames": ["5xx"], "enable": True, "rollback": False},
        }


def test_the_release_after_it_is_an_ordinary_one_and_remembers(world):
    notes = {LEAVES: "site.0001", OVERRIDDEN: "site.0001"}
    world.definitions[world.revision] = world.definition(OLD, **notes)
    world.migrations = BREAKING
    assert world.main("release") == 0
    (web,) = world.registered("web")
    assert values_of(web)[OVERRIDDEN] == "site.0001"
    if world.stacks:
        (update,) = world.client("cloudformation").requests("update_stack")
        assert update["DisableRollback"] is False
    else:
        *others, update = world.client("ecs").requests("update_service")
        assert len(others) == len(world.names)
        assert update["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"] is True


def test_an_app_that_moved_since_the_release_before_is_no_way_back_lost(world):
    """What 0.1.0 wrote into shop/background is in django_fargate/background now."""
    notes = {LEAVES: "shop.background.0001_initial site.0001", OVERRIDDEN: "site.0001"}
    world.definitions[world.revision] = world.definition(OLD, **notes)
    moved = "django_fargate.background.0001_initial"
    world.migrations = Migrations({moved: frozenset(), **BREAKING.dependencies}, BREAKING.overrides)
    assert world.main("release") == 0
    (web,) = world.registered("web")
    assert values_of(web)[LEAVES] == f"{moved} site.0001"
    assert values_of(web)[OVERRIDDEN] == "site.0001"
    if world.stacks:
        (update,) = world.client("cloudformation").requests("update_stack")
        assert update["DisableRollback"] is False
    assert world.main("rollback") == 0
    assert world.revision == world.arn("web", 1)


def test_after_a_release_that_was_left_broken_nothing_is_rolled_back_to(world, capsys):
    with_history(world)
    if world.stacks:
        world.stacks["service"] = "UPDATE_FAILED"
    else:
        world.before = {"rolloutState": "FAILED"}
    assert world.main("release") == 0
    assert "did not start" in capsys.readouterr().out
    (web,) = world.registered("web")
    assert values_of(web)[PREVIOUS] == world.arn("web", 1)
    if world.stacks:
        (update,) = world.client("cloudformation").requests("update_stack")
        # AWS takes no other update of a stack in this state.
        assert update["DisableRollback"] is True
        off = {"ParameterKey": "AutomaticRollback", "ParameterValue": "false"}
        assert off in update["Parameters"]
    else:
        *_, update = world.client("ecs").requests("update_service")
        assert update["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"] is False


def test_a_rollback_goes_to_the_release_before(world):
    with_history(world)
    assert world.main("rollback") == 0
    assert world.revision == world.arn("web", 1)
    assert world.smoked == [OLD]
    assert not world.client("ecs").requests("run_task")
    assert not world.client("ecs").requests("register_task_definition")


def test_a_rollback_across_an_overridden_migration_is_refused(world, capsys):
    with_history(world, **{OVERRIDDEN: "site.0002_drop"})
    assert world.main("rollback") == 2
    assert "site.0002_drop" in capsys.readouterr().err
    assert world.revision == world.arn("web", 2)


def test_a_rollback_behind_one_is_not(world):
    with_history(world, **{OVERRIDDEN: "site.0001_old"})
    older = world.definition(OLD, **{OVERRIDDEN: "site.0001_old"})
    world.definitions[world.arn("web", 1)] = older
    assert world.main("rollback") == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "is the first release"),
        (["--to", "1"], "is already running"),
        (["--to", "7"], "no task def"),
    ],
)
def test_a_rollback_to_nothing_is_refused(world, capsys, arguments, message):
    assert world.main("rollback", *arguments) == 2
    assert message in capsys.readouterr().err


def test_a_rollback_to_an_image_that_is_gone_is_refused(world, capsys):
    with_history(world)
    world.answer("ecr", batch_get_image={"images": []})
    assert world.main("rollback") == 2
    assert "no longer in the repository" in capsys.readouterr().err


def test_a_rollback_to_a_revision_that_was_deregistered_is_refused(world, capsys):
    with_history(world)
    world.definitions[world.arn("web", 1)]["status"] = "INACTIVE"
    assert world.main("rollback") == 2
    message = f"{world.slug}-web:1 was deregistered: release its commit {OLD[:12]} again"
    assert message in capsys.readouterr().err
    assert world.revision == world.arn("web", 2)
