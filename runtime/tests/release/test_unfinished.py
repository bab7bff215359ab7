"""Stacks that failed before they were complete for the first time."""

import pytest

from .client import error
from .releases import refuses
from .shapes import with_stacks

pytestmark = with_stacks


def tell(world, *states, **of_resources):
    """Let the events of the stack data be these, and let it have these resources."""
    whole = [(f"{world.slug}-data", state, "") for state in states]
    made = [(name, "CREATE_IN_PROGRESS", "Resource creation Initiated") for name in of_resources]
    events = [
        {
            "EventId": str(number),
            "LogicalResourceId": name,
            "ResourceStatus": state,
            "ResourceStatusReason": reason,
        }
        for number, (name, state, reason) in enumerate([*whole, *made])
    ]
    kinds = {"LoadBalancer": "AWS::ElasticLoadBalancingV2::LoadBalancer"}
    resources = [
        {
            "LogicalResourceId": name,
            "ResourceType": kinds.get(name, "AWS::RDS::DBInstance"),
            "PhysicalResourceId": name.lower(),
            "ResourceStatus": state,
        }
        for name, state in of_resources.items()
    ]
    world.answer(
        "cloudformation",
        describe_stack_events={"StackEvents": events},
        list_stack_resources={"StackResourceSummaries": resources},
    )


@pytest.mark.parametrize(
    ("states", "message"),
    [
        (["CREATE_IN_PROGRESS", "CREATE_COMPLETE"], "was complete once, so nothing of it is touch"),
        (["UPDATE_COMPLETE", "DELETE_FAILED"], "was complete once, so nothing of it is touched"),
        (["IMPORT_COMPLETE", "DELETE_FAILED"], "was complete once, so nothing of it is touched"),
        (["DELETE_IN_PROGRESS", "DELETE_FAILED"], "no longer tells whether it ever was complete"),
    ],
)
def test_a_stack_that_was_complete_once_is_never_deleted(world, capsys, states, message):
    world.stacks["data"] = "DELETE_FAILED"
    tell(world, *states, Database="DELETE_FAILED")
    refuses(world, capsys, message)
    assert not world.client("rds").requests("modify_db_instance")


def test_one_that_never_was_loses_its_protection_and_is_made_anew(world):
    world.stacks["data"] = "DELETE_FAILED"
    tell(
        world,
        *["CREATE_IN_PROGRESS", "ROLLBACK_FAILED", "DELETE_FAILED"],
        Database="DELETE_FAILED",
        LoadBalancer="DELETE_FAILED",
    )
    protected = [{"DBInstances": [{"DeletionProtection": True, "DBInstanceStatus": "creating"}]}]
    off = {"DBInstances": [{"DeletionProtection": False}]}
    busy = error("InvalidDBInstanceState", "Database instance is not in available state.")
    world.answer("rds", describe_db_instances=[*protected, *protected, off])
    world.answer("rds", modify_db_instance=[busy, {}])
    world.answer("elbv2", modify_load_balancer_attributes={})
    assert world.main("bootstrap") == 0
    assert world.stacks["data"] == "CREATE_COMPLETE"
    request = world.client("rds").requests("modify_db_instance")[-1]
    assert request == {
        "DBInstanceIdentifier": "database",
        "DeletionProtection": False,
        "ApplyImmediately": True,
    }
    (balancer,) = world.client("elbv2").requests("modify_load_balancer_attributes")
    assert balancer["LoadBalancerArn"] == "loadbalancer"


def test_what_the_stack_did_not_make_keeps_its_protection(world):
    world.stacks["data"] = "ROLLBACK_FAILED"
    tell(world, "CREATE_IN_PROGRESS", Database="DELETE_FAILED")
    # Somebody else's, which was there before under the same name.
    world.answer("cloudformation", describe_stack_events={"StackEvents": []})
    assert world.main("bootstrap") == 0
    assert not world.client("rds").requests("modify_db_instance")
