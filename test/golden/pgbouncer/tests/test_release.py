"""deploy/release.py with AWS made up: what it asks for, and what it makes of the answers.

Each request is checked against AWS's own description of it, which boto3 brings along.
"""

import importlib.util
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import botocore.session
import pytest
from botocore import xform_name
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from botocore.validate import ParamValidator

ROOT = Path(__file__).resolve().parent.parent
MODELS = botocore.session.get_session()
HEAD = "a" * 40
OLD = "b" * 40
ACCOUNT = "123456789012"
DIGEST = f"sha256:{'c' * 64}"
REPOSITORY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/shop"
WEB = "arn:aws:ecs:us-east-1:123456789012:task-definition/shop-web"
TASK = "arn:aws:ecs:us-east-1:123456789012:task/shop/0123"
FACTS = {
    "ClusterName": "shop",
    "RepositoryUri": REPOSITORY,
    "LoadBalancerDnsName": "lb.example.com",
    "TargetGroupArn": "arn:targets",
    "DatabaseEndpoint": "db.example.com",
    "PrivateSubnetIds": "subnet-1,subnet-2",
    "TaskSecurityGroupId": "sg-1",
    "MasterSecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:master-x",
    "StaticUrl": "https://static.example.com/",
    "StaticBucketName": "bucket",
    "QueueUrl": "https://sqs.example.com/123456789012/shop-celery",
    "PgbouncerRepositoryUri": f"{REPOSITORY}-pgbouncer",
}


