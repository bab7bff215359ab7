"""The services beside the web's where ECS is asked to replace one after another."""

import pytest

from django_fargate.release.migrations import Migrations

from .releases import updated, with_companions
from .shapes import SHAPES, names_of, with_companions_by_hand

# Each kind with such services, and each of those.
each_companion = pytest.mark.parametrize(
    ("shape", "name"),
    [
        (shape, service["name"])
        for shape in names_of(lambda given: not given["stacks"])
        for service in SHAPES[shape]["services"][1:]
    ],
)


@with_companions_by_hand
def test_who_works_is_replaced_before_who_sends(world):
    assert world.main("release") == 0
    assert updated(world) == [*world.names, "web"]


@each_companion
def test_one_that_fails_takes_those_before_it_back(world, capsys, name):
    back = {"taskDefinition": world.arn(name, 1)}
    world.changed[name] = [{"rolloutState": "IN_PROGRESS"}, back]
    assert world.main("release") == 1
    before = world.names[: world.names.index(name)]
    assert updated(world) == [*before, name, *before[::-1]]
    assert {other: world.beside[other] for other in before} == {
        other: world.arn(other, 1) for other in before
    }
    assert world.revision == world.arn("web", 1)
    captured = capsys.readouterr()
    assert f"what ECS says of {name}" in captured.out
    assert "was rolled back by ECS" in captured.err
    assert not world.smoked


@with_companions_by_hand
def test_a_web_service_that_fails_takes_the_others_back(world):
    world.primaries = [{"rolloutState": "IN_PROGRESS"}, {"taskDefinition": world.arn("web", 1)}]
    assert world.main("release") == 1
    assert world.beside == {name: world.arn(name, 1) for name in world.names}
    # The last first.
    assert updated(world) == [*world.names, "web", *reversed(world.names)]


@with_companions_by_hand
def test_without_an_automatic_rollback_nothing_is_taken_back(world):
    world.migrations = Migrations({"site.0001": frozenset()}, {"site.0001": "why not"})
    world.primaries = [{"rolloutState": "FAILED"}]
    assert world.main("release") == 1
    assert updated(world) == [*world.names, "web"]


@with_companions_by_hand
def test_a_release_without_its_worker_service_is_refused(world, capsys):
    del world.beside["worker"]
    assert world.main("release") == 2
    assert f"there is no service {world.slug}-worker" in capsys.readouterr().err
    assert not world.client("ecs").requests("run_task")


@with_companions_by_hand
def test_a_release_while_the_worker_is_deployed_is_refused(world, capsys):
    world.beside["worker"] = world.arn("worker", 2)
    world.changed["worker"] = [{"rolloutState": "IN_PROGRESS"}]
    assert world.main("release") == 2
    assert f"{world.slug}-worker is being deployed" in capsys.readouterr().err


@with_companions_by_hand
def test_a_rollback_replaces_who_sends_before_who_works(world):
    with_companions(world)
    assert world.main("rollback") == 0
    assert updated(world) == ["web", *reversed(world.names)]
