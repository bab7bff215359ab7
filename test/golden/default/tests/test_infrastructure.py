"""Do the stacks in deploy/cloudformation fit the rest of the repository, as it is on disk?

If you change a number or a name there, these tests say which others it breaks, before AWS does.
"""

import json
import runpy
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
STACKS = ROOT / "deploy" / "cloudformation"
# In the order in which they are set up.
ORDER = ["network", "platform", "data", "media", "service"]

# Of RDS: how long a failover to the standby takes at most.
FAILOVER_SECONDS = 120


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """YAML with the short forms of CloudFormation: `!Ref X` becomes {"Ref": "X"}."""


def construct(loader, name, node):
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    return {name: loader.construct_sequence(node, deep=True)}


Loader.add_multi_constructor("!", construct)


def read(name):
    # A loader of our own, as safe as the one that it is made from.
    return yaml.load((STACKS / f"{name}.yaml").read_text(), Loader)  # noqa: S506


@pytest.fixture(scope="module")
def stacks():
    return {name: read(name) for name in ORDER}


@pytest.fixture(scope="module")
def resource(stacks):
    """Return the properties of a resource: resource("service", "ScalableTarget")["MaxCapacity"]."""
    return lambda stack, name: stacks[stack]["Resources"][name]["Properties"]


@pytest.fixture(scope="module")
def size():
    """Return the numbers of deploy/sizing.json: size["task"]["memoryMiB"]."""
    return {
        part: {name: item["value"] for name, item in items.items()}
        for part, items in json.loads((ROOT / "deploy" / "sizing.json").read_text()).items()
    }