def load():
    spec = importlib.util.spec_from_file_location("release", ROOT / "deploy" / "release.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["release"] = module
    spec.loader.exec_module(module)
    return module


release = load()


def error(code, message, operation="Operation"):
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@cache
def described(service):
    """Return what boto3 knows of a service: its operations by their names in Python, its errors."""
    model = MODELS.get_service_model(service)
    operations = {xform_name(name): model.operation_model(name) for name in model.operation_names}
    errors = {
        name: type(name, (ClientError,), {})
        for name in [*model.shape_names, "ImageNotFoundException"]
        if name.endswith("Exception")
    }
    return operations, SimpleNamespace(**errors)


class Client:
    """One service. Its answers by operation: a value, a list to be used up, or a function."""

    def __init__(self, service):
        self.operations, self.exceptions = described(service)
        self.answers = {}
        self.calls = []

    def __getattr__(self, operation):
        def call(**request):
            shape = self.operations[operation].input_shape
            report = ParamValidator().validate(request, shape)
            assert not report.has_errors(), report.generate_report()
            self.calls.append((operation, request))
            answer = self.answers[operation]
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            answer = answer(request) if callable(answer) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    def get_paginator(self, operation):
        return SimpleNamespace(paginate=lambda **request: [getattr(self, operation)(**request)])

    def requests(self, operation):
        return [request for name, request in self.calls if name == operation]


PGBOUNCER = f"{WEB.removesuffix('web')}pgbouncer:1"


def beside(name, number):
    """Return a revision of the worker or of beat."""
    return f"{WEB.removesuffix('web')}{name}:{number}"


class World:
    """An account in which the release before runs and everything is there."""

    region_name = release.REGION

    def __init__(self):
        self.clients = {}
        self.facts = dict(FACTS)
        self.stacks = {name: "CREATE_COMPLETE" for name in release.STACKS}
        # What PgBouncer's stack runs.
        self.pgbouncer = {"Revision": PGBOUNCER, "Configuration": ""}
        self.first = self.revision = f"{WEB}:1"
        self.definitions = {self.revision: self.definition(OLD)}
        # The services beside the web's by their names: what each runs, and what ECS says of one
        # after it was changed, one after another.
        self.beside = {name: beside(name, 1) for name in release.COMPANIONS}
        self.definitions |= {arn: self.definition(OLD) for arn in self.beside.values()}
        self.changed = {}
        self.task = {
            "lastStatus": "STOPPED",
            "stopCode": "EssentialContainerExited",
            "containers": [{"name": "migrate", "exitCode": 0}],
        }
        # What ECS says of the service before it is changed, and then one after another.
        self.before = {}
        self.primaries = [{}]
        self.log = ["Applying site.0002_note... OK"]
        self.set_answers()

    def client(self, service, config=None):
        if service not in self.clients:
            self.clients[service] = Client(service)
        return self.clients[service]

    def definition(self, sha, **notes):
        environment = {release.SHA: sha, **notes}
        pairs = [{"name": name, "value": value} for name, value in environment.items()]
        return {"status": "ACTIVE", "environment": pairs}

    def answer(self, service, **answers):
        self.client(service).answers.update(answers)

    def set_answers(self):
        self.answer("sts", get_caller_identity={"Account": ACCOUNT})
        self.answer(
            "cloudformation",
            describe_stacks=self.describe_stack,
            update_stack=self.update_stack,
            create_stack=self.create_stack,
            delete_stack=self.delete_stack,
            describe_stack_events={"StackEvents": []},
            list_stack_resources={"StackResourceSummaries": []},
        )
        self.answer("service-quotas", get_service_quota={"Quota": {"Value": 4000.0}})
        self.answer(
            "ecs",
            describe_services=self.describe_services,
            describe_task_definition=self.describe_definition,
            register_task_definition=self.register,
            list_tasks={"taskArns": []},
            run_task={"tasks": [{"taskArn": TASK}], "failures": []},
            describe_tasks=lambda request: {"tasks": [{"taskArn": TASK, **self.task}]},
            stop_task={},
        )
        self.answer("ecs", describe_services=self.describe_any)
        manifest = json.dumps({"config": {"digest": DIGEST}})
        self.answer(
            "ecr",
            describe_images={"imageDetails": [{"imageDigest": DIGEST}]},
            batch_get_image={"images": [{"imageManifest": manifest}]},
            describe_repositories={"repositories": [{"repositoryUri": REPOSITORY}]},
        )
        trust = {"Principal": {"Service": "ecs-tasks.amazonaws.com"}}
        self.answer("iam", get_role={"Role": {"AssumeRolePolicyDocument": trust}})
        self.answer("secretsmanager", describe_secret=self.describe_secret)
        self.answer(
            "logs",
            describe_log_groups=lambda request: {
                "logGroups": [{"logGroupName": request["logGroupNamePrefix"]}]
            },
            get_log_events=self.log_events,
            filter_log_events={"events": []},
        )
        self.answer(
            "elbv2",
            describe_target_health={"TargetHealthDescriptions": []},
            describe_load_balancers={"LoadBalancers": [{"DNSName": "lb.example.com"}]},
        )
        endpoint = {"Endpoint": {"Address": "db.example.com"}}
        self.answer("rds", describe_db_instances={"DBInstances": [endpoint]})
        self.answer("s3", list_objects_v2={}, put_object={})

    def describe_stack(self, request):
        name = request["StackName"].removeprefix("shop-")
        if name not in self.stacks:
            return error("ValidationError", f"Stack with id {name} does not exist")
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in self.facts.items()]
        parameters = [{"ParameterKey": "Revision", "ParameterValue": self.revision}]
        parameters += [
            {"ParameterKey": release.REVISIONS[name], "ParameterValue": arn}
            for name, arn in self.beside.items()
        ]
        if name == "pgbouncer":
            return {"Stacks": [self.describe_pgbouncer()]}
        return {
            "Stacks": [
                {
                    "StackStatus": self.stacks[name],
                    "Parameters": parameters if name == "service" else [],
                    "Outputs": outputs if name == "platform" else [],
                }
            ]
        }

    def describe_pgbouncer(self):
        pairs = self.pgbouncer.items()
        configuration = self.pgbouncer["Configuration"]
        runs = {"OutputKey": "PgbouncerConfiguration", "OutputValue": configuration}
        status = self.stacks["pgbouncer"]
        return {
            "StackStatus": status,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in pairs],
            # One that never came up says nothing.
            "Outputs": [runs] if status in release.RELEASABLE else [],
        }

    def update_stack(self, request):
        name = request["StackName"].removeprefix("shop-")
        given = {item["ParameterKey"]: item for item in request["Parameters"]}
        if name == "service" and "ParameterValue" in given["Revision"]:
            self.stacks[name] = "UPDATE_COMPLETE"
            self.revision = given["Revision"]["ParameterValue"]
        elif name == "service":
            assert given["Revision"] == {"ParameterKey": "Revision", "UsePreviousValue": True}
        elif name == "pgbouncer":
            values = {key: item.get("ParameterValue") for key, item in given.items()}
            self.pgbouncer |= {key: value for key, value in values.items() if value is not None}
        for beside in list(self.beside) if name == "service" else []:
            item = given[release.REVISIONS[beside]]
            self.beside[beside] = item.get("ParameterValue", self.beside[beside])
        return {}

    def create_stack(self, request):
        name = request["StackName"].removeprefix(f"{release.SLUG}-")
        self.stacks[name] = "CREATE_COMPLETE"
        return {}

    def delete_stack(self, request):
        del self.stacks[request["StackName"].removeprefix("shop-")]
        return {}

    def describe_any(self, request):
        (service,) = request["services"]
        name = service.removeprefix("shop-")
        if name == "web":
            return self.describe_services(request)
        if not self.beside.get(name):
            return {"services": []}
        primary = {
            "status": "PRIMARY",
            "taskDefinition": self.beside[name],
            "rolloutState": "COMPLETED",
            "runningCount": 1,
            "desiredCount": 1,
            "pendingCount": 0,
        }
        if self.beside[name] != beside(name, 1):
            after = self.changed.get(name, [{}])
            primary |= after.pop(0) if len(after) > 1 else after[0]
        event = {"createdAt": datetime.now(UTC), "message": f"what ECS says of {name}"}
        return {"services": [{"status": "ACTIVE", "deployments": [primary], "events": [event]}]}

    def describe_services(self, request):
        primary = {
            "status": "PRIMARY",
            "taskDefinition": self.revision,
            "rolloutState": "COMPLETED",
            "runningCount": 2,
            "desiredCount": 2,
            "pendingCount": 0,
        }
        if self.revision == self.first:
            primary |= self.before
        else:
            primary |= self.primaries.pop(0) if len(self.primaries) > 1 else self.primaries[0]
        network = {"subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"]}
        service = {
            "status": "ACTIVE",
            "taskDefinition": self.revision,
            "deployments": [primary],
            "events": [{"createdAt": datetime.now(UTC), "message": "what ECS says"}],
            "networkConfiguration": {"awsvpcConfiguration": network},
            "loadBalancers": [{"targetGroupArn": "arn:targets"}],
            "deploymentConfiguration": {
                "maximumPercent": 200,
                "alarms": {"alarmNames": ["5xx"], "enable": True, "rollback": True},
            },
        }
        return {"services": [service]}

    def describe_definition(self, request):
        name = request["taskDefinition"]
        arn = name if name.startswith("arn:") else f"{WEB}:{name.partition(':')[2]}"
        if arn not in self.definitions:
            return error("ClientException", "Unable to describe task definition.")
        known = self.definitions[arn]
        log = {"awslogs-group": "/ecs/shop-web", "awslogs-stream-prefix": "web"}
        container = {
            "name": "web",
            "image": f"{REPOSITORY}@{DIGEST}",
            "environment": known["environment"],
            "logConfiguration": {"options": log},
        }
        return {
            "taskDefinition": {
                "taskDefinitionArn": arn,
                "status": known["status"],
                "containerDefinitions": [container],
            }
        }

    def register(self, request):
        count = len(self.definitions) + 1
        arn = f"{WEB.removesuffix('shop-web')}{request['family']}:{count}"
        environment = request["containerDefinitions"][0]["environment"]
        self.definitions[arn] = {"status": "ACTIVE", "environment": environment}
        return {"taskDefinition": {"taskDefinitionArn": arn}}

    def describe_secret(self, request):
        """Know the secrets by their names, and by nothing that only looks like an ARN."""
        name = request["SecretId"]
        missing = self.client("secretsmanager").exceptions.ResourceNotFoundException
        if name.startswith("arn:") and not name.endswith(("-A1b2C3", ":master-x")):
            return missing({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeSecret")
        prefix = "arn:aws:secretsmanager:us-east-1"
        arn = name if name.startswith("arn:") else f"{prefix}:{ACCOUNT}:secret:{name}-A1b2C3"
        return {"ARN": arn}

    def log_events(self, request):
        lines = [] if "nextToken" in request else self.log
        return {"events": [{"message": line} for line in lines], "nextForwardToken": "f/1"}

    def registered(self, family):
        requests = self.client("ecs").requests("register_task_definition")
        return [request for request in requests if request["family"] == family]


def write_stacks(folder):
    """Write stacks with nothing but parameters."""
    folder.mkdir()
    for name in release.STACKS:
        (folder / f"{name}.yaml").write_text("Resources: {}\n")
    service = ["Revision", "AutomaticRollback", "ClusterName"]
    service += [release.REVISIONS[name] for name in release.COMPANIONS]
    lines = [f"  {name}:\n    Type: String\n    Default: ''\n" for name in service]
    (folder / "service.yaml").write_text(f"Parameters:\n{''.join(lines)}\nResources: {{}}\n")
    lines = [f"  {name}:\n    Type: String\n" for name in ("Revision", "Configuration")]
    (folder / "pgbouncer.yaml").write_text(f"Parameters:\n{''.join(lines)}\nResources: {{}}\n")


def write_parameters(given, account=ACCOUNT):
    text = given if isinstance(given, str) else json.dumps({"account": account, **given})
    release.identity.PARAMETERS.write_text(text)


@pytest.fixture
def world(monkeypatch, tmp_path):
    world = World()
    monkeypatch.setattr(release, "POLL_SECONDS", 0)
    monkeypatch.setattr(release, "SMOKE_SECONDS", 2)
    monkeypatch.setattr(release, "commit", lambda given: HEAD)
    architecture = release.ARCHITECTURES["X86_64"]
    monkeypatch.setattr(release.Aws, "architectures", lambda aws, image: {architecture})
    monkeypatch.setattr(release, "DEPLOY", tmp_path / "deploy")
    monkeypatch.setattr(release.identity, "PARAMETERS", tmp_path / "deploy" / "parameters.json")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(ROOT / "deploy" / "ecs", tmp_path / "deploy" / "ecs")
    write_parameters({})
    write_stacks(tmp_path / "deploy" / "cloudformation")
    # Neither this machine's Docker nor what is not committed yet in this repository.
    world.unbuildable = release.refuse_if_unbuildable
    monkeypatch.setattr(release, "refuse_if_unbuildable", lambda aws, sha: None)
    monkeypatch.setattr(release, "account_is_in_no_commit", lambda: False)
    shutil.copytree(ROOT / "deploy" / "pgbouncer", tmp_path / "deploy" / "pgbouncer")
    world.pgbouncer["Configuration"] = release.pgbouncer_configuration(FACTS)
    world.smoked = []
    monkeypatch.setattr(release, "smoke", lambda facts, sha: world.smoked.append(sha))
    world.migrations = release.Migrations({"site.0001": frozenset()}, {})
    monkeypatch.setattr(release.Migrations, "read", lambda root: world.migrations)
    return world


def values_of(definition):
    (container,) = definition["containerDefinitions"]
    return {item["name"]: item["value"] for item in container["environment"]}


# --- Secrets

PREFIX = "arn:aws:secretsmanager:us-east-1:123456789012:secret"


def test_every_secret_is_given_by_its_whole_arn(world):
    assert release.main(["release"], world) == 0
    assert release.main(["run", "--", "true"], world) == 0
    values = [
        item["valueFrom"]
        for request in world.client("ecs").requests("register_task_definition")
        for item in request["containerDefinitions"][0]["secrets"]
    ]
    assert f"{PREFIX}:shop/django-A1b2C3:SECRET_KEY::" in values
    assert all("-A1b2C3:" in value for value in values)


@pytest.mark.parametrize(
    ("given", "registered"),
    [
        (f"{PREFIX}:mine-A1b2C3:KEY:AWSCURRENT:", f"{PREFIX}:mine-A1b2C3:KEY:AWSCURRENT:"),
        (f"{PREFIX}:mine:KEY::", f"{PREFIX}:mine-A1b2C3:KEY::"),
        (f"{PREFIX}:mine", f"{PREFIX}:mine-A1b2C3"),
        ("arn:aws:ssm:x:1:parameter/mine", "arn:aws:ssm:x:1:parameter/mine"),
        ("/mine", "/mine"),
    ],
)
def test_a_secret_of_yours_is_given_so_too(world, given, registered):
    definition = {
        "containerDefinitions": [
            {"name": "web", "secrets": [{"name": "KEY", "valueFrom": given}]},
            {"name": "other"},
        ]
    }
    first, second = release.with_whole_arns(release.Aws(world), definition)["containerDefinitions"]
    assert first["secrets"] == [{"name": "KEY", "valueFrom": registered}]
    assert second == {"name": "other"}


def test_a_secret_that_is_not_there_is_refused(world):
    missing = world.client("secretsmanager").exceptions.ResourceNotFoundException
    world.answer("secretsmanager", describe_secret=missing({"Error": {}}, "DescribeSecret"))
    with pytest.raises(release.Refused, match="there is no secret mine"):
        release.whole_arn(release.Aws(world), f"{PREFIX}:mine")


# --- Whose account it is

COMMANDS = ["release", "rollback", "migrate", "run", "status", "logs", "verify"]
COMMANDS = ["bootstrap", *COMMANDS]


def asked(world):
    """Return what was asked of AWS."""
    return [
        f"{service}:{operation}"
        for service, client in world.clients.items()
        for operation, _ in client.calls
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_another_account_is_asked_nothing_but_its_number(world, capsys, command):
    write_parameters({}, account="210987654321")
    assert release.main([command], world) == 2
    captured = capsys.readouterr()
    assert f"account {ACCOUNT}, region {release.REGION}" in captured.out
    assert "this repository belongs to 210987654321" in captured.err
    assert asked(world) == ["sts:get_caller_identity"]


@pytest.mark.parametrize("command", COMMANDS)
def test_another_region_is_asked_nothing_at_all(world, capsys, monkeypatch, command):
    monkeypatch.setenv("AWS_REGION", "eu-south-9")
    assert release.main([command], world) == 2
    assert "AWS_REGION is eu-south-9" in capsys.readouterr().err
    assert asked(world) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_an_account_that_nobody_named_is_asked_nothing_but_its_number(world, capsys, command):
    write_parameters({}, account="")
    assert release.main([command], world) == 2
    assert f"{ACCOUNT}" in capsys.readouterr().err
    assert asked(world) == ["sts:get_caller_identity"]


def test_another_account_can_be_named(world, capsys):
    write_parameters({}, account="210987654321")
    assert release.main(["status", "--account", ACCOUNT], world) == 0


def test_the_first_bootstrap_writes_the_account_down(world):
    write_parameters({}, account="")
    assert release.main(["bootstrap", "--account", ACCOUNT], world) == 0
    assert release.identity.parameters() == {"account": ACCOUNT}
    assert release.main(["release"], world) == 0


# --- Release


def test_a_release_migrates_then_moves_the_service_then_asks_it(world, capsys):
    assert release.main(["release"], world) == 0
    (web,) = world.registered("shop-web")
    assert world.revision == list(world.definitions)[-1]
    assert world.smoked == [HEAD]
    host = "pgbouncer.shop.internal"
    assert values_of(web) | {"DB_HOST": host} == values_of(web)
    assert values_of(web)[release.SHA] == HEAD
    assert values_of(web)[release.PREVIOUS] == f"{WEB}:1"
    assert values_of(web)[release.LEAVES] == "site.0001"
    assert web["containerDefinitions"][0]["image"] == f"{REPOSITORY}@{DIGEST}"
    (migration,) = world.client("ecs").requests("run_task")
    assert "shop-migrate:" in migration["taskDefinition"]
    network = migration["networkConfiguration"]["awsvpcConfiguration"]
    assert network["subnets"] == ["subnet-1", "subnet-2"]
    order = [name for name, _ in world.client("ecs").calls]
    assert order.index("run_task") < len(order) - 1 - order[::-1].index("register_task_definition")
    output = capsys.readouterr().out
    assert "Applying site.0002_note... OK" in output
    assert "2 of 2 run" in output


def test_no_word_is_left_in_a_rendered_task_definition(world):
    assert release.main(["release"], world) == 0
    for request in world.client("ecs").requests("register_task_definition"):
        text = json.dumps({**request, "containerDefinitions": []})
        values = [*values_of(request).values(), text]
        for word in ("ACCOUNT", "GIT_SHA", "RDS_ENDPOINT", "ALB_DNS_NAME", "STATIC_URL"):
            assert not [value for value in values if word in value]


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"containers": [{"name": "migrate", "exitCode": 3}]}, "exit code 3 of migrate"),
        ({"containers": [{"name": "migrate"}]}, "exit code none of migrate"),
        ({"stopCode": "TaskFailedToStart", "stoppedReason": "no secret"}, "no secret"),
        ({"containers": []}, "EssentialContainerExited"),
    ],
)
def test_a_failed_migration_leaves_the_service_alone(world, capsys, task, message):
    world.task |= task
    assert release.main(["release"], world) == 1
    assert world.revision == f"{WEB}:1"
    assert not world.registered("shop-web")
    captured = capsys.readouterr()
    assert message in captured.err
    assert len(captured.err.splitlines()) == 1
    assert "Applying" in captured.out


