"""deploy/environment.json: what it declares reaches every task, and what is wrong is a sentence."""

import json
from dataclasses import replace

import pytest

from .client import error
from .kept import Kept
from .releases import values_of
from .shapes import by_hand, one_shape, with_stacks

PARAMETER = "arn:aws:ssm:{region}:123456789012:parameter/legacy/token"
SECRET = "arn:aws:secretsmanager:{region}:123456789012:secret:legacy-AbCdEf"


@pytest.fixture
def kept(world):
    return Kept(world)


def declare(world, given):
    text = given if isinstance(given, str) else json.dumps(given)
    (world.configuration.root / "deploy" / "environment.json").write_text(text)


def secrets_of(request):
    (container,) = request["containerDefinitions"]
    return {item["name"]: item["valueFrom"] for item in container["secrets"]}


def let_own_be_read(world, **given):
    """Let the platform's stack have been given these ARNs."""
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    describe = world.describe_stack

    def with_parameters(request):
        answer = describe(request)
        if request["StackName"].endswith("-platform"):
            answer["Stacks"][0]["Parameters"] = parameters
        return answer

    world.answer("cloudformation", describe_stacks=with_parameters)


def test_plain_ones_and_secrets_reach_every_task_that_runs_the_code(world, kept):
    kept.set({"STRIPE_KEY": "x"})
    assert world.main("secrets") == 0
    declare(
        world,
        {
            "SUPPORT_URL": {"value": "https://GIT_SHA.example.com/ACCOUNT"},
            "STRIPE_KEY": {"secret": True},
            "WEB_ONLY": {"value": "1", "services": ["web"]},
        },
    )
    assert world.main("release") == 0
    for name in ["web", "migrate", "ops", *world.names]:
        (request,) = world.registered(name)
        values = values_of(request)
        # As it stands: words are those of deploy/ecs.
        assert values["SUPPORT_URL"] == "https://GIT_SHA.example.com/ACCOUNT"
        assert values.get("WEB_ONLY") == ("1" if name == "web" else None)
        assert secrets_of(request)["STRIPE_KEY"] == f"{kept.arn}:STRIPE_KEY::"


def test_nothing_declared_is_nothing_asked(world):
    assert world.main("release") == 0
    asked = [
        item["SecretId"] for item in world.client("secretsmanager").requests("describe_secret")
    ]
    assert not [name for name in asked if name.endswith("/app")]


def test_a_release_without_a_name_is_refused_before_anything_is_changed(world, kept, capsys):
    declare(world, {"STRIPE_KEY": {"secret": True}})
    assert world.main("release") == 2
    assert "run `make secret NAME=STRIPE_KEY`" in capsys.readouterr().err
    assert not world.client("ecs").requests("register_task_definition")
    # The control.
    kept.set({"STRIPE_KEY": "x"})
    assert world.main("secrets") == 0
    assert world.main("release") == 0


@one_shape
def test_a_secret_that_no_stack_has_made_is_refused(world, capsys):
    Kept(world, is_there=False)
    declare(world, {"STRIPE_KEY": {"secret": True}})
    assert world.main("verify") == 2
    assert "there is no secret shop/app" in capsys.readouterr().err


def test_your_own_are_handed_over_by_their_arns(world, capsys):
    region = world.configuration.region
    parameter, secret = PARAMETER.format(region=region), SECRET.format(region=region)
    declare(world, {"TOKEN": {"secret": parameter}, "OLD": {"secret": f"{secret}:KEY::"}})
    world.answer("ssm", describe_parameters={"Parameters": [{"Name": "/legacy/token"}]})
    world.answer("secretsmanager", describe_secret=lambda request: {"ARN": request["SecretId"]})
    if world.configuration.stacks:
        assert world.main("verify") == 2
        told = capsys.readouterr().err
        assert f"the tasks may not read {secret} yet: run `make bootstrap`" in told
        assert f"the tasks may not read {parameter} yet" in told
        let_own_be_read(world, SecretArns=f"{secret}:x,{secret}", ParameterArns=parameter)
    world.client("secretsmanager").calls.clear()
    world.answer(
        "secretsmanager",
        describe_secret=lambda request: (
            world.describe_secret(request)
            if "legacy" not in request["SecretId"]
            else {"ARN": secret}
        ),
    )
    assert world.main("release") == 0
    (request,) = world.registered("web")
    assert secrets_of(request)["TOKEN"] == parameter
    assert secrets_of(request)["OLD"] == f"{secret}:KEY::"
    if world.configuration.stacks:
        # Who releases need not be allowed to look at them.
        asked = world.client("secretsmanager").requests("describe_secret")
        assert secret not in [item["SecretId"] for item in asked]


