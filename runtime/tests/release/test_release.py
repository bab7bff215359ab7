"""A release: the migrations, then the services, then a look at what answers."""

import json
from datetime import UTC, datetime

import pytest

from django_fargate.release.aws import LEAVES, PREVIOUS, SHA
from django_fargate.release.tasks import show_stopped

from .releases import values_of
from .shapes import SHAPES, one_shape
from .world import DIGEST, HEAD


def test_a_release_migrates_then_moves_the_service_then_asks_it(world, shape, capsys):
    assert world.main("release") == 0
    (web,) = world.registered("web")
    assert world.revision == list(world.definitions)[-1]
    assert world.smoked == [HEAD]
    pooler = f"pgbouncer.{world.slug}.internal"
    host = pooler if SHAPES[shape]["pgbouncer"] else "db.example.com"
    assert values_of(web) | {"DB_HOST": host} == values_of(web)
    assert values_of(web)[SHA] == HEAD
    assert values_of(web)[PREVIOUS] == world.arn("web", 1)
    assert values_of(web)[LEAVES] == "site.0001"
    assert web["containerDefinitions"][0]["image"] == f"{world.repository}@{DIGEST}"
    (migration,) = world.client("ecs").requests("run_task")
    assert f"{world.slug}-migrate:" in migration["taskDefinition"]
    network = migration["networkConfiguration"]["awsvpcConfiguration"]
    assert network["subnets"] == ["subnet-1", "subnet-2"]
    order = [name for name, _ in world.client("ecs").calls]
    assert order.index("run_task") < len(order) - 1 - order[::-1].index("register_task_definition")
    output = capsys.readouterr().out
    assert "Applying site.0002_note... OK" in output
    assert "2 of 2 run" in output


def test_no_word_is_left_in_a_rendered_task_definition(world):
    assert world.main("release") == 0
    for request in world.client("ecs").requests("register_task_definition"):
        text = json.dumps({**request, "containerDefinitions": []})
        values = [*values_of(request).values(), text]
        for word in ("ACCOUNT", "GIT_SHA", *world.configuration.words):
            assert not [value for value in values if word in value]


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"containers": [{"name": "migrate", "exitCode": 3}]}, "exit code 3 of migrate"),
        ({"containers": [{"name": "migrate"}]}, "exit code none of migrate"),
        (
            {"containers": [{"name": "migrate", "exitCode": 0}, {"name": "log", "exitCode": 1}]},
            "exit code 1 of log",
        ),
        ({"stopCode": "TaskFailedToStart", "stoppedReason": "no secret"}, "no secret"),
        ({"containers": []}, "EssentialContainerExited"),
    ],
)
def test_a_failed_migration_leaves_the_service_alone(world, capsys, task, message):
    world.task |= task
    assert world.main("release") == 1
    assert world.revision == world.arn("web", 1)
    assert not world.registered("web")
    captured = capsys.readouterr()
    assert message in captured.err
    assert len(captured.err.splitlines()) == 1
    assert "Applying" in captured.out


def test_a_task_that_ecs_does_not_start_is_a_failure(world, capsys):
    failure = {"arn": "x", "reason": "Capacity is unavailable at this time"}
    world.answer("ecs", run_task={"tasks": [], "failures": [failure]})
    assert world.main("release") == 1
    assert "Capacity is unavailable" in capsys.readouterr().err
    assert world.revision == world.arn("web", 1)


def test_a_deployment_that_ecs_rolls_back_is_a_failure(world, capsys):
    def update_stack(request):
        world.stacks["service"] = "UPDATE_ROLLBACK_COMPLETE"
        return {}

    if world.stacks:
        world.answer("cloudformation", update_stack=update_stack)
    else:
        back = {"taskDefinition": world.arn("web", 1)}
        world.primaries = [{"rolloutState": "IN_PROGRESS"}, back]
    assert world.main("release") == 1
    captured = capsys.readouterr()
    assert "rolled back" in captured.err
    assert "what ECS says" in captured.out
    assert not world.smoked


def test_a_web_service_that_ecs_alone_took_back_is_a_failure(world, capsys):
    world.primaries = [{"rolloutState": "IN_PROGRESS"}, {"taskDefinition": world.arn("web", 1)}]
    assert world.main("release") == 1
    captured = capsys.readouterr()
    assert f"{world.slug}-web:" in captured.err
    assert "was rolled back by ECS" in captured.err
    assert not world.smoked


@one_shape
def test_the_tasks_that_stopped_say_why_each_reason_once(world, capsys):
    def task(name, revision, minute, reason):
        stopped = datetime(2026, 1, 1, 12, minute, tzinfo=UTC)
        end = {"stopCode": "TaskFailedToStart", "stoppedReason": reason, "stoppedAt": stopped}
        return {"taskArn": world.task_arn(f"-{name}"), "taskDefinitionArn": revision, **end}

    ours, other = world.arn("web", 1), world.arn("web", 7)
    tasks = [
        task("newest", ours, 9, "CannotPullContainerError"),
        task("other", other, 8, "of another release"),
        task("first", ours, 1, "ResourceInitializationError"),
        task("second", ours, 2, "ResourceInitializationError"),
    ]
    arns = [one["taskArn"] for one in tasks]
    world.answer("ecs", list_tasks={"taskArns": arns}, describe_tasks={"tasks": tasks})
    show_stopped(world.aws, world.as_facts, f"{world.slug}-web", ours)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "    task 0123-second: TaskFailedToStart; ResourceInitializationError",
        "    task 0123-newest: TaskFailedToStart; CannotPullContainerError",
        "    Applying site.0002_note... OK",
    ]


def test_the_deployment_is_watched_until_it_is_complete(world, capsys):
    states = ["IN_PROGRESS", "IN_PROGRESS", "COMPLETED"]
    busy = [{"rolloutState": state, "runningCount": n} for n, state in enumerate(states)]
    world.primaries = busy
    assert world.main("release") == 0
    output = capsys.readouterr().out
    assert "1 of 2 run" in output
    assert "2 of 2 run, COMPLETED" in output


def test_a_release_during_another_is_refused(world, capsys):
    if world.stacks:
        world.stacks["service"] = "UPDATE_IN_PROGRESS"
    else:
        world.before = {"rolloutState": "IN_PROGRESS"}
    assert world.main("release") == 2
    assert "wait until that is done" in capsys.readouterr().err
    assert not world.client("ecs").requests("run_task")


def test_a_release_during_the_migrations_of_another_is_refused(world):
    world.answer("ecs", list_tasks={"taskArns": [world.task_arn()]})
    world.task |= {"lastStatus": "RUNNING", "createdAt": datetime.now(UTC)}
    assert world.main("release") == 2
    assert not world.client("ecs").requests("run_task")


def test_of_two_that_start_to_migrate_at_once_the_later_stops(world, capsys):
    ours, other = world.task_arn(), world.task_arn("-other")
    times = {other: datetime(2026, 1, 1, tzinfo=UTC), ours: datetime(2026, 1, 2, tzinfo=UTC)}
    both = [{"taskArn": arn, "createdAt": at} for arn, at in times.items()]
    tasks = [{**task, "lastStatus": "PENDING"} for task in both]
    world.answer("ecs", list_tasks=[{"taskArns": []}, {"taskArns": list(times)}])
    world.answer("ecs", describe_tasks={"tasks": tasks})
    assert world.main("release") == 2
    (stopped,) = world.client("ecs").requests("stop_task")
    assert stopped["task"] == ours
    assert "another release was faster" in capsys.readouterr().err