def test_a_task_that_ecs_does_not_start_is_a_failure(world, capsys):
    failure = {"arn": "x", "reason": "Capacity is unavailable at this time"}
    world.answer("ecs", run_task={"tasks": [], "failures": [failure]})
    assert release.main(["release"], world) == 1
    assert "Capacity is unavailable" in capsys.readouterr().err
    assert world.revision == f"{WEB}:1"


def test_a_deployment_that_ecs_rolls_back_is_a_failure(world, capsys):

    def update_stack(request):
        world.stacks["service"] = "UPDATE_ROLLBACK_COMPLETE"
        return {}

    world.answer("cloudformation", update_stack=update_stack)
    assert release.main(["release"], world) == 1
    captured = capsys.readouterr()
    assert "rolled back" in captured.err
    assert "what ECS says" in captured.out
    assert not world.smoked


def test_the_tasks_that_stopped_say_why_each_reason_once(world, capsys):
    def task(name, revision, minute, reason):
        stopped = datetime(2026, 1, 1, 12, minute, tzinfo=UTC)
        end = {"stopCode": "TaskFailedToStart", "stoppedReason": reason, "stoppedAt": stopped}
        return {"taskArn": f"{TASK}-{name}", "taskDefinitionArn": revision, **end}

    tasks = [
        task("newest", f"{WEB}:1", 9, "CannotPullContainerError"),
        task("other", f"{WEB}:7", 8, "of another release"),
        task("first", f"{WEB}:1", 1, "ResourceInitializationError"),
        task("second", f"{WEB}:1", 2, "ResourceInitializationError"),
    ]
    arns = [one["taskArn"] for one in tasks]
    world.answer("ecs", list_tasks={"taskArns": arns}, describe_tasks={"tasks": tasks})
    release.show_stopped(release.Aws(world), FACTS, release.WEB_FAMILY, f"{WEB}:1")
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
    assert release.main(["release"], world) == 0
    output = capsys.readouterr().out
    assert "1 of 2 run" in output
    assert "2 of 2 run, COMPLETED" in output


def test_a_release_during_another_is_refused(world, capsys):
    world.stacks["service"] = "UPDATE_IN_PROGRESS"
    assert release.main(["release"], world) == 2
    assert "wait until that is done" in capsys.readouterr().err
    assert not world.client("ecs").requests("run_task")


def test_a_release_during_the_migrations_of_another_is_refused(world):
    world.answer("ecs", list_tasks={"taskArns": [TASK]})
    world.task |= {"lastStatus": "RUNNING", "createdAt": datetime.now(UTC)}
    assert release.main(["release"], world) == 2
    assert not world.client("ecs").requests("run_task")


def test_of_two_that_start_to_migrate_at_once_the_later_stops(world, capsys):
    other = f"{TASK}-other"
    times = {other: datetime(2026, 1, 1, tzinfo=UTC), TASK: datetime(2026, 1, 2, tzinfo=UTC)}
    both = [{"taskArn": arn, "createdAt": at} for arn, at in times.items()]
    tasks = [{**task, "lastStatus": "PENDING"} for task in both]
    world.answer("ecs", list_tasks=[{"taskArns": []}, {"taskArns": list(times)}])
    world.answer("ecs", describe_tasks={"tasks": tasks})
    assert release.main(["release"], world) == 2
    (stopped,) = world.client("ecs").requests("stop_task")
    assert stopped["task"] == TASK
    assert "another release was faster" in capsys.readouterr().err


# --- Migrations and rollback


def test_a_migration_under_the_override_switches_the_automatic_rollback_off(world, capsys):
    world.migrations = release.Migrations({"site.0001": frozenset()}, {"site.0001": "why not"})
    assert release.main(["release"], world) == 0
    output = capsys.readouterr().out
    assert "site.0001 may break the release before it: why not" in output
    assert "the automatic rollback is off" in output
    (web,) = world.registered("shop-web")
    assert values_of(web)[release.OVERRIDDEN] == "site.0001"
    (update,) = world.client("cloudformation").requests("update_stack")
    assert update["DisableRollback"] is True
    values = {item["ParameterKey"]: item["ParameterValue"] for item in update["Parameters"]}
    assert values["AutomaticRollback"] == "false"


def test_the_release_after_it_is_an_ordinary_one_and_remembers(world):
    notes = {release.LEAVES: "site.0001", release.OVERRIDDEN: "site.0001"}
    world.definitions[world.revision] = world.definition(OLD, **notes)
    world.migrations = release.Migrations({"site.0001": frozenset()}, {"site.0001": "why not"})
    assert release.main(["release"], world) == 0
    (web,) = world.registered("shop-web")
    assert values_of(web)[release.OVERRIDDEN] == "site.0001"
    (update,) = world.client("cloudformation").requests("update_stack")
    assert update["DisableRollback"] is False


def with_history(world, **notes):
    notes = {release.PREVIOUS: f"{WEB}:1", **notes}
    world.first = world.revision = f"{WEB}:2"
    world.definitions[world.revision] = world.definition(HEAD, **notes)


def test_after_a_release_that_was_left_broken_nothing_is_rolled_back_to(world, capsys):
    with_history(world)
    world.stacks["service"] = "UPDATE_FAILED"
    assert release.main(["release"], world) == 0
    assert "did not come up" in capsys.readouterr().out
    (web,) = world.registered("shop-web")
    assert values_of(web)[release.PREVIOUS] == f"{WEB}:1"
    (update,) = world.client("cloudformation").requests("update_stack")
    # AWS takes no other update of a stack in this state.
    assert update["DisableRollback"] is True


def test_a_rollback_goes_to_the_release_before(world, capsys):
    with_history(world)
    assert release.main(["rollback"], world) == 0
    assert world.revision == f"{WEB}:1"
    assert world.smoked == [OLD]
    assert not world.client("ecs").requests("run_task")
    assert not world.client("ecs").requests("register_task_definition")


def test_a_rollback_across_an_overridden_migration_is_refused(world, capsys):
    with_history(world, **{release.OVERRIDDEN: "site.0002_drop"})
    assert release.main(["rollback"], world) == 2
    assert "site.0002_drop" in capsys.readouterr().err
    assert world.revision == f"{WEB}:2"


def test_a_rollback_behind_one_is_not(world):
    with_history(world, **{release.OVERRIDDEN: "site.0001_old"})
    world.definitions[f"{WEB}:1"] = world.definition(OLD, **{release.OVERRIDDEN: "site.0001_old"})
    assert release.main(["rollback"], world) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [([], "is the first release"), (["--to", "1"], "is what runs"), (["--to", "7"], "no task def")],
)
def test_a_rollback_to_nothing_is_refused(world, capsys, arguments, message):
    assert release.main(["rollback", *arguments], world) == 2
    assert message in capsys.readouterr().err


def test_a_rollback_to_an_image_that_is_gone_is_refused(world, capsys):
    with_history(world)
    world.answer("ecr", batch_get_image={"images": []})
    assert release.main(["rollback"], world) == 2
    assert "no longer in the repository" in capsys.readouterr().err


def write_migration(root, app, name, body):
    folder = root / app / "migrations"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    (folder / f"{name}.py").write_text(f"class Migration(migrations.Migration):\n{lines}\n")


def test_migrations_are_read_without_being_imported(tmp_path):
    write_migration(tmp_path, "site", "0001_initial", "dependencies = []")
    write_migration(
        tmp_path,
        "site",
        "0002_drop",
        'linter_override: str = "nothing reads it"\n'
        'dependencies: ClassVar[list] = [("site", "0001_initial"), swappable_dependency(USER)]',
    )
    needs_auth = 'dependencies = [("auth", "0001_initial")]'
    write_migration(tmp_path, "site/blog", "0001_initial", needs_auth)
    write_migration(
        tmp_path,
        "site/blog",
        "0002_more",
        'dependencies = [("journal", "0001_initial"), ("site", "0002_drop")]\n'
        "operations = [linter.IgnoreMigration(), migrations.RunSQL('')]",
    )
    (tmp_path / "site/blog/apps.py").write_text('class A(AppConfig):\n    label: str = "journal"\n')
    write_migration(tmp_path, ".venv/site-packages/other", "0001_initial", "dependencies = []")
    found = release.Migrations.read(tmp_path)
    assert found.leaves() == ["site.0002_drop", "site.blog.0002_more"]
    assert found.overrides == {
        "site.0002_drop": "nothing reads it",
        "site.blog.0002_more": "IgnoreMigration()",
    }
    assert found.until(["site.0002_drop", "gone.0001"]) == {"site.0001_initial", "site.0002_drop"}
    assert len(found.until(["site.blog.0002_more"])) == 4


def test_the_migrations_of_this_repository_are_read():
    assert isinstance(release.Migrations.read(ROOT).leaves(), list)


# --- The services beside the web's


def with_companions(world):
    """Let the release before have had the others, and the one that runs have newer ones."""
    older = {note: beside(name, 1) for name, note in release.COMPANIONS.items()}
    newer = {note: beside(name, 2) for name, note in release.COMPANIONS.items()}
    world.definitions[f"{WEB}:1"] = world.definition(OLD, **older)
    with_history(world, **newer)
    world.beside = {name: newer[note] for name, note in release.COMPANIONS.items()}
    world.definitions |= {arn: world.definition(HEAD) for arn in newer.values()}


def test_a_release_brings_every_service_and_notes_what_belongs_together(world, capsys):
    assert release.main(["release"], world) == 0
    (web,) = world.registered("shop-web")
    for name, note in release.COMPANIONS.items():
        (definition,) = world.registered(f"shop-{name}")
        assert values_of(definition)[release.SHA] == HEAD
        assert definition["containerDefinitions"][0]["image"] == f"{REPOSITORY}@{DIGEST}"
        assert f"/shop-{name}:" in world.beside[name]
        assert values_of(web)[note] == world.beside[name] != beside(name, 1)
    families = [
        request["family"].removeprefix("shop-")
        for request in world.client("ecs").requests("register_task_definition")
    ]
    assert families == ["ops", "migrate", *release.COMPANIONS, "web"]
    output = capsys.readouterr().out
    assert output.index("Applying") < output.index("registered shop-worker:")
    for name in release.COMPANIONS:
        assert f"{release.short(world.beside[name])} 1 of 1 run, COMPLETED" in output