@by_hand
@pytest.mark.parametrize("is_denied", [False, True])
def test_by_hand_they_are_looked_at_as_far_as_one_may(world, capsys, is_denied):
    declare(world, {"TOKEN": {"secret": PARAMETER.format(region=world.configuration.region)}})
    if is_denied:
        answer = error("AccessDeniedException", "no", "DescribeParameters")
        world.answer("ssm", describe_parameters=answer)
        assert world.main("verify") == 0
        assert "not checked" in capsys.readouterr().out
    else:
        world.answer("ssm", describe_parameters={"Parameters": []})
        assert world.main("verify") == 2
        assert "there is no arn:aws:ssm" in capsys.readouterr().err


REGION = "us-east-1"
WHOLE = SECRET.format(region=REGION)


@one_shape
@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("{", "is not JSON"),
        ("[]", "is not an object"),
        ('{"A": {"value": "1"}, "A": {"value": "2"}}', "A stands there twice"),
        ({"A": "1"}, "A must be "),
        ({"A": {}}, "A must be "),
        ({"A": {"value": "1", "secret": True}}, "A must be "),
        ({"A": {"secret": False}}, "A must be "),
        ({"A": {"value": 1}}, 'the value of A must be a text, as in "1"'),
        ({"A": {"value": ""}}, "the value of A is empty"),
        ({"A": {"value": "1", "for": "web"}}, "A has 'for'; allowed are value, secret"),
        ({"A": {"value": "1", "services": "web"}}, "the services of A must be a list"),
        ({"A": {"value": "1", "services": ["wep"]}}, "A is for wep; there are web, migrate, ops"),
        ({"A": {"value": "1", "services": ["dbinit"]}}, "A is for dbinit; there are web"),
        ({"A": {"secret": True, "example": 1}}, "the example of A must be a text"),
        ({"A-B": {"value": "1"}}, "'A-B': a name has letters, digits and _"),
        ({"1A": {"value": "1"}}, "'1A': a name has"),
        ({"AWS_REGION": {"value": "x"}}, "sets this itself"),
        ({"EXAMPLE_VALUES": {"value": "web"}}, "sets this itself"),
        ({"DB_HOST": {"value": "x"}}, "DB_HOST stands in deploy/ecs/"),
        ({"DB_PASSWORD": {"secret": True}}, "DB_PASSWORD stands in deploy/ecs/"),
        ({"A": {"secret": "legacy"}}, "must be true, or a whole ARN"),
        ({"A": {"secret": WHOLE[:-7]}}, "must be true, or a whole ARN"),
        ({"A": {"secret": WHOLE.replace("1234", "9999")}}, "must be of this account and region"),
        ({"A": {"secret": WHOLE.replace("us-east", "eu-west")}}, "must be of this account"),
        ({"A": {"value": "x" * 65_536}}, "and ECS takes 65536"),
    ],
)
def test_what_is_wrong_is_a_sentence_and_nothing_is_changed(world, kept, given, reason, capsys):
    declare(world, given)
    assert world.main("release") == 2
    error = capsys.readouterr().err
    assert reason.replace("sets this itself", "sets this itself") in error
    assert not world.client("ecs").requests("register_task_definition")


@with_stacks
def test_bootstrap_gives_the_platform_what_is_declared_and_is_there(world, capsys):
    configuration = world.configuration
    parameter = PARAMETER.format(region=configuration.region)
    declare(world, {"TOKEN": {"secret": parameter}})
    platform = configuration.deploy / "cloudformation" / "platform.yaml"
    lines = [
        line
        for name in ("SecretArns", "ParameterArns")
        for line in (f"  {name}:", "    Type: CommaDelimitedList", "    Default: ''")
    ]
    platform.write_text("\n".join(["Parameters:", *lines, "Resources: {}", ""]))
    world.answer("ssm", describe_parameters={"Parameters": []})
    assert world.main("bootstrap") == 2
    assert f"there is no {parameter}" in capsys.readouterr().err
    world.answer("ssm", describe_parameters={"Parameters": [{"Name": "/legacy/token"}]})
    assert world.main("bootstrap") == 0
    (asked,) = world.client("ssm").requests("describe_parameters")[-1]["ParameterFilters"]
    assert asked["Values"] == ["/legacy/token"]
    (request,) = [
        item
        for item in world.client("cloudformation").requests("update_stack")
        if item["StackName"].endswith("-platform")
    ]
    given = {item["ParameterKey"]: item["ParameterValue"] for item in request["Parameters"]}
    assert given["ParameterArns"] == parameter
    assert given["SecretArns"] == ""


@one_shape
def test_without_a_nat_gateway_ssm_is_out_of_reach(world, capsys):
    declare(world, {"TOKEN": {"secret": PARAMETER.format(region=REGION)}})
    world.answer("ssm", describe_parameters={"Parameters": [{"Name": "x"}]})
    world.configuration = replace(world.configuration, egress="endpoints")
    assert world.main("bootstrap") == 2
    assert "without a NAT gateway the tasks do not reach SSM" in capsys.readouterr().err
