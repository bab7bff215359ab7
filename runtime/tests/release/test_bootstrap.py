"""The stacks, in their order, and the database's role between them."""

import json

from django_fargate.release import checkout

from .client import error
from .releases import stacks_changed
from .repository import write_stack
from .shapes import those, with_stacks


@with_stacks
def test_bootstrap_makes_the_stacks_in_order_and_the_role_before_the_service(world):
    def start(request):
        order.append(stacks_changed(world))
        return {"tasks": [{"taskArn": world.task_arn()}], "failures": []}

    stacks = world.configuration.stacks
    world.stacks.clear()
    order = []
    world.answer("ecs", run_task=start)
    assert world.main("bootstrap") == 0
    assert stacks_changed(world) == [f"{world.slug}-{name}" for name in stacks]
    assert order == [[f"{world.slug}-{name}" for name in ("network", "platform", "data")]]
    (task,) = world.registered("dbinit")
    (container,) = task["containerDefinitions"]
    secrets = {item["name"]: item["valueFrom"] for item in container["secrets"]}
    assert secrets["MASTER_PASSWORD"] == f"{world.facts['MasterSecretArn']}:password::"
    made = world.client("cloudformation").requests("create_stack")[-1]
    # The file's default stands: no revision, so no service yet.
    cluster = {"ParameterKey": "ClusterName", "ParameterValue": world.facts["ClusterName"]}
    assert made["Parameters"] == [cluster]


@with_stacks
def test_a_second_bootstrap_leaves_the_release_alone(world):
    assert world.main("bootstrap") == 0
    assert world.revision == world.arn("web", 1)
    updated = world.client("cloudformation").requests("update_stack")
    assert len(updated) == len(world.configuration.stacks)
    policy = json.loads(updated[0]["StackPolicyBody"])
    assert "AWS::RDS::DBInstance" in json.dumps(policy["Statement"][1])


@with_stacks
def test_a_stack_that_was_left_as_it_failed_takes_an_update_without_rollback(world):
    world.stacks["service"] = "UPDATE_FAILED"
    world.answer("cloudformation", update_stack=lambda request: complete(world, request))
    assert world.main("bootstrap") == 0
    updates = world.client("cloudformation").requests("update_stack")
    off = {one["StackName"] for one in updates if one["DisableRollback"]}
    assert off == {f"{world.slug}-service"}


def complete(world, request):
    world.stacks[request["StackName"].removeprefix(f"{world.slug}-")] = "UPDATE_COMPLETE"
    return world.update_stack(request)


@with_stacks
def test_a_stack_without_changes_is_no_error(world, capsys):
    nothing = error("ValidationError", "No updates are to be performed.")
    world.answer("cloudformation", update_stack=nothing)
    assert world.main("bootstrap") == 0
    assert "service: nothing to change" in capsys.readouterr().out


@with_stacks
def test_a_first_creation_that_failed_is_made_anew(world):
    world.stacks = {"network": "ROLLBACK_COMPLETE"}
    assert world.main("bootstrap") == 0
    (deleted,) = world.client("cloudformation").requests("delete_stack")
    assert deleted["StackName"] == f"{world.slug}-network"
    assert world.stacks["network"] == "CREATE_COMPLETE"


@with_stacks
def test_bootstrap_says_that_the_account_is_in_no_commit(world, capsys, monkeypatch):
    assert world.main("bootstrap") == 0
    assert "then commit" not in capsys.readouterr().out
    monkeypatch.setattr(checkout, "account_is_in_no_commit", lambda configuration: True)
    assert world.main("bootstrap") == 0
    assert "then commit deploy/parameters.json" in capsys.readouterr().out.splitlines()[-1]


@with_stacks
def test_roles_of_services_are_made_where_they_were_never_used(world):
    cluster = ("Resources:", "  Cluster:", "    Type: AWS::ECS::Cluster", "    Properties: 1")
    write_stack(world.configuration, "platform", *cluster)
    database = ("Resources:", "  Database:", "    Type: AWS::RDS::DBInstance", "")
    write_stack(world.configuration, "data", *database)
    there = "/aws-service-role/rds.amazonaws.com/"
    world.answer(
        "iam",
        list_roles=lambda request: {"Roles": [{}] if request["PathPrefix"] == there else []},
        create_service_linked_role={},
    )
    assert world.main("bootstrap") == 0
    (made,) = world.client("iam").requests("create_service_linked_role")
    assert made == {"AWSServiceName": "ecs.amazonaws.com"}


@those(lambda given: given["stacks"] and "pgbouncer" not in given["stacks"])
def test_tasks_that_go_through_a_pgbouncer_are_not_cut_off(world, capsys):
    world.stacks["pgbouncer"] = "CREATE_COMPLETE"
    assert world.main("bootstrap") == 2
    assert f"the stack {world.slug}-pgbouncer still exists" in capsys.readouterr().err
    assert stacks_changed(world) == []
