"""deploy/release.py with AWS made up: what it asks for, and what it makes of the answers.

Each request is checked against AWS's own description of it, which boto3 brings along.
"""

import importlib.util
import json
import shutil
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
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.validate import ParamValidator

ROOT = Path(__file__).resolve().parent.parent
MODELS = botocore.session.get_session()
HEAD = "a" * 40
OLD = "b" * 40
ACCOUNT = "123456789012"
DIGEST = f"sha256:{'c' * 64}"
REPOSITORY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/corner-shop"
WEB = "arn:aws:ecs:us-east-1:123456789012:task-definition/corner-shop-web"
TASK = "arn:aws:ecs:us-east-1:123456789012:task/corner-shop/0123"
FACTS = {
    "ClusterName": "corner-shop",
    "RepositoryUri": REPOSITORY,
    "LoadBalancerDnsName": "lb.example.com",
    "TargetGroupArn": "arn:targets",
    "DatabaseEndpoint": "db.example.com",
    "PrivateSubnetIds": "subnet-1,subnet-2",
    "TaskSecurityGroupId": "sg-1",
    "MasterSecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:master-x",
    "StaticUrl": "https://static.example.com/",
    "StaticBucketName": "bucket",
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


class World:
    """An account in which the release before runs and everything is there."""

    region_name = release.REGION

    def __init__(self):
        self.clients = {}
        self.facts = dict(FACTS)
        self.first = self.revision = f"{WEB}:1"
        self.definitions = {self.revision: self.definition(OLD)}
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
            "ecs",
            describe_services=self.describe_services,
            describe_task_definition=self.describe_definition,
            register_task_definition=self.register,
            list_tasks={"taskArns": []},
            run_task={"tasks": [{"taskArn": TASK}], "failures": []},
            describe_tasks=lambda request: {"tasks": [{"taskArn": TASK, **self.task}]},
            stop_task={},
        )
        self.answer("ecs", update_service=self.update_service)
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

    def update_service(self, request):
        self.revision = request["taskDefinition"]
        return {}

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
        log = {"awslogs-group": "/ecs/corner-shop-web", "awslogs-stream-prefix": "web"}
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
        arn = f"{WEB.removesuffix('corner-shop-web')}{request['family']}:{count}"
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
    assert f"{PREFIX}:corner-shop/django-A1b2C3:SECRET_KEY::" in values
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


# --- Release


def test_a_release_migrates_then_moves_the_service_then_asks_it(world, capsys):
    assert release.main(["release"], world) == 0
    (web,) = world.registered("corner-shop-web")
    assert world.revision == list(world.definitions)[-1]
    assert world.smoked == [HEAD]
    assert values_of(web) | {"DB_HOST": "db.example.com"} == values_of(web)
    assert values_of(web)[release.SHA] == HEAD
    assert values_of(web)[release.PREVIOUS] == f"{WEB}:1"
    assert values_of(web)[release.LEAVES] == "site.0001"
    assert web["containerDefinitions"][0]["image"] == f"{REPOSITORY}@{DIGEST}"
    (migration,) = world.client("ecs").requests("run_task")
    assert "corner-shop-migrate:" in migration["taskDefinition"]
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
    assert not world.registered("corner-shop-web")
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
    world.primaries = [{"rolloutState": "IN_PROGRESS"}, {"taskDefinition": f"{WEB}:1"}]
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
    world.before = {"rolloutState": "IN_PROGRESS"}
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
    (web,) = world.registered("corner-shop-web")
    assert values_of(web)[release.OVERRIDDEN] == "site.0001"
    (update,) = world.client("ecs").requests("update_service")
    assert update["deploymentConfiguration"] == {
        "maximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": True, "rollback": False},
        "alarms": {"alarmNames": ["5xx"], "enable": True, "rollback": False},
    }


def test_the_release_after_it_is_an_ordinary_one_and_remembers(world):
    notes = {release.LEAVES: "site.0001", release.OVERRIDDEN: "site.0001"}
    world.definitions[world.revision] = world.definition(OLD, **notes)
    world.migrations = release.Migrations({"site.0001": frozenset()}, {"site.0001": "why not"})
    assert release.main(["release"], world) == 0
    (web,) = world.registered("corner-shop-web")
    assert values_of(web)[release.OVERRIDDEN] == "site.0001"
    (update,) = world.client("ecs").requests("update_service")
    assert update["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"] is True


def with_history(world, **notes):
    notes = {release.PREVIOUS: f"{WEB}:1", **notes}
    world.first = world.revision = f"{WEB}:2"
    world.definitions[world.revision] = world.definition(HEAD, **notes)


def test_after_a_release_that_was_left_broken_nothing_is_rolled_back_to(world, capsys):
    with_history(world)
    world.before = {"rolloutState": "FAILED"}
    assert release.main(["release"], world) == 0
    assert "did not come up" in capsys.readouterr().out
    (web,) = world.registered("corner-shop-web")
    assert values_of(web)[release.PREVIOUS] == f"{WEB}:1"


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
        "there is no role corner-shop-ecs-execution",
        "there is no secret corner-shop/db-app",
        "there is no log group /ecs/corner-shop-web",
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
    image = release.Image(HEAD, f"{REPOSITORY}@{DIGEST}", "corner-shop", DIGEST)
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
    assert f"corner-shop-web:2 {HEAD}" in output
    assert "1 draining, 2 healthy" in output
    assert f"to corner-shop-web:1 {OLD}" in output


def test_a_command_runs_in_the_image_that_runs(world):
    assert release.main(["run", "--", "python", "manage.py", "check"], world) == 0
    (request,) = world.client("ecs").requests("run_task")
    (override,) = request["overrides"]["containerOverrides"]
    assert override == {"name": "ops", "command": ["python", "manage.py", "check"]}
    (ops,) = world.registered("corner-shop-ops")
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
    answers["deploy"] = "M deploy/ecs/web.json"
    with pytest.raises(module.Refused, match="in no commit"):
        module.commit(None)
    (tmp_path / ".git").rmdir()
    monkeypatch.setenv("GIT_SHA", HEAD)
    assert module.commit(None) == HEAD
    with pytest.raises(module.Refused):
        module.commit("v1")