@pytest.fixture
def gunicorn(monkeypatch):
    for name in ("GUNICORN_WORKERS", "GUNICORN_THREADS", "ALLOW_OVER_BUDGET", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def task(name):
    return json.loads((ROOT / "deploy" / "ecs" / f"{name}.json").read_text())


def container(name):
    (only,) = task(name)["containerDefinitions"]
    return only


def attributes(items):
    return {item["Key"]: item["Value"] for item in items}


@pytest.fixture
def balancer(resource):
    return attributes(resource("platform", "LoadBalancer")["LoadBalancerAttributes"])


@pytest.fixture
def target_group(resource):
    return resource("platform", "TargetGroup")


@pytest.fixture
def deployment(resource):
    return resource("service", "Service")["DeploymentConfiguration"]


@pytest.fixture
def scaling(resource):
    return resource("service", "ScalableTarget")


def named(stacks, kind, key):
    return {
        item["Properties"][key]
        for stack in stacks.values()
        for item in stack["Resources"].values()
        if item["Type"] == kind
    }


def test_each_timeout_outlasts_the_one_inside_it(gunicorn, balancer, target_group, size):
    statement = size["database"]["statementTimeoutMs"] / 1000
    idle = int(balancer["idle_timeout.timeout_seconds"])
    assert statement < gunicorn["timeout"] < idle < gunicorn["keepalive"]
    group = attributes(target_group["TargetGroupAttributes"])
    assert statement < int(group["deregistration_delay.timeout_seconds"])


def test_the_health_check_asks_what_needs_no_database_and_outlasts_a_failover(target_group, size):
    assert target_group["HealthCheckPath"] == "/healthz"
    interval = target_group["HealthCheckIntervalSeconds"]
    timeout = target_group["HealthCheckTimeoutSeconds"]
    assert timeout < interval
    assert target_group["UnhealthyThresholdCount"] * interval >= FAILOVER_SECONDS
    # A probe waits at most behind one attempt to connect, or one query that gets no answer.
    assert size["database"]["connectTimeoutSeconds"] < timeout
    assert size["database"]["tcpUserTimeoutMs"] / 1000 <= timeout


def test_a_new_task_may_take_its_time(resource, target_group):
    grace = resource("service", "Service")["HealthCheckGracePeriodSeconds"]
    checks = target_group["HealthyThresholdCount"] * target_group["HealthCheckIntervalSeconds"]
    assert grace > checks


def test_a_deployment_can_start(deployment, scaling):
    least = scaling["MinCapacity"]
    stay = -(-least * deployment["MinimumHealthyPercent"] // 100)
    assert least * deployment["MaximumPercent"] // 100 > stay
    assert 1 <= least <= scaling["MaxCapacity"]


def test_the_database_has_room_for_the_worst_deployment(
    gunicorn, resource, deployment, scaling, size
):
    most = scaling["MaxCapacity"]
    each = gunicorn["workers"] * gunicorn["threads"]
    # MaximumPercent counts the tasks that start and run; those that stop come on top.
    running = most * deployment["MaximumPercent"] // 100
    peak = min(2 * most, running + (running - most))
    database = size["database"]
    others = sum(
        count
        for name, count in database.items()
        if name.endswith("Connections")
        and name not in ("webConnections", "plannedConnections", "maxConnections")
    )
    parameters = resource("data", "Parameters")["Parameters"]
    limit = int(parameters["max_connections"])
    assert each * peak + others <= limit
    # An alarm is silent with a full fleet, and speaks before connections are refused.
    warning = resource("data", "ConnectionsWarning")["Threshold"]
    critical = resource("data", "ConnectionsCritical")["Threshold"]
    assert each * most < warning < critical < limit


def test_the_parameters_of_the_database_hold_for_everybody(resource):
    parameters = resource("data", "Parameters")["Parameters"]
    assert parameters["rds.force_ssl"] == "1"
    # Migrations, dumps and operators would inherit it.
    assert not [name for name in parameters if name.endswith("_timeout")]
    # Another major version has another family.
    major = resource("data", "Database")["EngineVersion"].split(".")[0]
    assert resource("data", "Parameters")["Family"] == f"postgres{major}"
    assert f"image: postgres:{major}" in (ROOT / "compose.yaml").read_text()


def test_scaling_starts_before_a_task_is_full(resource, size):
    def target(name):
        return resource("service", name)["TargetTrackingScalingPolicyConfiguration"]["TargetValue"]

    # The capacity is rounded to a tenth of a request.
    capacity_per_minute = 60 * (size["gunicorn"]["capacityRequestsPerSecond"] + 0.05)
    assert 0 < target("ScaleOnRequests") < capacity_per_minute
    assert 0 < target("ScaleOnCpu") < resource("service", "Cpu")["Threshold"] < 100


def test_the_service_leaves_its_count_to_the_scaling(resource):
    # An update would set the count back, in the middle of the traffic that it was raised for.
    assert "DesiredCount" not in resource("service", "Service")


def test_a_failed_release_is_taken_back(stacks, resource, deployment):
    assert deployment["DeploymentCircuitBreaker"]["Enable"]
    names = deployment["Alarms"]["AlarmNames"]
    assert names
    for name in names:
        # Answers 4xx are the visitors', and a release that is not at fault must not be taken back.
        text = json.dumps(resource("service", name["Ref"]))
        assert "5XX" in text
        assert "4XX" not in text


def test_the_numbers_are_the_planned_ones(
    balancer, target_group, deployment, scaling, resource, size
):
    group = attributes(target_group["TargetGroupAttributes"])
    planned = size["loadBalancer"]
    assert int(balancer["idle_timeout.timeout_seconds"]) == planned["idleTimeoutSeconds"]
    assert target_group["HealthCheckIntervalSeconds"] == planned["healthCheckIntervalSeconds"]
    assert target_group["HealthCheckTimeoutSeconds"] == planned["healthCheckTimeoutSeconds"]
    assert target_group["HealthyThresholdCount"] == planned["healthyThreshold"]
    assert target_group["UnhealthyThresholdCount"] == planned["unhealthyThreshold"]
    delay = int(group["deregistration_delay.timeout_seconds"])
    assert delay == planned["deregistrationDelaySeconds"]
    service = size["service"]
    assert scaling["MinCapacity"] == service["minTasks"]
    assert scaling["MaxCapacity"] == service["maxTasks"]
    assert deployment["MinimumHealthyPercent"] == service["minimumHealthyPercent"]
    assert deployment["MaximumPercent"] == service["maximumPercent"]
    grace = resource("service", "Service")["HealthCheckGracePeriodSeconds"]
    assert grace == service["healthCheckGracePeriodSeconds"]
    parameters = resource("data", "Parameters")["Parameters"]
    assert int(parameters["max_connections"]) == size["database"]["maxConnections"]


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "deploy" / "ecs").iterdir()))
def test_a_task_finds_what_it_names(stacks, name):
    roles = named(stacks, "AWS::IAM::Role", "RoleName")
    groups = named(stacks, "AWS::Logs::LogGroup", "LogGroupName")
    secrets = named(stacks, "AWS::SecretsManager::Secret", "Name")
    definition = task(name)
    for key in ("executionRoleArn", "taskRoleArn"):
        if key in definition:
            assert definition[key].rpartition("/")[2] in roles
    options = container(name)["logConfiguration"]["options"]
    assert options["awslogs-group"] in groups
    for secret in container(name)["secrets"]:
        # The master secret's name is RDS's; the release fills it in.
        if secret["valueFrom"].startswith("arn:"):
            assert secret["valueFrom"].split(":")[6] in secrets


def test_the_load_balancer_reaches_the_container(resource, target_group):
    web = container("web")
    (balanced,) = resource("service", "Service")["LoadBalancers"]
    assert balanced["ContainerName"] == web["name"]
    assert balanced["ContainerPort"] == web["portMappings"][0]["containerPort"]
    assert target_group["Port"] == balanced["ContainerPort"]


def test_every_parameter_has_a_value(stacks):
    given = json.loads((ROOT / "deploy" / "parameters.json").read_text())
    given.pop("account", None)
    outputs = set()
    for name, stack in stacks.items():
        parameters = stack.get("Parameters", {})
        for key, parameter in parameters.items():
            known = "Default" in parameter or key in outputs or key in given.get(name, {})
            assert known, f"nothing says {key} of {name}.yaml"
        unknown = given.get(name, {}).keys() - parameters.keys()
        assert not unknown, f"{name}.yaml has no {', '.join(unknown)}"
        outputs |= stack["Outputs"].keys()