def test_every_task_gets_the_broker(world):
    assert release.main(["release"], world) == 0
    for request in world.client("ecs").requests("register_task_definition"):
        values = values_of(request)
        assert values["CELERY_QUEUE_URL"] == FACTS["QueueUrl"]


def test_one_update_of_the_stack_brings_them_all(world):
    assert release.main(["release"], world) == 0
    (update,) = world.client("cloudformation").requests("update_stack")
    given = {item["ParameterKey"]: item["ParameterValue"] for item in update["Parameters"]}
    for name, arn in {"web": world.revision, **world.beside}.items():
        assert given[release.REVISIONS[name]] == arn


@pytest.mark.parametrize("name", release.COMPANIONS)
def test_one_that_fails_takes_all_back_and_is_explained(world, capsys, name):
    def event(resource, service, reason):
        return {
            "EventId": resource,
            "ClientRequestToken": token,
            "LogicalResourceId": resource,
            "PhysicalResourceId": f"arn:aws:ecs:x:1:service/shop/{service}",
            "ResourceStatus": "UPDATE_FAILED",
            "ResourceStatusReason": reason,
        }

    def update_stack(request):
        nonlocal token
        token = request["ClientRequestToken"]
        events = [
            event("WebService", "shop-web", "Resource update cancelled"),
            event("Broken", f"shop-{name}", "Circuit Breaker was triggered"),
        ]
        world.answer("cloudformation", describe_stack_events={"StackEvents": events})
        world.stacks["service"] = "UPDATE_ROLLBACK_COMPLETE"
        return {}

    def list_tasks(request):
        return {"taskArns": stopped if request["desiredStatus"] == "STOPPED" else []}

    def describe_tasks(request):
        if request["tasks"] != stopped:
            return {"tasks": [{"taskArn": TASK, **world.task}]}
        revisions = [arn for arn in world.definitions if f"-{name}:" in arn]
        end = {"stopCode": "ServiceSchedulerInitiated", "stoppedReason": "not healthy"}
        tasks = zip(stopped, revisions, strict=True)
        return {"tasks": [{"taskArn": arn, "taskDefinitionArn": of, **end} for arn, of in tasks]}

    token, stopped = "", [f"{TASK}-old", f"{TASK}-new"]
    world.answer("cloudformation", update_stack=update_stack)
    world.answer("ecs", list_tasks=list_tasks, describe_tasks=describe_tasks)
    assert release.main(["release"], world) == 1
    captured = capsys.readouterr()
    assert "was rolled back: the stack" in captured.err
    assert f"what ECS says of {name}" in captured.out
    assert "what ECS says\n" not in captured.out
    assert "Broken: Circuit Breaker was triggered" in captured.out
    assert "cancelled" not in captured.out
    assert "task 0123-new: ServiceSchedulerInitiated; not healthy" in captured.out
    assert "0123-old" not in captured.out


def test_none_is_released_while_another_comes_up(world, capsys):
    busy = {"rolloutState": "IN_PROGRESS", "runningCount": 0}
    world.changed["worker"] = [busy, busy, busy, {}]
    assert release.main(["release"], world) == 0
    output = capsys.readouterr().out
    assert output.index("0 of 1 run, IN_PROGRESS") < output.index("released")
    assert world.changed["worker"] == [{}]


def test_a_worker_that_ecs_alone_took_back_is_a_failure(world, capsys):
    world.changed["worker"] = [{"taskDefinition": beside("worker", 1)}]
    assert release.main(["release"], world) == 1
    assert "shop-worker:" in capsys.readouterr().err
    assert not world.smoked


def test_bootstrap_keeps_the_revisions_that_there_are(world):
    assert release.main(["bootstrap"], world) == 0
    update = world.client("cloudformation").requests("update_stack")[-1]
    kept = [item["ParameterKey"] for item in update["Parameters"] if "UsePreviousValue" in item]
    assert kept == [release.REVISIONS[name] for name in ("web", *release.COMPANIONS)]


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
    assert release.main(["bootstrap"], world) == 0
    update = world.client("cloudformation").requests("update_stack")[-1]
    assert {"ParameterKey": "Revision", "UsePreviousValue": True} in update["Parameters"]
    keys = [item["ParameterKey"] for item in update["Parameters"]]
    # The file's default stands: no worker yet.
    assert not {release.REVISIONS[name] for name in release.COMPANIONS} & set(keys)


def test_a_rollback_brings_back_what_belongs_to_that_release(world):
    with_companions(world)
    assert release.main(["rollback"], world) == 0
    assert world.revision == f"{WEB}:1"
    assert world.beside == {name: beside(name, 1) for name in release.COMPANIONS}


def test_a_rollback_to_before_the_worker_leaves_it_to_finish_the_queue(world, capsys):
    with_companions(world)
    world.definitions[f"{WEB}:1"] = world.definition(OLD)
    assert release.main(["rollback"], world) == 0
    assert world.revision == f"{WEB}:1"
    assert world.beside == {name: beside(name, 2) for name in release.COMPANIONS}
    assert "is from before there was a worker" in capsys.readouterr().out


def test_a_rollback_to_a_worker_that_was_deregistered_is_refused(world, capsys):
    with_companions(world)
    world.definitions[beside("worker", 1)]["status"] = "INACTIVE"
    assert release.main(["rollback"], world) == 2
    message = capsys.readouterr().err
    of_release = f"of {release.SLUG}-web:1 was deregistered"
    assert f"{release.SLUG}-worker:1 {of_release}" in message
    assert f"release its commit {OLD[:12]} again" in message
    assert world.revision == f"{WEB}:2"


def test_status_and_logs_know_every_service(world, capsys):
    with_companions(world)
    assert release.main(["status"], world) == 0
    output = capsys.readouterr().out
    for name in release.COMPANIONS:
        assert f"{name:<10} shop-{name}:2 1 of 1 run, COMPLETED" in output
        assert f"what ECS says of {name}" in output
        assert release.main(["logs", name], world) == 0
        (*_, request) = world.client("logs").requests("filter_log_events")
        assert request["logGroupName"] == f"/ecs/shop-{name}"


def test_the_log_group_of_each_service_must_be_there(world, capsys):
    world.answer("logs", describe_log_groups={"logGroups": []})
    assert release.main(["verify"], world) == 2
    message = capsys.readouterr().err
    for name in release.COMPANIONS:
        assert f"there is no log group /ecs/shop-{name}" in message
    assert "there is no role" not in message


# --- Verify


def test_verify_names_all_that_is_missing(world, capsys, monkeypatch):
    missing = world.client("iam").exceptions.NoSuchEntityException
    world.answer("iam", get_role=missing({"Error": {}}, "GetRole"))
    gone = world.client("secretsmanager").exceptions.ResourceNotFoundException
    world.answer("secretsmanager", describe_secret=gone({"Error": {}}, "DescribeSecret"))
    world.answer("logs", describe_log_groups={"logGroups": []})
    monkeypatch.setattr(release.Aws, "architectures", lambda aws, image: {"riscv64"})
    assert release.main(["verify"], world) == 2
    message = capsys.readouterr().err
    for part in (
        "there is no role shop-ecs-execution",
        "there is no secret shop/db-app",
        "there is no log group /ecs/shop-web",
        "the image is for riscv64, the tasks run on X86_64",
    ):
        assert part in message


def test_a_role_that_ecs_may_not_assume_is_no_role_for_a_task(world, capsys):
    trust = {"Principal": {"Service": "ec2.amazonaws.com"}}
    world.answer("iam", get_role={"Role": {"AssumeRolePolicyDocument": trust}})
    assert release.main(["release"], world) == 2
    assert "does not trust ECS" in capsys.readouterr().err
    assert not world.client("ecs").requests("register_task_definition")


def test_a_commit_without_an_image_is_refused(world, capsys):
    missing = world.client("ecr").exceptions.ImageNotFoundException
    world.answer("ecr", describe_images=missing({"Error": {}}, "DescribeImages"))
    assert release.main(["release"], world) == 2
    assert f"there is no image {REPOSITORY}:{HEAD}" in capsys.readouterr().err


def test_the_architectures_of_an_index_are_those_of_its_images(world):
    entries = [{"platform": {"architecture": name}} for name in ("arm64", "unknown", "riscv64")]
    manifest = json.dumps({"manifests": entries})
    world.answer("ecr", batch_get_image={"images": [{"imageManifest": manifest}]})
    image = release.Image(HEAD, f"{REPOSITORY}@{DIGEST}", "shop", DIGEST)
    module = load()
    assert module.Aws(world).architectures(image) == {"arm64", "riscv64"}


# --- /readyz


