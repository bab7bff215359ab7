"""The services beside the web's where one update of a stack brings them all."""

import pytest

from .releases import with_history
from .shapes import SHAPES, names_of, with_companions_in_stacks

# Each kind with such services, and each of those.
each_companion = pytest.mark.parametrize(
    ("shape", "name"),
    [
        (shape, service["name"])
        for shape in names_of(lambda given: given["stacks"])
        for service in SHAPES[shape]["services"][1:]
    ],
)


def parameters_of(world):
    return {service.name: service.parameter for service in world.configuration.services}


@with_companions_in_stacks
def test_one_update_of_the_stack_brings_them_all(world):
    assert world.main("release") == 0
    (update,) = world.client("cloudformation").requests("update_stack")
    given = {item["ParameterKey"]: item["ParameterValue"] for item in update["Parameters"]}
    for name, arn in {"web": world.revision, **world.beside}.items():
        assert given[parameters_of(world)[name]] == arn


@each_companion
def test_one_that_fails_takes_all_back_and_is_explained(world, capsys, name):
    def event(resource, service, reason):
        return {
            "EventId": resource,
            "ClientRequestToken": token,
            "LogicalResourceId": resource,
            "PhysicalResourceId": f"arn:aws:ecs:x:1:service/{world.slug}/{service}",
            "ResourceStatus": "UPDATE_FAILED",
            "ResourceStatusReason": reason,
        }

    def update_stack(request):
        nonlocal token
        token = request["ClientRequestToken"]
        events = [
            event("WebService", f"{world.slug}-web", "Resource update cancelled"),
            event("Broken", f"{world.slug}-{name}", "Circuit Breaker was triggered"),
        ]
        world.answer("cloudformation", describe_stack_events={"StackEvents": events})
        world.stacks["service"] = "UPDATE_ROLLBACK_COMPLETE"
        return {}

    def list_tasks(request):
        return {"taskArns": stopped if request["desiredStatus"] == "STOPPED" else []}

    def describe_tasks(request):
        if request["tasks"] != stopped:
            return {"tasks": [{"taskArn": world.task_arn(), **world.task}]}
        revisions = [arn for arn in world.definitions if f"-{name}:" in arn]
        end = {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": "not healthy"}
        tasks = zip(stopped, revisions, strict=True)
        return {"tasks": [{"taskArn": arn, "taskDefinitionArn": of, **end} for arn, of in tasks]}

    token, stopped = "", [world.task_arn("-old"), world.task_arn("-new")]
    world.answer("cloudformation", update_stack=update_stack)
    world.answer("ecs", list_tasks=list_tasks, describe_tasks=describe_tasks)
    assert world.main("release") == 1
    captured = capsys.readouterr()
    assert "was rolled back: the stack" in captured.err
    assert f"what ECS says of {name}" in captured.out
    assert "what ECS says\n" not in captured.out
    assert "Broken: Circuit Breaker was triggered" in captured.out
    assert "cancelled" not in captured.out
    assert "task 0123-new: ServiceSchedulerInitiated; not healthy" in captured.out
    assert "0123-old" not in captured.out


@with_companions_in_stacks
def test_none_is_released_while_another_comes_up(world, capsys):
    busy = {"rolloutState": "IN_PROGRESS", "runningCount": 0}
    world.changed["worker"] = [busy, busy, busy, {}]
    assert world.main("release") == 0
    output = capsys.readouterr().out
    assert output.index("0 of 1 run, IN_PROGRESS") < output.index("released")
    assert world.changed["worker"] == [{}]


@with_companions_in_stacks
def test_a_worker_that_ecs_alone_took_back_is_a_failure(world, capsys):
    world.changed["worker"] = [{"taskDefinition": world.arn("worker", 1)}]
    assert world.main("release") == 1
    assert f"{world.slug}-worker:" in capsys.readouterr().err
    assert not world.smoked


@with_companions_in_stacks
def test_bootstrap_keeps_the_revisions_that_there_are(world):
    assert world.main("bootstrap") == 0
    update = world.client("cloudformation").requests("update_stack")[-1]
    kept = [item["ParameterKey"] for item in update["Parameters"] if "UsePreviousValue" in item]
    assert kept == list(parameters_of(world).values())


@with_companions_in_stacks
def test_a_stack_from_before_the_worker_has_none_to_keep(world):
    describe = world.describe_stack

    def without(request):
        answer = describe(request)
        # About a stack that is not there the answer is an error.
        for stack in answer["Stacks"] if isinstance(answer, dict) else []:
            known = stack["Parameters"]
            stack["Parameters"] = [one for one in known if one["ParameterKey"] == "Revision"]
        return answer

    world.answer("cloudformation", describe_stacks=without, update_stack={})
    assert world.main("bootstrap") == 0
    update = world.client("cloudformation").requests("update_stack")[-1]
    assert {"ParameterKey": "Revision", "UsePreviousValue": True} in update["Parameters"]
    keys = {item["ParameterKey"] for item in update["Parameters"]}
    # The file's default stands: no worker yet.
    assert not {parameters_of(world)[name] for name in world.names} & keys


@with_companions_in_stacks
def test_a_deployment_without_a_reason_explains_every_service(world, capsys):
    def update_stack(request):
        world.stacks["service"] = "UPDATE_ROLLBACK_COMPLETE"
        return {}

    with_history(world)
    world.answer("cloudformation", update_stack=update_stack)
    assert world.main("release") == 1
    output = capsys.readouterr().out
    assert "what ECS says\n" in output
    for name in world.names:
        assert f"what ECS says of {name}" in output
