"""What a stack that fails says about it."""

from .releases import stacks_changed
from .shapes import with_stacks

pytestmark = with_stacks

DENIED = "AccessDenied. User doesn't have permission to call ec2:DescribeSubnets"


def failing(world, operation, stack, status, *events):
    """Let a stack fail with these events: resource, status and reason of each, the newest first."""

    def fail(request):
        world.stacks[stack] = status
        shown = [
            {
                "EventId": str(number),
                "ClientRequestToken": request["ClientRequestToken"],
                "LogicalResourceId": resource,
                "ResourceStatus": state,
                **({"ResourceStatusReason": reason} if reason else {}),
            }
            for number, (resource, state, reason) in enumerate(events)
        ]
        world.answer("cloudformation", describe_stack_events={"StackEvents": shown})
        return {}

    world.answer("cloudformation", **{operation: fail})


def test_a_stack_that_fails_ends_the_bootstrap_with_its_reason(world, capsys):
    network = f"{world.slug}-network"
    world.stacks.clear()
    failing(
        world,
        *("create_stack", "network", "ROLLBACK_COMPLETE"),
        (network, "ROLLBACK_COMPLETE", None),
        ("Gateway", "DELETE_COMPLETE", None),
        (network, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Vpc]."),
        ("Gateway", "CREATE_FAILED", "Resource creation cancelled"),
        ("Vpc", "CREATE_FAILED", "The maximum number of VPCs\n has been reached."),
        ("Vpc", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        (network, "CREATE_IN_PROGRESS", "User Initiated"),
    )
    assert world.main("bootstrap") == 1
    captured = capsys.readouterr()
    assert "CREATE_FAILED Vpc The maximum number of VPCs has been reached." in captured.out
    assert "The following resource(s) failed to create: [Vpc]." in captured.out
    assert "nitiated" not in captured.out
    assert "cancelled" not in captured.out
    reason = "Vpc: The maximum number of VPCs has been reached."
    assert f"the stack {network} is ROLLBACK_COMPLETE: {reason}\n" in captured.err
    assert stacks_changed(world) == [network]


def test_a_stack_that_cannot_begin_says_why_on_the_way_back(world, capsys):
    network = f"{world.slug}-network"
    world.stacks.clear()
    event = (network, "ROLLBACK_IN_PROGRESS", DENIED)
    failing(world, "create_stack", "network", "ROLLBACK_COMPLETE", event)
    assert world.main("bootstrap") == 1
    captured = capsys.readouterr()
    assert f"ROLLBACK_IN_PROGRESS {network} {DENIED}" in captured.out
    assert captured.err.endswith(f"is ROLLBACK_COMPLETE: {network}: {DENIED}\n")


def test_a_stack_that_fails_without_a_reason_says_where_to_look(world, capsys):
    network = f"{world.slug}-network"
    world.stacks.clear()
    event = (network, "ROLLBACK_COMPLETE", None)
    failing(world, "create_stack", "network", "ROLLBACK_COMPLETE", event)
    assert world.main("bootstrap") == 1
    command = f"aws cloudformation describe-stack-events --stack-name {network}"
    assert f"AWS gives no reason; {command}" in capsys.readouterr().err


def test_a_release_that_cannot_begin_says_why(world, capsys):
    event = (f"{world.slug}-service", "UPDATE_ROLLBACK_IN_PROGRESS", DENIED)
    failing(world, "update_stack", "service", "UPDATE_ROLLBACK_COMPLETE", event)
    assert world.main("release") == 1
    assert f"    {world.slug}-service: {DENIED}\n" in capsys.readouterr().out


def test_the_state_of_a_stack_comes_with_its_reason(world, capsys):
    world.stacks["data"] = "UPDATE_ROLLBACK_FAILED"
    describe = world.describe_stack

    def with_reason(request):
        answer = describe(request)
        if request["StackName"] == f"{world.slug}-data":
            answer["Stacks"][0]["StackStatusReason"] = "The instance is\n not available"
        return answer

    world.answer("cloudformation", describe_stacks=with_reason)
    state = f"{world.slug}-data is UPDATE_ROLLBACK_FAILED"
    assert world.main("release") == 2
    assert f"{state} (The instance is not available)" in capsys.readouterr().err
    assert world.main("status") == 0
    assert f"{state} (The instance is not available)" in capsys.readouterr().out