@pytest.fixture
def site():
    """A server whose answers are used up; the last stays."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            Handler.hosts.append(self.headers["Host"])
            code, body = Handler.answers.pop(0) if len(Handler.answers) > 1 else Handler.answers[0]
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments):
            pass

    Handler.answers, Handler.hosts = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # It looks so often, in seconds, whether it should end.
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Handler, {**FACTS, "LoadBalancerDnsName": f"127.0.0.1:{server.server_port}"}
    server.shutdown()
    server.server_close()


def answer(sha, code=200):
    return code, json.dumps({"status": "ok", "git_sha": sha})


@pytest.fixture
def patient(monkeypatch):
    """The real smoke test, over plain HTTP and without pauses."""
    module = load()
    monkeypatch.setattr(module, "DOMAIN", "")
    monkeypatch.setattr(module, "POLL_SECONDS", 0)
    return module


def test_the_new_release_must_answer_three_times_in_a_row(site, patient):
    handler, facts = site
    new, old = answer(HEAD), answer(OLD)
    handler.answers += [(503, ""), old, new, new, old, new, (200, "<html>"), new, new, new, old]
    patient.smoke(facts, HEAD)
    assert handler.answers == [old]
    assert set(handler.hosts) == {"127.0.0.1"}


@pytest.mark.parametrize("wrong", [answer(OLD), answer(HEAD, 503), (200, "[]"), (301, "")])
def test_another_answer_is_not_enough(site, patient, monkeypatch, wrong):
    monkeypatch.setattr(patient, "SMOKE_SECONDS", 0.1)
    handler, facts = site
    handler.answers.append(wrong)
    with pytest.raises(patient.Failed, match="rollback"):
        patient.smoke(facts, HEAD)


def test_no_answer_is_not_enough(patient, monkeypatch):
    monkeypatch.setattr(patient, "SMOKE_SECONDS", 0.1)
    with pytest.raises(patient.Failed):
        patient.smoke({"LoadBalancerDnsName": "127.0.0.1:1"}, HEAD)


# --- Bootstrap


def stacks_changed(world):
    names = ("create_stack", "update_stack")
    calls = world.client("cloudformation").calls
    return [request["StackName"] for name, request in calls if name in names]


def test_bootstrap_makes_the_stacks_in_order_and_the_role_before_the_service(world):
    world.stacks.clear()
    order = []
    world.answer("ecs", run_task=lambda request: order.append(stacks_changed(world)) or started())
    assert release.main(["bootstrap"], world) == 0
    assert stacks_changed(world) == [f"shop-{name}" for name in release.STACKS]
    assert order == [[f"{release.SLUG}-{name}" for name in ("network", "platform", "data")]]
    (task,) = world.registered("shop-dbinit")
    (container,) = task["containerDefinitions"]
    secrets = {item["name"]: item["valueFrom"] for item in container["secrets"]}
    assert secrets["MASTER_PASSWORD"] == f"{FACTS['MasterSecretArn']}:password::"
    made = world.client("cloudformation").requests("create_stack")[-1]
    # The file's default stands: no revision, so no service yet.
    cluster = {"ParameterKey": "ClusterName", "ParameterValue": FACTS["ClusterName"]}
    assert made["Parameters"] == [cluster]


def started():
    return {"tasks": [{"taskArn": TASK}], "failures": []}


def test_a_second_bootstrap_leaves_the_release_alone(world):
    assert release.main(["bootstrap"], world) == 0
    assert world.revision == f"{WEB}:1"
    updated = world.client("cloudformation").requests("update_stack")
    assert len(updated) == len(release.STACKS)
    policy = json.loads(updated[0]["StackPolicyBody"])
    assert "AWS::RDS::DBInstance" in json.dumps(policy["Statement"][1])


def test_a_stack_without_changes_is_no_error(world, capsys):
    nothing = error("ValidationError", "No updates are to be performed.")
    world.answer("cloudformation", update_stack=nothing)
    assert release.main(["bootstrap"], world) == 0
    assert "service: nothing to change" in capsys.readouterr().out


def test_a_first_creation_that_failed_is_made_anew(world):
    world.stacks = {"network": "ROLLBACK_COMPLETE"}
    assert release.main(["bootstrap"], world) == 0
    (deleted,) = world.client("cloudformation").requests("delete_stack")
    assert deleted["StackName"] == "shop-network"
    assert world.stacks["network"] == "CREATE_COMPLETE"


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


DENIED = "AccessDenied. User doesn't have permission to call ec2:DescribeSubnets"
NETWORK = "shop-network"


def test_a_stack_that_fails_ends_the_bootstrap_with_its_reason(world, capsys):
    world.stacks.clear()
    failing(
        world,
        *("create_stack", "network", "ROLLBACK_COMPLETE"),
        (NETWORK, "ROLLBACK_COMPLETE", None),
        ("Gateway", "DELETE_COMPLETE", None),
        (NETWORK, "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Vpc]."),
        ("Gateway", "CREATE_FAILED", "Resource creation cancelled"),
        ("Vpc", "CREATE_FAILED", "The maximum number of VPCs\n has been reached."),
        ("Vpc", "CREATE_IN_PROGRESS", "Resource creation Initiated"),
        (NETWORK, "CREATE_IN_PROGRESS", "User Initiated"),
    )
    assert release.main(["bootstrap"], world) == 1
    captured = capsys.readouterr()
    assert "CREATE_FAILED Vpc The maximum number of VPCs has been reached." in captured.out
    assert "The following resource(s) failed to create: [Vpc]." in captured.out
    assert "nitiated" not in captured.out
    assert "cancelled" not in captured.out
    reason = "Vpc: The maximum number of VPCs has been reached."
    assert f"the stack {NETWORK} is ROLLBACK_COMPLETE: {reason}\n" in captured.err
    assert stacks_changed(world) == ["shop-network"]


def test_a_stack_that_cannot_begin_says_why_on_the_way_back(world, capsys):
    world.stacks.clear()
    event = (NETWORK, "ROLLBACK_IN_PROGRESS", DENIED)
    failing(world, "create_stack", "network", "ROLLBACK_COMPLETE", event)
    assert release.main(["bootstrap"], world) == 1
    captured = capsys.readouterr()
    assert f"ROLLBACK_IN_PROGRESS {NETWORK} {DENIED}" in captured.out
    assert captured.err.endswith(f"is ROLLBACK_COMPLETE: {NETWORK}: {DENIED}\n")


def test_a_stack_that_fails_without_a_reason_says_where_to_look(world, capsys):
    world.stacks.clear()
    event = (NETWORK, "ROLLBACK_COMPLETE", None)
    failing(world, "create_stack", "network", "ROLLBACK_COMPLETE", event)
    assert release.main(["bootstrap"], world) == 1
    command = f"aws cloudformation describe-stack-events --stack-name {NETWORK}"
    assert f"AWS gives no reason; {command}" in capsys.readouterr().err


def test_a_release_that_cannot_begin_says_why(world, capsys):
    event = ("shop-service", "UPDATE_ROLLBACK_IN_PROGRESS", DENIED)
    failing(world, "update_stack", "service", "UPDATE_ROLLBACK_COMPLETE", event)
    assert release.main(["release"], world) == 1
    assert f"    shop-service: {DENIED}\n" in capsys.readouterr().out


def test_the_state_of_a_stack_comes_with_its_reason(world, capsys):
    world.stacks["data"] = "UPDATE_ROLLBACK_FAILED"
    describe = world.describe_stack

    def with_reason(request):
        answer = describe(request)
        if request["StackName"] == "shop-data":
            answer["Stacks"][0]["StackStatusReason"] = "The instance is\n not available"
        return answer

    world.answer("cloudformation", describe_stacks=with_reason)
    state = "shop-data is UPDATE_ROLLBACK_FAILED"
    assert release.main(["release"], world) == 2
    assert f"{state} (The instance is not available)" in capsys.readouterr().err
    assert release.main(["status"], world) == 0
    assert f"{state} (The instance is not available)" in capsys.readouterr().out


# --- Before the first stack


def headers_policy(name):
    return {"ResponseHeadersPolicy": {"ResponseHeadersPolicyConfig": {"Name": name}}}


# What is looked for under a name: service, operation, its answer when it is there, and the error
# or answer when it is not.
HELD = {
    "AWS::CloudFront::OriginAccessControl": (
        "cloudfront",
        "list_origin_access_controls",
        {"OriginAccessControlList": {"Items": [{"Name": "taken"}]}},
        {"OriginAccessControlList": {}},
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": (
        "cloudfront",
        "list_response_headers_policies",
        {"ResponseHeadersPolicyList": {"Items": [headers_policy("taken")]}},
        {"ResponseHeadersPolicyList": {"Items": [headers_policy("taken-too")]}},
    ),
    "AWS::CloudWatch::Alarm": (
        "cloudwatch",
        "describe_alarms",
        {"MetricAlarms": [{"AlarmName": "taken"}]},
        {"MetricAlarms": []},
    ),
    "AWS::CloudWatch::Dashboard": ("cloudwatch", "get_dashboard", {}, "ResourceNotFound"),
    "AWS::ECR::Repository": (
        "ecr",
        "describe_repositories",
        {"repositories": [{"repositoryName": "taken"}]},
        "RepositoryNotFoundException",
    ),
    "AWS::ECS::Cluster": (
        "ecs",
        "describe_clusters",
        {"clusters": [{"status": "ACTIVE"}]},
        {"clusters": [{"status": "INACTIVE"}]},
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        "elasticache",
        "describe_replication_groups",
        {"ReplicationGroups": [{}]},
        "ReplicationGroupNotFoundFault",
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "elbv2",
        "describe_load_balancers",
        {"LoadBalancers": [{}]},
        "LoadBalancerNotFound",
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "elbv2",
        "describe_target_groups",
        {"TargetGroups": [{}]},
        "TargetGroupNotFound",
    ),
    "AWS::IAM::Role": ("iam", "get_role", {"Role": {}}, "NoSuchEntity"),
    "AWS::Logs::LogGroup": (
        "logs",
        "describe_log_groups",
        {"logGroups": [{"logGroupName": "taken"}]},
        {"logGroups": [{"logGroupName": "taken-too"}]},
    ),
    "AWS::RDS::DBInstance": (
        "rds",
        "describe_db_instances",
        {"DBInstances": [{}]},
        "DBInstanceNotFound",
    ),
    "AWS::S3::Bucket": ("s3", "head_bucket", {"BucketRegion": "here"}, "404"),
    "AWS::SecretsManager::Secret": (
        "secretsmanager",
        "describe_secret",
        {"Name": "taken"},
        "ResourceNotFoundException",
    ),
    "AWS::SNS::Topic": (
        "sns",
        "list_topics",
        {"Topics": [{"TopicArn": "arn:topics:taken"}]},
        {"Topics": [{"TopicArn": "arn:topics:taken-too"}]},
    ),
    "AWS::SQS::Queue": (
        "sqs",
        "get_queue_url",
        {"QueueUrl": "taken"},
        "AWS.SimpleQueueService.NonExistentQueue",
    ),
}


def plan(stack, *lines):
    """Write a stack's file with these lines below its parameters."""
    (release.DEPLOY / "cloudformation" / f"{stack}.yaml").write_text("\n".join([*lines, ""]))


def plan_name(kind, name="taken"):
    plan(
        "data",
        "Parameters: {}",
        "Resources:",
        "  Held:",
        f"    Type: {kind}",
        "    Properties:",
        f'      {release.HOLDERS[kind][0]}: "{name}"',
        "Outputs:",
        "  Name:",
        "    Value: none",
    )


def refuses(world, capsys, message):
    """Bootstrap refuses with a message, in one line, and nothing was made or deleted."""
    assert release.main(["bootstrap"], world) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert not stacks_changed(world)
    assert not world.client("cloudformation").requests("delete_stack")


def test_what_holds_each_name_is_known():
    assert release.HOLDERS.keys() == HELD.keys()


@pytest.mark.parametrize("kind", HELD)
def test_a_name_that_is_taken_is_refused_before_anything_is_made(world, capsys, kind):
    service, operation, there, _ = HELD[kind]
    world.stacks.clear()
    plan_name(kind)
    world.answer(service, **{operation: there or {"DashboardName": "taken"}})
    refuses(world, capsys, f"{kind} taken (Held of data.yaml) exists already")


@pytest.mark.parametrize("kind", HELD)
def test_a_name_that_is_free_is_not(world, kind):
    service, operation, _, absent = HELD[kind]
    world.stacks.clear()
    plan_name(kind)
    answer = error(absent, "not there") if isinstance(absent, str) else absent
    world.answer(service, **{operation: answer})
    assert release.taken_names(release.Aws(world)) == []


@pytest.mark.parametrize("kind", HELD)
def test_a_name_that_cannot_be_looked_at_is_refused(world, capsys, kind):
    service, operation, *_ = HELD[kind]
    world.stacks.clear()
    plan_name(kind)
    world.answer(service, **{operation: error("AccessDenied", "not authorized")})
    refuses(world, capsys, f"cannot look at {kind} taken (Held of data.yaml): AccessDenied")


def test_a_name_of_a_stack_of_our_own_is_not_taken(world):
    plan_name("AWS::IAM::Role")
    own = {"LogicalResourceId": "Held", "ResourceStatus": "CREATE_COMPLETE"}
    world.answer("cloudformation", list_stack_resources={"StackResourceSummaries": [own]})
    assert release.taken_names(release.Aws(world)) == []
    own["ResourceStatus"] = "DELETE_COMPLETE"
    assert release.taken_names(release.Aws(world)) != []


def test_a_secret_that_waits_for_its_deletion_holds_its_name(world, capsys):
    world.stacks.clear()
    plan_name("AWS::SecretsManager::Secret")
    deleted = {"Name": "taken", "DeletedDate": datetime(2026, 1, 1, tzinfo=UTC)}
    world.answer("secretsmanager", describe_secret=deleted)
    refuses(world, capsys, "is scheduled for deletion, and holds its name until then: `aws secret")


def test_a_name_that_is_made_of_parts_is_read(world, capsys):
    world.stacks.clear()
    plan_name("AWS::S3::Bucket", "files-${AWS::AccountId}-${AWS::Region}")
    world.answer("s3", head_bucket={"BucketRegion": "here"})
    refuses(world, capsys, f"AWS::S3::Bucket files-{ACCOUNT}-{release.REGION} (Held of data.yaml)")


def test_a_name_that_is_not_read_is_said(world, capsys):
    world.stacks.clear()
    plan_name("AWS::S3::Bucket", "!Ref Name")
    assert release.taken_names(release.Aws(world)) == []
    assert "not checked whether it is free: the name of Held" in capsys.readouterr().out


def test_what_a_condition_leaves_out_is_not_looked_for(world):
    world.stacks.clear()
    plan(
        "data",
        "Parameters:",
        "  Existing:",
        "    Type: String",
        '    Default: ""',
        "Conditions:",
        '  Create: !Equals [!Ref Existing, ""]',
        "Resources:",
        "  Held:",
        "    Type: AWS::IAM::Role",
        "    Condition: Create",
        "    Properties:",
        "      RoleName: taken",
    )
    aws = release.Aws(world)
    assert [str(item) for item in release.planned(aws, "data")] == [
        "AWS::IAM::Role taken (Held of data.yaml)"
    ]
    write_parameters({"data": {"Existing": "mine"}})
    assert release.planned(aws, "data") == []


def test_the_names_of_this_repository_are_all_read(world, capsys, monkeypatch):
    monkeypatch.setattr(release, "DEPLOY", ROOT / "deploy")
    aws = release.Aws(world)
    found = [item for stack in release.STACKS for item in release.planned(aws, stack)]
    assert "not checked" not in capsys.readouterr().out
    names = {item.name for item in found}
    assert {release.SLUG, f"{release.SLUG}/django", f"/ecs/{release.SLUG}-web"} <= names


CERTIFICATE = "arn:aws:acm:here:123456789012:certificate/1"


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"Status": "PENDING_VALIDATION"}, "is PENDING_VALIDATION: ACM issues it when the domain"),
        ({"Status": "EXPIRED"}, "is EXPIRED: request another one"),
        ({"DomainName": "example.org"}, "is for example.org, not for www.example.com"),
        (None, "there is no certificate arn:aws:acm:here:123456789012:certificate/1 in this"),
    ],
)
def test_a_certificate_that_no_listener_could_use_is_refused(
    world, capsys, monkeypatch, about, message
):
    world.stacks.clear()
    with_certificate(world, monkeypatch, about)
    refuses(world, capsys, message)


@pytest.mark.parametrize("names", [["www.example.com"], ["example.com", "*.example.com"]])
def test_a_certificate_that_is_issued_for_the_domain_is_taken(world, monkeypatch, names):
    with_certificate(world, monkeypatch, {"SubjectAlternativeNames": names})
    assert release.certificate_faults(release.Aws(world)) == []


def with_certificate(world, monkeypatch, about):
    plan("platform", "Parameters:", "  CertificateArn:", "    Type: String", "Resources: {}")
    written = json.dumps({"platform": {"CertificateArn": CERTIFICATE}})
    write_parameters(json.loads(written))
    monkeypatch.setattr(release, "DOMAIN", "www.example.com")
    whole = {"Status": "ISSUED", "DomainName": "www.example.com"} | (about or {})
    answer = {"Certificate": whole} if about else error("ResourceNotFoundException", "no")
    world.answer("acm", describe_certificate=answer)


PROVIDER = "arn:aws:iam::123456789012:oidc-provider/ci.example.com/mine"


@pytest.mark.parametrize(
    ("there", "given", "audience", "message"),
    [
        (PROVIDER, "", "", f"this account has the identity provider {PROVIDER} already"),
        ("", PROVIDER, "", f"there is no identity provider {PROVIDER}"),
        (PROVIDER, PROVIDER, "else", f"{PROVIDER} does not know the audience of-mine: `aws iam"),
    ],
)
def test_an_identity_provider_that_could_not_be_used_is_refused(
    world, capsys, there, given, audience, message
):
    world.stacks.clear()
    with_provider(world, there, given, audience)
    refuses(world, capsys, message)


def test_an_identity_provider_that_is_named_or_not_there_is_taken(world):
    world.stacks.clear()
    with_provider(world, PROVIDER, PROVIDER, "of-mine")
    assert release.provider_faults(release.Aws(world)) == []
    with_provider(world, "", "", "")
    assert release.provider_faults(release.Aws(world)) == []


def with_provider(world, there, given, audience):
    plan(
        "platform",
        "Parameters:",
        "  Workspace:",
        "    Type: String",
        "  ExistingOidcProviderArn:",
        "    Type: String",
        '    Default: ""',
        "Resources:",
        "  OidcProvider:",
        "    Type: AWS::IAM::OIDCProvider",
        "    Properties:",
        "      Url: !Sub https://ci.example.com/${Workspace}",
        "      ClientIdList:",
        "        - !Sub of-${Workspace}",
    )
    given = {"Workspace": "mine", "ExistingOidcProviderArn": given}
    write_parameters({"platform": given})
    found = [{"Arn": there}] if there else []
    world.answer(
        "iam",
        list_open_id_connect_providers={"OpenIDConnectProviderList": found},
        get_open_id_connect_provider={"ClientIDList": [audience]},
    )


def allow(world, value):
    world.answer("service-quotas", get_service_quota={"Quota": {"Value": float(value)}})


def test_too_few_vcpu_for_the_first_release_are_refused(world, capsys):
    world.stacks.clear()
    allow(world, 0)
    refuses(world, capsys, "this account may run 0 vCPU of Fargate at once, and needs")


def test_too_few_for_the_ceiling_are_said_with_what_to_ask_for(world, capsys, monkeypatch):
    monkeypatch.setattr(release, "TASKS", {"web": (1, 10_000)})
    allow(world, 100)
    assert release.main(["bootstrap"], world) == 0
    said = capsys.readouterr().out
    assert "at the ceiling, which it will not reach before: `aws service-quotas request-" in said


def test_a_quota_that_was_never_raised_is_the_default_one(world):
    gone = world.client("service-quotas").exceptions.NoSuchResourceException({}, "GetServiceQuota")
    default = {"Quota": {"Value": 6.0}}
    world.answer("service-quotas", get_service_quota=gone, get_aws_default_service_quota=default)
    assert release.quota_of(release.Aws(world), "fargate", "L-3032A538") == 6


def test_a_quota_that_nobody_may_see_is_said(world, capsys):
    world.answer("service-quotas", get_service_quota=error("AccessDenied", "not authorized"))
    assert release.main(["bootstrap"], world) == 0
    assert "not checked: the quota L-3032A538 of fargate: AccessDenied" in capsys.readouterr().out
    nowhere = EndpointConnectionError(endpoint_url="https://quotas.example.com")
    world.answer("service-quotas", get_service_quota=nowhere)
    assert release.quota_of(release.Aws(world), "fargate", "L-3032A538") is None
    assert "not checked: the quota L-3032A538 of fargate: Could not" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("VPC", {"describe_vpcs": {"Vpcs": [{}] * 4000}}),
        ("EIP", {"describe_addresses": {"Addresses": [{}] * 4000}}),
    ],
)
def test_a_network_beyond_the_quota_is_refused(world, capsys, kind, answer):
    world.stacks.clear()
    plan("network", "Resources:", "  Made:", f"    Type: AWS::EC2::{kind}", "")
    world.answer("ec2", **answer)
    refuses(world, capsys, f"this account has 4000 of 4000 AWS::EC2::{kind}, and needs one more")


def with_zones(world, monkeypatch, region, *given):
    names = ("ZoneA", "ZoneB")
    lines = [f'  {name}:\n    Type: String\n    Default: ""' for name in names]
    plan("network", "Parameters:", *lines, "Resources: {}")
    written = {"network": dict(zip(names, given, strict=False))}
    (release.DEPLOY / "parameters.json").write_text(json.dumps(written))
    monkeypatch.setattr(release, "REGION", region)
    zones = [
        {"ZoneName": f"{region}{letter}", "ZoneId": identifier}
        for letter, identifier in (("a", "apne1-az3"), ("c", "apne1-az1"), ("d", "apne1-az2"))
    ]
    world.answer("ec2", describe_availability_zones={"AvailabilityZones": zones})
    return release.zone_faults(release.Aws(world))


def test_a_zone_without_fargate_is_refused_and_the_others_are_named(world, monkeypatch):
    world.stacks.clear()
    given = ("ap-northeast-1a", "ap-northeast-1d")
    (problem,) = with_zones(world, monkeypatch, "ap-northeast-1", *given)
    assert problem == (
        "the zone ap-northeast-1a has no Fargate: write two of ap-northeast-1c, ap-northeast-1d"
        " as ZoneA and ZoneB of network into deploy/parameters.json"
    )
    chosen = ("ap-northeast-1c", "ap-northeast-1d")
    assert with_zones(world, monkeypatch, "ap-northeast-1", *chosen) == []
    (problem,) = with_zones(world, monkeypatch, "ap-northeast-1", chosen[0], "ap-northeast-1x")
    assert "this account has no zone ap-northeast-1x" in problem
    assert with_zones(world, monkeypatch, "eu-west-1") == []


def test_without_a_choice_the_first_two_with_fargate_are_named_to_cloudformation(
    world, monkeypatch
):
    world.stacks.clear()
    assert with_zones(world, monkeypatch, "ap-northeast-1") == []
    chosen = {"ZoneA": "ap-northeast-1c", "ZoneB": "ap-northeast-1d"}
    assert release.zones_of_network(release.Aws(world)) == chosen
    # An update leaves the subnets where they are, whatever zones the account has by then.
    known = [{"ParameterKey": key, "ParameterValue": f"{value}x"} for key, value in chosen.items()]
    stack = {"StackStatus": "CREATE_COMPLETE", "Parameters": known, "Outputs": []}
    world.answer("cloudformation", describe_stacks={"Stacks": [stack]})
    kept = {key: f"{value}x" for key, value in chosen.items()}
    assert release.zones_of_network(release.Aws(world)) == kept
    assert with_zones(world, monkeypatch, "ap-northeast-1") == []
    monkeypatch.setattr(release, "FARGATE_ZONES", {"ap-northeast-1": ("apne1-az1",)})
    world.answer("cloudformation", describe_stacks=error("ValidationError", "does not exist"))
    (problem,) = with_zones(world, monkeypatch, "ap-northeast-1")
    assert "this account has Fargate in 1 zone of ap-northeast-1, and two are needed" in problem


def test_zones_are_chosen_once(world, monkeypatch):
    (problem,) = with_zones(world, monkeypatch, "eu-west-1", "eu-west-1a", "eu-west-1c")
    assert "subnets stay in their zones" in problem
    assert with_zones(world, monkeypatch, "eu-west-1") == []


def test_roles_of_services_are_made_where_they_were_never_used(world, capsys):
    plan("platform", "Resources:", "  Cluster:", "    Type: AWS::ECS::Cluster", "    Properties: 1")
    plan("data", "Resources:", "  Database:", "    Type: AWS::RDS::DBInstance", "")
    there = "/aws-service-role/rds.amazonaws.com/"
    world.answer(
        "iam",
        list_roles=lambda request: {"Roles": [{}] if request["PathPrefix"] == there else []},
        create_service_linked_role={},
    )
    assert release.main(["bootstrap"], world) == 0
    (made,) = world.client("iam").requests("create_service_linked_role")
    assert made == {"AWSServiceName": "ecs.amazonaws.com"}


# --- What failed before it was complete


def tell(world, *states, **of_resources):
    """Let the events of the stack data be these, and let it have these resources."""
    whole = [(f"{release.SLUG}-data", state, "") for state in states]
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
    assert release.main(["bootstrap"], world) == 0
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
    assert release.main(["bootstrap"], world) == 0
    assert not world.client("rds").requests("modify_db_instance")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"platform": {}}, "must say CertificateArn of the stack platform"),
        ({"platform": {"CertificateArm": "x"}}, "platform.yaml has no parameter CertificateArm"),
        ({"platform": {"CertificateArn": ""}}, "platform must be an ARN; it is ''"),
        ({"plattform": {}}, "no stack is named plattform"),
        ({"platform": "x"}, "platform is not an object"),
        ({"platform": {"CertificateArn": ["x"]}}, "CertificateArn of platform is ['x']: write a"),
        (
            {"platform": {"CertificateArn": "arn:x", "Upgrade": "yes"}},
            "Upgrade of platform must be false or true; it is 'yes'",
        ),
        ("{", "is not JSON"),
    ],
)
def test_a_wrong_parameters_file_is_refused(world, capsys, given, message):
    about = ["Type: String", "AllowedPattern: ^arn:.+$", "ConstraintDescription: must be an ARN"]
    lines = ["  # ACM's.", "  CertificateArn:", *(f"    {line}" for line in about)]
    lines += ["  Upgrade:", "    Type: String", '    AllowedValues: ["true", "false"]']
    text = "\n".join(["Parameters:", *lines, "Resources: {}", ""])
    (release.DEPLOY / "cloudformation" / "platform.yaml").write_text(text)
    write_parameters(given)
    assert release.main(["bootstrap"], world) == 2
    assert message in capsys.readouterr().err


def test_true_of_json_is_true_of_cloudformation(world):
    lines = ["  Upgrade:", "    Type: String", '    AllowedValues: ["true", "false"]']
    text = "\n".join(["Parameters:", *lines, "Resources: {}", ""])
    (release.DEPLOY / "cloudformation" / "network.yaml").write_text(text)
    write_parameters({"network": {"Upgrade": True}})
    assert release.main(["bootstrap"], world) == 0
    (update, *_) = world.client("cloudformation").requests("update_stack")
    assert update["Parameters"] == [{"ParameterKey": "Upgrade", "ParameterValue": "true"}]


@pytest.mark.parametrize(("given", "fits"), [("subnet-1,subnet-2", True), ("subnet-1,x", False)])
def test_every_value_of_a_list_must_match(world, given, fits):
    about = ["Type: CommaDelimitedList", "AllowedPattern: ^subnet-[0-9]$"]
    lines = ["Parameters:", "  Subnets:", *(f"    {line}" for line in about), "Resources: {}", ""]
    (release.DEPLOY / "cloudformation" / "network.yaml").write_text("\n".join(lines))
    write_parameters({"network": {"Subnets": given}})
    if fits:
        release.check_user_parameters()
    else:
        with pytest.raises(release.Refused, match="must match"):
            release.check_user_parameters()


def test_a_service_that_takes_no_revision_is_refused(world, capsys):
    (release.DEPLOY / "cloudformation" / "service.yaml").write_text("Resources: {}\n")
    assert release.main(["release"], world) == 2
    asked = {release.REVISIONS[name] for name in ("web", *release.COMPANIONS)}
    missing = ", ".join(sorted({"AutomaticRollback", *asked}))
    assert f"has no parameter {missing}" in capsys.readouterr().err
    assert not world.client("ecs").requests("run_task")


@pytest.mark.parametrize("status", [None, "ROLLBACK_COMPLETE"])
def test_a_release_without_its_stacks_is_refused(world, capsys, status):
    world.stacks["service"] = status
    if status is None:
        del world.stacks["service"]
    assert release.main(["release"], world) == 2
    assert "the stack shop-service is" in capsys.readouterr().err
    assert not world.client("ecs").requests("run_task")


def test_the_parameters_file_wins_over_an_earlier_output(world):
    write_parameters({"service": {"ClusterName": "mine"}})
    assert release.main(["release"], world) == 0
    (update,) = world.client("cloudformation").requests("update_stack")
    assert {"ParameterKey": "ClusterName", "ParameterValue": "mine"} in update["Parameters"]


def test_every_stack_of_this_repository_is_understood():
    found = {}
    for name in release.STACKS:
        text = (ROOT / "deploy" / "cloudformation" / f"{name}.yaml").read_text()
        assert len(text.encode()) <= 51_200, "CloudFormation takes no larger text"
        found[name] = release.declared(text)
        assert bool(found[name]) == ("\nParameters:\n" in text)
    assert found["service"]["Revision"]["Default"] == ""
    for name in release.COMPANIONS:
        assert found["service"][release.REVISIONS[name]]["Default"] == ""
    assert found["service"]["AutomaticRollback"]["Default"] == "true"
    assert "Default" not in found["service"]["ClusterName"]


# --- PgBouncer


@pytest.fixture
def built(world, monkeypatch):
    """Return what deploy/push.py is asked to build, which is in the registry from then on."""
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
    monkeypatch.setattr(release, "build_image", build)
    return options


def change_pgbouncer():
    file = release.DEPLOY / "pgbouncer" / "pgbouncer.ini"
    file.write_text(file.read_text() + "; another line\n")


def test_bootstrap_builds_pgbouncer_and_registers_it_before_its_stack(world, built):
    world.stacks = {}
    assert release.main(["bootstrap"], world) == 0
    configuration = release.pgbouncer_configuration(FACTS)
    assert built == [("--pgbouncer", configuration)]
    (task,) = world.registered("shop-pgbouncer")
    (container,) = task["containerDefinitions"]
    assert container["image"] == f"{REPOSITORY}-pgbouncer@{DIGEST}"
    assert values_of(task)["DB_HOST"] == "db.example.com"
    (made,) = (
        request
        for request in world.client("cloudformation").requests("create_stack")
        if request["StackName"] == "shop-pgbouncer"
    )
    values = {item["ParameterKey"]: item["ParameterValue"] for item in made["Parameters"]}
    revision = list(world.definitions)[-1]
    assert ":task-definition/shop-pgbouncer:" in revision
    assert values == {"Revision": revision, "Configuration": configuration}


def test_bootstrap_leaves_a_pgbouncer_alone_that_did_not_change(world, built):
    assert release.main(["bootstrap"], world) == 0
    assert built == []
    assert world.registered("shop-pgbouncer") == []
    assert world.pgbouncer["Revision"] == PGBOUNCER


def test_a_changed_pgbouncer_is_refused_by_a_release_and_taken_by_bootstrap(world, built, capsys):
    before = world.pgbouncer["Configuration"]
    change_pgbouncer()
    for command in ("verify", "release"):
        assert release.main([command], world) == 2
        message = capsys.readouterr().err
        assert f"deploy/pgbouncer changed: this commit has {built_from()}, {before} runs" in message
        assert "run `make bootstrap` first" in message
    assert not world.client("ecs").requests("run_task")
    assert release.main(["bootstrap"], world) == 0
    assert built == [("--pgbouncer", built_from())]
    assert world.pgbouncer["Configuration"] == built_from() != before
    assert world.pgbouncer["Revision"] != PGBOUNCER
    assert release.main(["release"], world) == 0
    assert len(world.registered("shop-pgbouncer")) == 1


def built_from():
    return release.pgbouncer_configuration(FACTS)


@pytest.mark.parametrize(
    "change",
    [
        lambda: (release.DEPLOY / "pgbouncer" / "more.ini").write_text(""),
        lambda: (release.DEPLOY / "ecs" / "pgbouncer.json").write_text("{}"),
        lambda: release.CERTIFICATES.write_text("-----BEGIN CERTIFICATE-----"),
    ],
)
def test_whatever_pgbouncer_is_made_of_makes_another_one(world, monkeypatch, tmp_path, change):
    monkeypatch.setattr(release, "CERTIFICATES", tmp_path / "bundle.pem")
    release.CERTIFICATES.write_text("")
    before = built_from()
    assert release.re.fullmatch(r"[0-9a-f]{12}", before)
    # What an editor or a desktop leaves behind is in no commit.
    (release.DEPLOY / "pgbouncer" / ".DS_Store").write_text("")
    (release.DEPLOY / "pgbouncer" / "__pycache__").mkdir()
    assert built_from() == before
    change()
    assert built_from() != before


def test_another_database_makes_another_pgbouncer(world):
    elsewhere = {**FACTS, "DatabaseEndpoint": "restored.example.com"}
    assert release.pgbouncer_configuration(elsewhere) != built_from()


def test_a_pgbouncer_that_never_came_up_is_made_anew(world, built):
    world.stacks["pgbouncer"] = "ROLLBACK_COMPLETE"
    assert release.main(["bootstrap"], world) == 0
    assert len(world.registered("shop-pgbouncer")) == 1
    assert world.stacks["pgbouncer"] == "CREATE_COMPLETE"


def test_a_pgbouncer_that_cannot_start_is_not_made(world, built, capsys):
    change_pgbouncer()
    groups = {"logGroups": [{"logGroupName": "/ecs/shop-dbinit"}]}
    world.answer("logs", describe_log_groups=groups)
    assert release.main(["bootstrap"], world) == 2
    group = f"/ecs/{release.SLUG}-pgbouncer"
    assert f"there is no log group {group}" in capsys.readouterr().err
    assert world.pgbouncer["Revision"] == PGBOUNCER
    assert "shop-service" not in stacks_changed(world)


def test_a_failed_change_of_pgbouncer_says_where_to_look(world, built, capsys):
    change_pgbouncer()
    update = world.update_stack

    def fail(request):
        answer = update(request)
        if request["StackName"] == "shop-pgbouncer":
            world.stacks["pgbouncer"] = "UPDATE_ROLLBACK_COMPLETE"
        return answer

    world.answer("cloudformation", update_stack=fail)
    assert release.main(["bootstrap"], world) == 1
    message = capsys.readouterr().err
    assert "the stack shop-pgbouncer is UPDATE_ROLLBACK_COMPLETE" in message
    assert "make logs ARGS=pgbouncer" in message


def test_a_rollback_leaves_pgbouncer_alone(world, built):
    with_history(world)
    change_pgbouncer()
    assert release.main(["rollback"], world) == 0
    assert stacks_changed(world) == ["shop-service"]


def test_pgbouncers_images_may_go_when_it_goes_and_nothing_else_that_holds_data():
    _, deny = json.loads(release.STACK_POLICY)["Statement"]
    assert deny["NotResource"] == "LogicalResourceId/PgbouncerRepository"
    assert "AWS::ECR::Repository" in deny["Condition"]["StringEquals"]["ResourceType"]


def test_status_and_logs_know_pgbouncer(world, capsys):
    known = world.client("ecs").answers["describe_services"]
    primary = {"status": "PRIMARY", "rolloutState": "COMPLETED", "runningCount": 2}
    primary["taskDefinition"] = f"{release.SLUG}-pgbouncer:3"
    primary |= {"desiredCount": 2, "pendingCount": 0}
    service = {"status": "ACTIVE", "deployments": [primary], "events": []}

    def describe(request):
        is_it = request["services"] == ["shop-pgbouncer"]
        return {"services": [service]} if is_it else known(request)

    world.answer("ecs", describe_services=describe)
    assert release.main(["status"], world) == 0
    output = capsys.readouterr().out
    assert "pgbouncer  shop-pgbouncer:3 2 of 2 run, COMPLETED" in output
    assert release.main(["logs", "pgbouncer"], world) == 0
    (request,) = world.client("logs").requests("filter_log_events")
    assert request["logGroupName"] == "/ecs/shop-pgbouncer"


# --- The command line


def test_errors_of_aws_are_one_line(world, capsys):
    denied = error("AccessDeniedException", "User: ci\n is not\nauthorized", "RunTask")
    world.answer("ecs", run_task=denied)
    assert release.main(["release"], world) == 1
    message = capsys.readouterr().err
    assert message == "failed: AccessDeniedException on RunTask: User: ci is not authorized\n"


def test_without_credentials_it_says_so(world, capsys):
    world.answer("sts", get_caller_identity=NoCredentialsError())
    world.answer("cloudformation", describe_stacks=NoCredentialsError())
    world.answer("ecs", describe_services=NoCredentialsError())
    assert release.main(["status"], world) == 1
    assert "AWS_PROFILE" in capsys.readouterr().err


def test_status_tells_what_runs_and_where_a_rollback_goes(world, capsys):
    with_history(world)
    health = [{"TargetHealth": {"State": state}} for state in ("healthy", "healthy", "draining")]
    world.answer("elbv2", describe_target_health={"TargetHealthDescriptions": health})
    assert release.main(["status"], world) == 0
    output = capsys.readouterr().out
    assert f"shop-web:2 {HEAD}" in output
    assert "1 draining, 2 healthy" in output
    assert f"to shop-web:1 {OLD}" in output


def test_a_command_runs_in_the_image_that_runs(world):
    assert release.main(["run", "--", "python", "manage.py", "check"], world) == 0
    (request,) = world.client("ecs").requests("run_task")
    (override,) = request["overrides"]["containerOverrides"]
    assert override == {"name": "ops", "command": ["python", "manage.py", "check"]}
    (ops,) = world.registered("shop-ops")
    assert ops["containerDefinitions"][0]["image"] == f"{REPOSITORY}@{DIGEST}"


def test_without_a_command_a_task_is_started_for_a_shell(world, capsys):
    assert release.main(["run"], world) == 0
    (request,) = world.client("ecs").requests("run_task")
    assert request["enableExecuteCommand"] is True
    assert "aws ecs execute-command" in capsys.readouterr().out


def test_logs_are_shown_with_their_time(world, capsys):
    stream = "web/web/0123456789"
    event = {"eventId": "1", "timestamp": 0, "logStreamName": stream, "message": "hello\n"}
    world.answer("logs", filter_log_events={"events": [event]})
    assert release.main(["logs", "--since", "2h"], world) == 0
    _, line = capsys.readouterr().out.splitlines()
    assert line == "00:00:00 456789 hello"
    assert release.main(["logs", "--since", "soon"], world) == 2


def test_a_commit_that_is_not_checked_out_is_refused(monkeypatch, tmp_path):
    module = load()
    (tmp_path / ".git").mkdir()
    monkeypatch.setattr(module, "ROOT", tmp_path)
    answers = {"HEAD": HEAD, "v1^{commit}": OLD}
    monkeypatch.setattr(module, "git", lambda *arguments: answers.get(arguments[-1], ""))
    assert module.commit(None) == HEAD
    with pytest.raises(module.Refused, match="not checked out"):
        module.commit("v1")
    answers[":(exclude)deploy/parameters.json"] = "M deploy/ecs/web.json"
    with pytest.raises(module.Refused, match="in no commit"):
        module.commit(None)
    (tmp_path / ".git").rmdir()
    monkeypatch.setenv("GIT_SHA", HEAD)
    assert module.commit(None) == HEAD
    with pytest.raises(module.Refused):
        module.commit("v1")


@pytest.fixture
def checkout(monkeypatch, tmp_path):
    """Return the program in a git repository of its own, and a function that runs git there."""
    module = load()
    root = tmp_path / "checkout"
    (root / "deploy").mkdir(parents=True)
    monkeypatch.setattr(module, "ROOT", root)
    monkeypatch.setattr(module.identity, "PARAMETERS", root / "deploy" / "parameters.json")
    monkeypatch.delenv("GIT_SHA", raising=False)

    def git(*arguments):
        who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
        subprocess.run(["git", "-C", str(root), *who, *arguments], check=True, capture_output=True)

    git("init", "--quiet")
    module.identity.PARAMETERS.write_text('{\n  "account": "",\n  "data": {"RestoredAt": ""}\n}\n')
    git("add", "--all")
    git("commit", "--quiet", "--message=first")
    return module, git


def test_a_commit_is_released_also_when_bootstrap_has_just_noted_the_account(checkout):
    module, git = checkout
    head = module.commit(None)
    assert not module.account_is_in_no_commit()
    module.identity.note_account(ACCOUNT, ACCOUNT)
    assert module.commit(None) == head
    assert module.account_is_in_no_commit()
    text = module.identity.PARAMETERS.read_text()
    module.identity.PARAMETERS.write_text(text.replace('""', '"2026-01-31T12:00:00Z"'))
    with pytest.raises(module.Refused, match="in no commit"):
        module.commit(None)
    module.identity.PARAMETERS.write_text(text)
    git("commit", "--quiet", "--all", "--message=account")
    assert module.commit(None) != head
    assert not module.account_is_in_no_commit()
    # Another account is no note of the first bootstrap.
    module.identity.PARAMETERS.write_text(text.replace(ACCOUNT, "210987654321"))
    with pytest.raises(module.Refused, match="in no commit"):
        module.commit(None)
    git("rm", "--quiet", "--cached", "deploy/parameters.json")
    git("commit", "--quiet", "--allow-empty", "--message=without")
    with pytest.raises(module.Refused, match="in no commit"):
        module.commit(None)


def test_bootstrap_says_that_the_account_is_in_no_commit(world, capsys, monkeypatch):
    assert release.main(["bootstrap"], world) == 0
    assert "then commit" not in capsys.readouterr().out
    monkeypatch.setattr(release, "account_is_in_no_commit", lambda: True)
    assert release.main(["bootstrap"], world) == 0
    assert "then commit deploy/parameters.json" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(
    ("docker", "message"),
    [
        (None, "docker is not installed"),
        ("exit 1", "Docker does not answer"),
        ("exit 0", "an image holds what is in a commit"),
    ],
)
def test_an_image_that_could_not_be_built_is_refused_before_the_first_stack(
    world, checkout, capsys, monkeypatch, tmp_path, docker, message
):
    module, _ = checkout
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").symlink_to(shutil.which("git"))
    if docker:
        (folder / "docker").write_text(f"#!/bin/sh\n{docker}\n")
        (folder / "docker").chmod(0o755)
    if docker == "exit 0":
        (module.ROOT / "new.py").touch()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(release, "ROOT", module.ROOT)
    monkeypatch.setattr(release, "refuse_if_unbuildable", world.unbuildable)
    write_parameters({})
    world.unbuildable(release.Aws(world), HEAD)  # It is there, and nothing is built.
    world.stacks.clear()
    refuses(world, capsys, message)


def test_an_image_whose_build_never_ends_is_a_failure(world, capsys, monkeypatch):
    def never(command, **_):
        raise subprocess.TimeoutExpired(command, 3600)

    world.profile_name = "default"
    absent = world.client("ecr").exceptions.ImageNotFoundException({}, "DescribeImages")
    world.answer("ecr", describe_images=absent)
    monkeypatch.setattr(release.subprocess, "run", never)
    assert release.main(["release", "--build"], world) == 1
    assert "the image was not built within 60 minutes" in capsys.readouterr().err
