#!/usr/bin/env python3
"""Releases shop to ECS, and takes a release back.

    python deploy/release.py bootstrap            the stacks, the image, the database role; once
    python deploy/release.py release              the commit that is checked out
    python deploy/release.py rollback             back to the release before
    python deploy/release.py migrate              only the migrations of that commit
    python deploy/release.py run -- COMMAND       one command in a task of the running release
    python deploy/release.py status | logs | verify

Exit codes: 0 done, 1 failed on the way, 2 refused: nothing that runs was changed.
Needs deploy/requirements.txt, AWS credentials as the AWS CLI knows them, and git.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import identity
import urllib3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from identity import REGION, SLUG, Refused

# Empty: plain HTTP, and the load balancer's own name.
DOMAIN = ""
# In the order in which they are made. A parameter of one has the name of an earlier one's output.
STACKS = ["network", "platform", "data", "service"]
SERVICE = f"{SLUG}-web"
WEB_FAMILY = f"{SLUG}-web"
ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"

# Of a pipeline's credentials: as long as its role and its job allow.
SESSION_SECONDS = 7200
# Between two looks at AWS. Tests look more often.
POLL_SECONDS = float(os.environ.get("RELEASE_POLL_SECONDS", "5"))
# How long each step may take before this program gives up on it; what AWS does goes on.
MIGRATION_MINUTES = 60
DEPLOYMENT_MINUTES = 45
STACK_MINUTES = 60
BUILD_MINUTES = 60
COMMAND_MINUTES = 240
SMOKE_SECONDS = 300
# A new release must answer so often without an old one in between.
SMOKE_ANSWERS = 3

# What a revision of the web task says about itself, in its environment.
SHA = "RELEASE_SHA"
PREVIOUS = "RELEASE_PREVIOUS"
LEAVES = "RELEASE_MIGRATIONS"
OVERRIDDEN = "RELEASE_OVERRIDDEN_MIGRATIONS"

ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}
MANIFESTS = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
]
# What CloudFormation writes as the reason of an event when nothing went wrong.
UNEVENTFUL = (
    "",
    "User Initiated",
    "Resource creation Initiated",
    "Eventual consistency check initiated",
)
# A release changes only what stands. After UPDATE_FAILED the next one mends it.
RELEASABLE = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_FAILED",
    "IMPORT_COMPLETE",
)
# Where not every zone has Fargate: those that have, by AWS's page "Supported Regions for Amazon ECS
# on AWS Fargate".
FARGATE_ZONES = {
    "ap-northeast-1": ("apne1-az1", "apne1-az2", "apne1-az4"),
    "cn-north-1": ("cnn1-az1", "cnn1-az2"),
    "us-west-1": ("usw1-az1", "usw1-az3"),
}
# How many tasks of a kind the first release starts, and how many a deployment at the ceiling runs.
WEB_TASKS = (2, 20)
TASKS = {"web": WEB_TASKS, "migrate": (1, 1), "ops": (0, 1)}
# The role that a service works with behind a type of resource. AWS makes it at the first use, which
# can fail because of that.
LINKED_ROLES = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "ecs.application-autoscaling.amazonaws.com",
    "AWS::ECS::Cluster": "ecs.amazonaws.com",
    "AWS::ElastiCache::ReplicationGroup": "elasticache.amazonaws.com",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "elasticloadbalancing.amazonaws.com",
    "AWS::RDS::DBInstance": "rds.amazonaws.com",
}
# Only a first creation ends so, says "Stack status codes" of CloudFormation's documents.
NEVER_COMPLETE = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
# CloudFormation refuses to replace or delete what holds data, whatever its file says.
STACK_POLICY = json.dumps(
    {
        "Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {
                "Effect": "Deny",
                "Action": ["Update:Replace", "Update:Delete"],
                "Principal": "*",
                "Resource": "*",
                "Condition": {
                    "StringEquals": {
                        "ResourceType": [
                            "AWS::RDS::DBInstance",
                            "AWS::ECR::Repository",
                            "AWS::S3::Bucket",
                            "AWS::SecretsManager::Secret",
                        ]
                    }
                },
            },
        ]
    }
)


class Failed(Exception):
    """Something was begun and did not succeed. Exit code 1."""


def say(text: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", flush=True)


def show(text: str) -> None:
    print(text, flush=True)


# --- This checkout --------------------------------------------------------------------------------


def git(*arguments: str) -> str:
    """Run git in the repository and return what it prints; its errors go to the terminal."""
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=30, check=True)
    except FileNotFoundError as error:
        raise Refused("git is not installed") from error
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise Refused(f"git {arguments[0]} did not answer") from error
    return done.stdout.strip()


def commit(given: str | None) -> str:
    """Return the commit to release: the one that is checked out, whose deploy/ is used."""
    if not (ROOT / ".git").exists():
        sha = given or os.environ.get("GIT_SHA", "")
        if not re.fullmatch(r"[0-9a-f]{40}", sha):
            raise Refused("this is no git checkout: name the commit with --sha, all 40 digits")
        return sha
    head = git("rev-parse", "HEAD")
    if given and git("rev-parse", f"{given}^{{commit}}") != head:
        raise Refused(f"{given} is not checked out: its deploy/ and migrations are part of it")
    beside = (":(exclude)deploy/parameters.json",)
    if git("status", "--porcelain", "--", "deploy", *beside) or not account_alone_is_new():
        raise Refused("deploy/ has changes that are in no commit: commit them first")
    return head


def account_alone_is_new() -> bool:
    """Return whether deploy/parameters.json is as in the commit, but for an account noted since.

    `bootstrap` writes the account where none is. No task definition and no image holds it, so the
    commit is released as it is.
    """
    state = git("status", "--porcelain", "--", "deploy/parameters.json")
    if not state:
        return True
    if not state.startswith("M"):
        return False
    try:
        committed = json.loads(git("show", "HEAD:deploy/parameters.json"))
    except ValueError:
        return False
    noted = identity.parameters().get("account", "")
    return not committed.get("account") and {**committed, "account": noted} == identity.parameters()


def account_is_in_no_commit() -> bool:
    """Return whether the account stands in deploy/parameters.json of this checkout only."""
    return (ROOT / ".git").exists() and bool(
        git("status", "--porcelain", "--", "deploy/parameters.json")
    )


@dataclass(frozen=True)
class Migrations:
    """The migrations of this repository, read without importing them.

    A migration is named after its folder: `site.blog.0002_title` is in site/blog/migrations.
    """

    dependencies: dict[str, frozenset[str]]
    # By migration, why it may break the release before it.
    overrides: dict[str, str]

    @classmethod
    def read(cls, root: Path) -> Migrations:
        trees: dict[str, ast.Module] = {}
        apps: dict[str, str] = {}
        for path in sorted(root.rglob("migrations/*.py")):
            parts = path.relative_to(root).parts
            hidden = any(part.startswith(".") or part == "site-packages" for part in parts)
            if hidden or path.name.startswith("_"):
                continue
            app = ".".join(parts[:-2])
            trees[f"{app}.{path.stem}"] = ast.parse(path.read_text(encoding="utf-8"), str(path))
            apps[app_label(path.parent.parent)] = app
        dependencies, overrides = {}, {}
        for name, tree in trees.items():
            body = migration_class(tree)
            pairs = [*tuples_in(body, "dependencies"), *tuples_in(body, "replaces")]
            wanted = {f"{apps[label]}.{other}" for label, other in pairs if label in apps}
            dependencies[name] = frozenset(wanted & trees.keys())
            reason = override_in(body)
            if reason is not None:
                overrides[name] = reason
        return cls(dependencies, overrides)

    def leaves(self) -> list[str]:
        """Return the last migration of each app."""
        inner = {
            other
            for name, others in self.dependencies.items()
            for other in others
            if other.rpartition(".")[0] == name.rpartition(".")[0]
        }
        return sorted(self.dependencies.keys() - inner)

    def until(self, leaves: list[str]) -> set[str]:
        """Return these migrations and all that they need."""
        found: set[str] = set()
        left = [name for name in leaves if name in self.dependencies]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += self.dependencies[name]
        return found


def app_label(folder: Path) -> str:
    """Return Django's name of an app: that of its folder unless its AppConfig has another."""
    config = folder / "apps.py"
    text = config.read_text(encoding="utf-8") if config.is_file() else ""
    label = re.search(r"""^\s+label\s*(?::[^=\n]+)?=\s*["'](\w+)["']""", text, re.MULTILINE)
    return label[1] if label else folder.name


def migration_class(tree: ast.Module) -> list[ast.stmt]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            return node.body
    return []


def assigned(body: list[ast.stmt], name: str) -> ast.expr | None:
    """Return what a name of the class is set to, with an annotation or without."""
    for node in body:
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node.value  # type: ignore[attr-defined, no-any-return]
    return None


def tuples_in(body: list[ast.stmt], name: str) -> Iterator[tuple[str, str]]:
    """Yield the (app label, migration) pairs of a list; others, such as swappable, are left out."""
    value = assigned(body, name)
    for item in value.elts if isinstance(value, ast.List | ast.Tuple) else []:
        if isinstance(item, ast.Tuple) and len(item.elts) == 2:
            words = [word.value for word in item.elts if isinstance(word, ast.Constant)]
            if len(words) == 2:
                yield str(words[0]), str(words[1])


def override_in(body: list[ast.stmt]) -> str | None:
    """Return why the migration linter was told to let a migration pass; None when it was not."""
    reason = assigned(body, "linter_override")
    if reason is not None:
        return str(reason.value) if isinstance(reason, ast.Constant) else "no reason given"
    operations = assigned(body, "operations")
    for node in ast.walk(operations) if operations is not None else []:
        name = node.func if isinstance(node, ast.Call) else None
        if getattr(name, "attr", getattr(name, "id", None)) == "IgnoreMigration":
            return "IgnoreMigration()"
    return None


# --- What AWS has ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Image:
    sha: str
    uri: str
    repository: str
    digest: str


@dataclass(frozen=True)
class Revision:
    """A revision of the web task definition, and what it says about itself."""

    arn: str
    image: str
    active: bool
    environment: dict[str, str]

    @property
    def name(self) -> str:
        return short(self.arn)

    @property
    def sha(self) -> str:
        return self.environment.get(SHA, "unknown")

    def words(self, variable: str) -> list[str]:
        return self.environment.get(variable, "").split()


def short(arn: str) -> str:
    """Return the readable end of an ARN: NAME-web:12, or a task's id."""
    return arn.rpartition("/")[2]


class Aws:
    """One session, its clients made when first used and with the same limits."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.clients: dict[str, Any] = {}
        self.known: dict[str, str] = {}

    def __getattr__(self, service: str) -> Any:
        if service not in self.clients:
            config = Config(
                connect_timeout=10,
                read_timeout=60,
                retries={"mode": "standard", "total_max_attempts": 6},
            )
            self.clients[service] = self.session.client(service, config=config)
        return self.clients[service]

    def account(self) -> str:
        if "account" not in self.known:
            self.known["account"] = self.sts.get_caller_identity()["Account"]
        return self.known["account"]

    def stack(self, name: str) -> dict[str, Any] | None:
        """Return a stack of this project, None when there is none."""
        try:
            stacks = self.cloudformation.describe_stacks(StackName=f"{SLUG}-{name}")["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return dict(stacks[0])

    def status(self, name: str) -> str:
        """Return the state of a stack, nothing when there is none."""
        return str((self.stack(name) or {}).get("StackStatus", ""))

    def facts(self) -> dict[str, str]:
        """Return what the stacks say about themselves."""
        values: dict[str, str] = {}
        for name in STACKS:
            stack = self.stack(name) or {}
            for output in stack.get("Outputs", []):
                values[output["OutputKey"]] = output["OutputValue"]
        return values

    def service(self, facts: dict[str, str]) -> dict[str, Any] | None:
        """Return the web service, None while there is none."""
        cluster = fact(facts, "ClusterName")
        services = self.ecs.describe_services(cluster=cluster, services=[SERVICE])["services"]
        active = [service for service in services if service["status"] == "ACTIVE"]
        return dict(active[0]) if active else None

    def revision(self, arn: str) -> Revision:
        """Return a revision of the web task definition by ARN or family:number."""
        try:
            answer = self.ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]
        except ClientError as error:
            raise Refused(f"no task definition {short(arn)}: {reason_of(error)}") from error
        container = answer["containerDefinitions"][0]
        environment = {item["name"]: item["value"] for item in container.get("environment", [])}
        active = answer["status"] == "ACTIVE"
        return Revision(answer["taskDefinitionArn"], container["image"], active, environment)

    def running(self, facts: dict[str, str]) -> Revision | None:
        """Return the revision that the service is meant to run; None before the first release."""
        stack = self.stack("service") or {}
        values = {p["ParameterKey"]: p["ParameterValue"] for p in stack.get("Parameters", [])}
        arn = values.get("Revision", "")
        return self.revision(arn) if arn else None

    def is_broken(self, facts: dict[str, str]) -> bool:
        """Return whether the last release failed and was left as it is."""
        return self.status("service") == "UPDATE_FAILED"

    def image(self, facts: dict[str, str], sha: str) -> Image | None:
        """Return the image of a commit by its digest; None when it was not pushed."""
        uri = fact(facts, "RepositoryUri")
        repository = uri.partition("/")[2]
        tags = [{"imageTag": sha}]
        try:
            found = self.ecr.describe_images(repositoryName=repository, imageIds=tags)
        except self.ecr.exceptions.ImageNotFoundException:
            return None
        digest = found["imageDetails"][0]["imageDigest"]
        return Image(sha, f"{uri}@{digest}", repository, digest)

    def architectures(self, image: Image) -> set[str]:
        """Return the architectures of an image as its makers call them: amd64, arm64."""
        manifest = self.manifest(image)
        if "manifests" in manifest:
            platforms = [entry.get("platform", {}) for entry in manifest["manifests"]]
            return {platform.get("architecture", "") for platform in platforms} - {"", "unknown"}
        link = self.ecr.get_download_url_for_layer(
            repositoryName=image.repository, layerDigest=manifest["config"]["digest"]
        )["downloadUrl"]
        limit = urllib3.Timeout(connect=10, read=30)
        answer = urllib3.PoolManager().request("GET", link, timeout=limit, retries=3)
        if answer.status != 200:
            raise Failed(f"ECR answered {answer.status} for the configuration of {image.uri}")
        return {json.loads(answer.data)["architecture"]}

    def manifest(self, image: Image) -> dict[str, Any]:
        answer = self.ecr.batch_get_image(
            repositoryName=image.repository,
            imageIds=[{"imageDigest": image.digest}],
            acceptedMediaTypes=MANIFESTS,
        )
        if not answer["images"]:
            raise Refused(f"the image {image.uri} is no longer in the repository")
        return dict(json.loads(answer["images"][0]["imageManifest"]))


def fact(facts: dict[str, str], name: str) -> str:
    """Return what the stacks say under a name."""
    if not facts.get(name):
        raise Refused(f"no stack says {name}: run `make bootstrap` first")
    return facts[name]


def reason_of(error: ClientError) -> str:
    """Return an error of AWS in one line."""
    details = error.response.get("Error", {})
    message = " ".join(str(details.get("Message", "")).split())
    return f"{details.get('Code', 'error')} on {error.operation_name}: {message}"


# --- Task definitions -----------------------------------------------------------------------------


def render(name: str, facts: dict[str, str], account: str, image: Image) -> dict[str, Any]:
    """Return deploy/ecs/NAME.json with its words filled in and the image by its digest."""
    words = {
        "ACCOUNT": account,
        "GIT_SHA": image.sha,
        "RDS_ENDPOINT": "DatabaseEndpoint",
        "ALB_DNS_NAME": "LoadBalancerDnsName",
        "MASTER_SECRET_ARN": "MasterSecretArn",
    }
    given = ("ACCOUNT", "GIT_SHA")

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: fill(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [fill(inner) for inner in value]
        if not isinstance(value, str):
            return value
        pattern = rf"(?<![A-Za-z0-9_])({'|'.join(words)})(?![A-Za-z0-9_])"
        return re.sub(
            pattern,
            lambda match: words[match[1]] if match[1] in given else fact(facts, words[match[1]]),
            value,
        )

    # The name of an environment variable may be one of the words.
    definition = json.loads((DEPLOY / "ecs" / f"{name}.json").read_text(encoding="utf-8"))
    for container in definition["containerDefinitions"]:
        for item in container.get("environment", []):
            item["value"] = fill(item["value"])
        rest = {key: value for key, value in container.items() if key != "environment"}
        container.update(fill(rest))
        container["image"] = image.uri
    rest = {key: value for key, value in definition.items() if key != "containerDefinitions"}
    return {**fill(rest), "containerDefinitions": definition["containerDefinitions"]}


def stamp(definition: dict[str, Any], notes: dict[str, str]) -> dict[str, Any]:
    """Return a task definition whose first container carries these variables."""
    first, *others = definition["containerDefinitions"]
    environment = [item for item in first.get("environment", []) if item["name"] not in notes]
    environment += [{"name": name, "value": value} for name, value in notes.items()]
    return {**definition, "containerDefinitions": [{**first, "environment": environment}, *others]}


def faults(aws: Aws, definitions: list[dict[str, Any]], image: Image) -> list[str]:
    """Return what would keep these tasks from starting: roles, secrets, log groups, image."""
    found: list[str] = []
    roles: set[str] = set()
    secrets: set[str] = set()
    groups: set[str] = set()
    wanted: set[str] = set()
    for definition in definitions:
        roles |= {definition.get("executionRoleArn", ""), definition.get("taskRoleArn", "")} - {""}
        wanted.add(definition.get("runtimePlatform", {}).get("cpuArchitecture", "X86_64"))
        for container in definition["containerDefinitions"]:
            # An ARN has seven parts; key, stage and version of the secret come after it.
            named = [secret["valueFrom"].split(":")[:7] for secret in container.get("secrets", [])]
            secrets |= {":".join(parts) for parts in named}
            options = container.get("logConfiguration", {}).get("options", {})
            groups |= {options["awslogs-group"]} if "awslogs-group" in options else set()
    for arn in sorted(roles):
        found += role_faults(aws, short(arn))
    for value in sorted(secrets):
        found += secret_faults(aws, value)
    for group in sorted(groups):
        answer = aws.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        if group not in {item["logGroupName"] for item in answer}:
            found.append(f"there is no log group {group}")
    has = aws.architectures(image)
    found += [
        f"the image is for {', '.join(sorted(has))}, the tasks run on {name}"
        for name in sorted(wanted)
        if ARCHITECTURES[name] not in has
    ]
    return found


def role_faults(aws: Aws, name: str) -> list[str]:
    try:
        role = aws.iam.get_role(RoleName=name)["Role"]
    except aws.iam.exceptions.NoSuchEntityException:
        return [f"there is no role {name}"]
    trust = json.dumps(role["AssumeRolePolicyDocument"])
    return [] if "ecs-tasks.amazonaws.com" in trust else [f"the role {name} does not trust ECS"]


def secret_faults(aws: Aws, value: str) -> list[str]:
    """Look for a secret; whether it has the key only its reader may know."""
    if ":secretsmanager:" not in value:
        say(f"not checked: {value}")
        return []
    name = value.split(":secret:")[1]
    secret = find_secret(aws, value)
    if secret is None:
        return [f"there is no secret {name}"]
    return [f"the secret {name} is being deleted"] if "DeletedDate" in secret else []


def find_secret(aws: Aws, value: str) -> dict[str, Any] | None:
    """Return what there is of a secret; None when there is none."""
    # In deploy/ecs ours are written without the six random characters at the end of an ARN.
    for known_as in (value, value.split(":secret:")[1]):
        try:
            return dict(aws.secretsmanager.describe_secret(SecretId=known_as))
        except aws.secretsmanager.exceptions.ResourceNotFoundException:
            continue
    return None


def whole_arn(aws: Aws, value: str) -> str:
    """Return the ARN of a secret with the characters that AWS has added to its name.

    With a key behind it ECS wants the whole ARN:
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
    """
    if value not in aws.known:
        secret = find_secret(aws, value)
        if secret is None:
            raise Refused(f"there is no secret {value.split(':secret:')[1]}")
        aws.known[value] = secret["ARN"]
    return aws.known[value]


def with_whole_arns(aws: Aws, definition: dict[str, Any]) -> dict[str, Any]:
    """Return a task definition in which every secret of Secrets Manager has its whole ARN."""
    containers = []
    for container in definition["containerDefinitions"]:
        secrets = []
        for secret in container.get("secrets", []):
            # An ARN has seven parts; key, stage and version of the secret come after it.
            parts = secret["valueFrom"].split(":")
            if "secretsmanager" in parts[:3]:
                parts[:7] = [whole_arn(aws, ":".join(parts[:7]))]
            secrets.append({**secret, "valueFrom": ":".join(parts)})
        containers.append({**container, "secrets": secrets} if secrets else container)
    return {**definition, "containerDefinitions": containers}


# --- One-off tasks --------------------------------------------------------------------------------


class TaskLog:
    """What a task prints, shown as it comes."""

    def __init__(self, logs: Any, definition: dict[str, Any], task: str) -> None:
        container = definition["containerDefinitions"][0]
        options = container["logConfiguration"]["options"]
        self.logs = logs
        self.group = options["awslogs-group"]
        self.stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{short(task)}"
        self.token: str | None = None

    def show(self) -> int:
        """Print what is new and return how many lines that was."""
        lines = 0
        while True:
            more = {"nextToken": self.token} if self.token else {}
            try:
                answer = self.logs.get_log_events(
                    logGroupName=self.group,
                    logStreamName=self.stream,
                    startFromHead=True,
                    **more,
                )
            except self.logs.exceptions.ResourceNotFoundException:
                return lines
            for event in answer["events"]:
                show(f"    {event['message'].rstrip()}")
            lines += len(answer["events"])
            if answer["nextForwardToken"] == self.token:
                return lines
            self.token = answer["nextForwardToken"]

    def show_rest(self) -> None:
        """Print what arrives late: CloudWatch takes some seconds."""
        quiet = 0
        while quiet < 2:
            quiet = 0 if self.show() else quiet + 1
            time.sleep(POLL_SECONDS if quiet < 2 else 0)


def start_task(aws: Aws, facts: dict[str, str], arn: str, **more: Any) -> str:
    """Start a task and return its ARN. ECS can answer without an error and still not run it."""
    answer = aws.ecs.run_task(
        cluster=fact(facts, "ClusterName"),
        taskDefinition=arn,
        launchType="FARGATE",
        count=1,
        startedBy="release.py",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": fact(facts, "PrivateSubnetIds").split(","),
                "securityGroups": fact(facts, "TaskSecurityGroupId").split(","),
                "assignPublicIp": "DISABLED",
            }
        },
        **more,
    )
    if answer["failures"] or not answer["tasks"]:
        failures = [f"{item.get('reason')} {item.get('detail', '')}" for item in answer["failures"]]
        reasons = "; ".join(failure.strip() for failure in failures)
        raise Failed(f"ECS did not start {short(arn)}: {reasons or 'no task'}")
    return str(answer["tasks"][0]["taskArn"])


def describe_task(aws: Aws, facts: dict[str, str], task: str) -> dict[str, Any]:
    """Return a task; one that ECS does not know yet is PROVISIONING."""
    cluster = fact(facts, "ClusterName")
    tasks = aws.ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"]
    return dict(tasks[0]) if tasks else {"lastStatus": "PROVISIONING"}


def run_task(
    aws: Aws, facts: dict[str, str], definition: dict[str, Any], task: str, minutes: int
) -> None:
    """Wait for a task, show what it prints, and fail unless its command succeeded."""
    family = definition["family"]
    log = TaskLog(aws.logs, definition, task)
    deadline = time.monotonic() + 60 * minutes
    status = ""
    while True:
        state = describe_task(aws, facts, task)
        if state["lastStatus"] != status:
            status = state["lastStatus"]
            say(f"{family} {short(task)}: {status}")
        log.show()
        if status == "STOPPED":
            break
        if time.monotonic() > deadline:
            raise Failed(
                f"{family} {short(task)} is still {status} after {minutes} minutes and goes on:"
                f" python deploy/release.py logs {family.removeprefix(SLUG + '-')}"
            )
        time.sleep(POLL_SECONDS)
    log.show_rest()
    problem = problem_of(state)
    if problem:
        raise Failed(f"{family} {short(task)} failed: {problem}")


def problem_of(task: dict[str, Any]) -> str:
    """Return why a stopped task did not succeed; nothing when it did."""
    code = task.get("stopCode", "no stopCode")
    containers = task.get("containers", [])
    exits = [container.get("exitCode") for container in containers]
    if code == "EssentialContainerExited" and exits and all(code == 0 for code in exits):
        return ""
    parts = [f"{code}", task.get("stoppedReason", "")]
    for container in containers:
        ended = container.get("exitCode", "none")
        parts += [f"exit code {ended} of {container['name']}", container.get("reason", "")]
    return "; ".join(part for part in parts if part)


# --- The service ----------------------------------------------------------------------------------


def refuse_if_busy(aws: Aws, facts: dict[str, str]) -> None:
    """A stack, deployment or migration that goes on is the lock: one release at a time."""
    refuse_if_changing(aws)
    for name in STACKS:
        if aws.status(name) not in RELEASABLE:
            raise Refused(f"the stack {state_of(aws, name)}: run `make bootstrap` first")
    others = migrations_running(aws, facts)
    if others:
        raise Refused(f"migrations are running, task {short(others[0])}: wait until that is done")


def refuse_if_changing(aws: Aws) -> None:
    for name in STACKS:
        status = aws.status(name)
        if status.endswith("_IN_PROGRESS"):
            raise Refused(f"the stack {SLUG}-{name} is {status}: wait until that is done")
        if status == "UPDATE_ROLLBACK_FAILED":
            raise Refused(
                f"the stack {state_of(aws, name)}: aws cloudformation"
                f" continue-update-rollback --stack-name {SLUG}-{name}"
            )


def state_of(aws: Aws, name: str) -> str:
    """Return how a stack is, with AWS's reason where it gives one."""
    stack = aws.stack(name) or {}
    reason = stack.get("StackStatusReason", "")
    state = f"{SLUG}-{name} is {stack.get('StackStatus', 'not there')}"
    return f"{state} ({' '.join(reason.split())})" if reason not in UNEVENTFUL else state


def migrations_running(aws: Aws, facts: dict[str, str]) -> list[str]:
    """Return the migration tasks that run or start, oldest first."""
    cluster = fact(facts, "ClusterName")
    family = f"{SLUG}-migrate"
    found = aws.ecs.list_tasks(cluster=cluster, family=family, desiredStatus="RUNNING")
    arns = found["taskArns"]
    if not arns:
        return []
    tasks = aws.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    tasks = [task for task in tasks if task["lastStatus"] != "STOPPED"]
    tasks.sort(key=lambda task: (task["createdAt"], task["taskArn"]))
    return [task["taskArn"] for task in tasks]


def primary_of(service: dict[str, Any] | None) -> dict[str, Any] | None:
    deployments = service["deployments"] if service else []
    return next((item for item in deployments if item["status"] == "PRIMARY"), None)


def progress(service: dict[str, Any] | None) -> str:
    """Return one line about the deployments of the service."""
    if service is None:
        return f"{SERVICE}: not there yet"
    parts = []
    for item in service["deployments"]:
        parts.append(
            f"{short(item['taskDefinition'])} {item['runningCount']} of {item['desiredCount']} run"
            + (f", {item['pendingCount']} start" if item["pendingCount"] else "")
            + (f", {item['failedTasks']} failed" if item.get("failedTasks") else "")
            + (f", {item['rolloutState']}" if item["status"] == "PRIMARY" else "")
        )
    return "; ".join(parts)


@dataclass
class Deployment:
    """Brings the service to a revision and watches what becomes of it."""

    aws: Aws
    facts: dict[str, str]
    revision: str
    automatic_rollback: bool
    token: str = ""
    started: datetime = datetime.min.replace(tzinfo=UTC)

    def run(self) -> None:
        self.started = datetime.now(UTC) - timedelta(seconds=30)
        self.update()
        try:
            self.wait()
        except Failed:
            self.explain()
            raise

    def update(self) -> None:
        changes = {
            "Revision": self.revision,
            "AutomaticRollback": "true" if self.automatic_rollback else "false",
        }
        rollback = self.automatic_rollback
        self.token = change_stack(self.aws, "service", self.facts, changes, rollback)

    def wait(self) -> None:
        deadline = time.monotonic() + 60 * DEPLOYMENT_MINUTES
        line, seen, lost = "", False, False
        while True:
            stack = self.aws.status("service")
            service = self.aws.service(self.facts)
            primary = primary_of(service)
            if progress(service) != line:
                line = progress(service)
                say(line)
            ours = primary is not None and primary["taskDefinition"] == self.revision
            state = primary.get("rolloutState", "") if primary is not None else ""
            seen = seen or ours
            if seen and (not ours or state == "FAILED") and not lost:
                lost = True
                say(f"{short(self.revision)} did not make it; waiting for what ECS does now")
            if self.is_over(stack, ours, state):
                return
            if time.monotonic() > deadline:
                raise Failed(
                    f"the deployment goes on after {DEPLOYMENT_MINUTES} minutes:"
                    " python deploy/release.py status"
                )
            time.sleep(POLL_SECONDS)

    def is_over(self, stack: str, ours: bool, state: str) -> bool:
        """Return whether the revision runs; fail when it never will."""
        if stack.endswith("_IN_PROGRESS"):
            return False
        if stack == "UPDATE_COMPLETE":
            if not ours or state == "FAILED":
                raise Failed(f"{short(self.revision)} was rolled back by ECS")
            return state == "COMPLETED"
        end = "was rolled back" if self.automatic_rollback else "failed and was left as it is"
        raise Failed(f"{short(self.revision)} {end}: the stack {SLUG}-service is {stack}")

    def explain(self) -> None:
        """Show what ECS, CloudFormation and the newest stopped task say."""
        service = self.aws.service(self.facts)
        for item in service["deployments"] if service else []:
            if item.get("rolloutStateReason"):
                show(f"    {short(item['taskDefinition'])}: {item['rolloutStateReason']}")
        for event in reversed(service["events"][:10] if service else []):
            if event["createdAt"] > self.started:
                show(f"    {event['message']}")
        for event in stack_events(self.aws, "service", self.token):
            if reason := reason_in(event):
                show(f"    {event['LogicalResourceId']}: {reason}")
        show_stopped(self.aws, self.facts, WEB_FAMILY, self.revision)


def show_stopped(aws: Aws, facts: dict[str, str], family: str, revision: str) -> None:
    """Show why tasks of a revision stopped, each reason once, and what the newest printed."""
    cluster = fact(facts, "ClusterName")
    arns = aws.ecs.list_tasks(cluster=cluster, family=family, desiredStatus="STOPPED")["taskArns"]
    if not arns:
        return
    tasks = aws.ecs.describe_tasks(cluster=cluster, tasks=arns[:100])["tasks"]
    tasks = [task for task in tasks if task["taskDefinitionArn"] == revision]
    # ECS lists them in no order.
    tasks.sort(key=lambda task: task.get("stoppedAt", datetime.min.replace(tzinfo=UTC)))
    reasons = {problem_of(task): short(task["taskArn"]) for task in tasks}
    for reason, task in list(reasons.items())[-5:]:
        show(f"    task {task}: {reason or 'its command succeeded'}")
    if tasks:
        definition = aws.ecs.describe_task_definition(taskDefinition=revision)["taskDefinition"]
        TaskLog(aws.logs, definition, tasks[-1]["taskArn"]).show()


def smoke(facts: dict[str, str], sha: str) -> None:
    """Ask /readyz through the load balancer until only the new release answers.

    Asked at the load balancer's own name, so that it works before the domain points there.
    """
    host, _, port = fact(facts, "LoadBalancerDnsName").partition(":")
    limit = urllib3.Timeout(connect=5, read=10)
    options: dict[str, Any] = {"timeout": limit, "retries": False, "maxsize": 1}
    pool: urllib3.HTTPConnectionPool
    if DOMAIN:
        pool = urllib3.HTTPSConnectionPool(
            host, int(port or 443), server_hostname=DOMAIN, assert_hostname=DOMAIN, **options
        )
    else:
        pool = urllib3.HTTPConnectionPool(host, int(port or 80), **options)
    headers = {"Host": DOMAIN or host, "Connection": "close"}
    deadline = time.monotonic() + SMOKE_SECONDS
    good, answer = 0, ""
    while good < SMOKE_ANSWERS:
        before = answer
        try:
            response = pool.request("GET", "/readyz", headers=headers, redirect=False)
            text = response.data.decode(errors="replace").strip()
            answer = f"{response.status} {text[:200]}"
            new = response.status == 200 and json.loads(text).get("git_sha") == sha
        except (urllib3.exceptions.HTTPError, ValueError, AttributeError) as error:
            answer = answer if isinstance(error, ValueError) else f"no answer: {error}"
            new = False
        good = good + 1 if new else 0
        if answer != before:
            say(f"/readyz: {answer}")
        if good < SMOKE_ANSWERS:
            if time.monotonic() > deadline:
                raise Failed(
                    f"{sha[:12]} runs, but /readyz did not answer with it {SMOKE_ANSWERS} times in"
                    f" a row within {SMOKE_SECONDS} s. Back: python deploy/release.py rollback"
                )
            time.sleep(min(1.0, POLL_SECONDS))


# --- Stacks ---------------------------------------------------------------------------------------


def user_parameters() -> dict[str, dict[str, str]]:
    """Return the parameters of each stack that deploy/parameters.json says."""
    given = {name: values for name, values in identity.parameters().items() if name != "account"}
    unknown = set(given) - set(STACKS)
    if unknown:
        raise Refused(f"deploy/parameters.json: no stack is named {', '.join(sorted(unknown))}")
    for name, values in given.items():
        if not isinstance(values, dict):
            raise Refused(f"deploy/parameters.json: {name} is not an object: {{...}}")
    return {
        name: {key: text_of(name, key, value) for key, value in values.items()}
        for name, values in given.items()
    }


def text_of(name: str, key: str, value: Any) -> str:
    """Return a value of deploy/parameters.json as CloudFormation takes it: `true`, not `True`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise Refused(f"deploy/parameters.json: {key} of {name} is {value!r}: write a text")
    return str(value)


def change_stack(
    aws: Aws,
    name: str,
    facts: dict[str, str],
    changes: dict[str, str] | None = None,
    rollback: bool = True,
) -> str:
    """Create a stack or update it to deploy/cloudformation/NAME.yaml.

    Each parameter comes from `changes`, else from deploy/parameters.json, else from an earlier
    stack's output of that name, else from the file's own default. `Revision` stays what it is
    unless a release changes it.

    Returns the token of its events; an empty one when there was nothing to change.
    """
    stack = aws.stack(name)
    status = stack["StackStatus"] if stack else ""
    body = file_of(name)
    token = f"release-{uuid.uuid4()}"
    options: dict[str, Any] = {
        "StackName": f"{SLUG}-{name}",
        "TemplateBody": body,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": parameters(name, body, facts, changes or {}, stack is not None),
        "ClientRequestToken": token,
    }
    if name != "service" or not changes:
        # The pipeline's role may not set it, nor needs to.
        options["StackPolicyBody"] = STACK_POLICY
    try:
        if stack is None:
            aws.cloudformation.create_stack(**options, OnFailure="ROLLBACK")
        else:
            # After an update that was left as it failed, AWS takes no other.
            left = not rollback or status == "UPDATE_FAILED"
            aws.cloudformation.update_stack(**options, DisableRollback=left)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            return ""
        if "_IN_PROGRESS state" in str(error):
            raise Refused(f"another release was faster: {reason_of(error)}") from error
        raise
    return token


def file_of(name: str) -> str:
    return (DEPLOY / "cloudformation" / f"{name}.yaml").read_text(encoding="utf-8")


def declared(body: str) -> dict[str, dict[str, str]]:
    """Return the parameters of a stack's file, and what it says about each: Default and so on."""
    block = re.search(r"^Parameters:\n((?:[ #].*\n|\n)*)", body, re.MULTILINE)
    found: dict[str, dict[str, str]] = {}
    name = ""
    for line in (block[1] if block else "").splitlines():
        if key := re.match(r"  (\w+):", line):
            name = key[1]
            found[name] = {}
        elif name and (pair := re.match(r" {4}(\w+): ?(.*)", line)):
            found[name][pair[1]] = pair[2].strip("\"'")
    return found


def check_user_parameters() -> None:
    """Refuse a wrong deploy/parameters.json before the first stack is made."""
    for name, values in user_parameters().items():
        known = declared(file_of(name))
        for key, value in values.items():
            about = known.get(key)
            if about is None:
                raise Refused(f"{name}.yaml has no parameter {key}")
            is_list = about.get("Type") == "CommaDelimitedList"
            parts = value.split(",") if is_list else [value]
            allowed = re.findall(r"[^\s\"',\[\]]+", about.get("AllowedValues", ""))
            if allowed and not set(parts) <= set(allowed):
                what = f"must be {' or '.join(sorted(allowed))}"
                raise Refused(f"deploy/parameters.json: {key} of {name} {what}; it is {value!r}")
            pattern = about.get("AllowedPattern", ".*")
            if not all(re.fullmatch(pattern, part) for part in parts):
                what = about.get("ConstraintDescription", f"must match {about['AllowedPattern']}")
                raise Refused(f"deploy/parameters.json: {key} of {name} {what}; it is {value!r}")


def parameters(
    name: str, body: str, facts: dict[str, str], changes: dict[str, str], exists: bool
) -> list[dict[str, Any]]:
    given = user_parameters().get(name, {})
    missing = set(changes) - set(declared(body))
    if missing:
        raise Refused(f"{name}.yaml has no parameter {', '.join(sorted(missing))}")
    values: list[dict[str, Any]] = []
    for key, about in declared(body).items():
        value = changes.get(key, given.get(key, facts.get(key)))
        if key == "Revision" and key not in changes and exists:
            values.append({"ParameterKey": key, "UsePreviousValue": True})
        elif value is not None:
            values.append({"ParameterKey": key, "ParameterValue": str(value)})
        elif "Default" not in about:
            raise Refused(f"deploy/parameters.json must say {key} of the stack {name}")
    return values


def stack_events(aws: Aws, name: str, token: str) -> list[dict[str, Any]]:
    """Return the events of one change of a stack, oldest first."""
    pages = aws.cloudformation.get_paginator("describe_stack_events")
    events: list[dict[str, Any]] = []
    for page in pages.paginate(StackName=f"{SLUG}-{name}"):
        ours = [item for item in page["StackEvents"] if item.get("ClientRequestToken") == token]
        events += ours
        if not ours:
            break
    return events[::-1]


def reason_in(event: dict[str, Any]) -> str:
    """Return what went wrong as an event of a stack tells it; nothing when all goes its way.

    The reason of a resource stands on an event that ends in FAILED. What keeps CloudFormation from
    beginning, such as a missing right, stands on the event with which the stack is taken back:
    ROLLBACK_IN_PROGRESS or UPDATE_ROLLBACK_IN_PROGRESS.
    """
    reasons = [event.get("ResourceStatusReason", ""), event.get("HookStatusReason", "")]
    # What still goes on when another has failed is broken off: not its own fault.
    told = [one for one in reasons if one not in UNEVENTFUL and not one.endswith("cancelled")]
    return " ".join(" ".join(told).split())


def wait_for_stack(aws: Aws, name: str, token: str, gone: bool = False) -> None:
    """Show what happens to a stack until it is done; fail unless it went well."""
    deadline = time.monotonic() + 60 * STACK_MINUTES
    seen: set[str] = set()
    first = ""
    while True:
        stack = aws.stack(name)
        status = stack["StackStatus"] if stack else "DELETE_COMPLETE"
        for event in stack_events(aws, name, token) if token else []:
            reason = reason_in(event)
            state = event["ResourceStatus"]
            if event["EventId"] not in seen and (reason or not state.endswith("PROGRESS")):
                show(f"    {state} {event['LogicalResourceId']} {reason}".rstrip())
            if reason and not first and (state.endswith("FAILED") or "ROLLBACK" in state):
                first = f"{event['LogicalResourceId']}: {reason}"
            seen.add(event["EventId"])
        if gone and status == "DELETE_COMPLETE":
            return
        if not status.endswith("_IN_PROGRESS"):
            break
        if time.monotonic() > deadline:
            raise Failed(f"{SLUG}-{name} is still {status} after {STACK_MINUTES} minutes")
        time.sleep(POLL_SECONDS)
    say(f"{name}: {status}")
    if gone or status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        why = first or str((stack or {}).get("StackStatusReason", ""))
        events = f"aws cloudformation describe-stack-events --stack-name {SLUG}-{name}"
        reason = why or f"AWS gives no reason; {events}"
        raise Failed(f"the stack {SLUG}-{name} is {status}: {reason}")


# --- Before the first stack -----------------------------------------------------------------------


@dataclass(frozen=True)
class Planned:
    """A resource of a stack's file that has a name of its own."""

    stack: str
    logical: str
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.logical} of {self.stack}.yaml)"


# Where a type's fixed name stands in a stack's file, and what AWS has under that name.
HOLDERS: dict[str, tuple[str, Callable[[Aws, str], Any]]] = {
    "AWS::CloudFront::OriginAccessControl": (
        "Name",
        lambda aws, name: [
            item
            for page in aws.cloudfront.get_paginator("list_origin_access_controls").paginate()
            for item in page["OriginAccessControlList"].get("Items", [])
            if item["Name"] == name
        ],
    ),
    "AWS::CloudFront::ResponseHeadersPolicy": (
        "Name",
        # No paginator of boto3 knows it; an account has 20 of its own, and a page holds 100.
        lambda aws, name: [
            item
            for item in aws.cloudfront.list_response_headers_policies(
                Type="custom", MaxItems="100"
            )["ResponseHeadersPolicyList"].get("Items", [])
            if item["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]["Name"] == name
        ],
    ),
    "AWS::CloudWatch::Alarm": (
        "AlarmName",
        lambda aws, name: aws.cloudwatch.describe_alarms(
            AlarmNames=[name], AlarmTypes=["MetricAlarm"]
        )["MetricAlarms"],
    ),
    "AWS::CloudWatch::Dashboard": (
        "DashboardName",
        lambda aws, name: aws.cloudwatch.get_dashboard(DashboardName=name),
    ),
    "AWS::ECR::Repository": (
        "RepositoryName",
        lambda aws, name: aws.ecr.describe_repositories(repositoryNames=[name])["repositories"],
    ),
    "AWS::ECS::Cluster": (
        "ClusterName",
        lambda aws, name: [
            item
            for item in aws.ecs.describe_clusters(clusters=[name])["clusters"]
            if item["status"] != "INACTIVE"
        ],
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        "ReplicationGroupId",
        lambda aws, name: aws.elasticache.describe_replication_groups(ReplicationGroupId=name),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "Name",
        lambda aws, name: aws.elbv2.describe_load_balancers(Names=[name])["LoadBalancers"],
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "Name",
        lambda aws, name: aws.elbv2.describe_target_groups(Names=[name])["TargetGroups"],
    ),
    "AWS::IAM::Role": ("RoleName", lambda aws, name: aws.iam.get_role(RoleName=name)),
    "AWS::Logs::LogGroup": (
        "LogGroupName",
        lambda aws, name: [
            item
            for item in aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
            if item["logGroupName"] == name
        ],
    ),
    "AWS::RDS::DBInstance": (
        "DBInstanceIdentifier",
        lambda aws, name: aws.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"],
    ),
    "AWS::S3::Bucket": ("BucketName", lambda aws, name: aws.s3.head_bucket(Bucket=name)),
    "AWS::SecretsManager::Secret": (
        "Name",
        lambda aws, name: aws.secretsmanager.describe_secret(SecretId=name),
    ),
    "AWS::SNS::Topic": (
        "TopicName",
        lambda aws, name: [
            item
            for page in aws.sns.get_paginator("list_topics").paginate()
            for item in page["Topics"]
            if item["TopicArn"].rpartition(":")[2] == name
        ],
    ),
    "AWS::SQS::Queue": ("QueueName", lambda aws, name: aws.sqs.get_queue_url(QueueName=name)),
}
# How the services say that there is no such thing.
ABSENT = (
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "DBInstanceNotFound",
    "LoadBalancerNotFound",
    "NoSuchEntity",
    "QueueDoesNotExist",
    "ReplicationGroupNotFoundFault",
    "RepositoryNotFoundException",
    "ResourceNotFound",
    "ResourceNotFoundException",
    "TargetGroupNotFound",
)


def values_of(name: str, body: str) -> dict[str, str]:
    """Return the values of a stack's parameters that are known before any stack is there."""
    defaults = {
        key: about["Default"] for key, about in declared(body).items() if "Default" in about
    }
    return {
        **defaults,
        **user_parameters().get(name, {}),
    }


def parts_of(body: str) -> Iterator[tuple[str, str]]:
    """Yield the resources of a stack's file: the logical name, and its lines."""
    block = body.partition("\nResources:\n")[2]
    block = re.split(r"^\w+:", block, maxsplit=1, flags=re.MULTILINE)[0]
    for part in re.split(r"^(?=  \w+:\s*$)", block, flags=re.MULTILINE):
        if match := re.match(r"  (\w+):", part):
            yield match[1], part


def is_made(part: str, body: str, values: dict[str, str]) -> bool:
    """Return whether the condition of a resource holds; one that is not understood is taken to."""
    named = re.search(r"^    Condition: (\w+)", part, re.MULTILINE)
    rule = named and re.search(
        rf'^  {named[1]}: !Equals \[!Ref (\w+), "(.*)"\]$', body, re.MULTILINE
    )
    return not rule or values.get(rule[1], rule[2]) == rule[2]


def planned(aws: Aws, stack: str) -> list[Planned]:
    """Return what a stack's file gives a fixed name and makes in this account."""
    body = file_of(stack)
    values = values_of(stack, body)
    words = {
        **values,
        "AWS::AccountId": aws.account(),
        "AWS::Partition": "aws",
        "AWS::Region": REGION,
    }
    found: list[Planned] = []
    for logical, part in parts_of(body):
        kind = re.search(r"^    Type: (\S+)", part, re.MULTILINE)
        holder = HOLDERS.get(kind[1]) if kind else None
        if kind is None or holder is None or not is_made(part, body, values):
            continue
        line = re.search(rf"^ {{6,8}}{holder[0]}: *(?:!Sub +)?(.+)$", part, re.MULTILINE)
        text = line[1].split(" #")[0].strip(" \"'") if line else ""
        name = re.sub(r"\$\{([\w:]+)\}", lambda match: words.get(match[1], match[0]), text)
        if not name or "$" in name or name.startswith("!"):
            say(f"not checked whether it is free: the name of {logical} of {stack}.yaml")
            continue
        found.append(Planned(stack, logical, kind[1], name))
    return found


def looked_at(what: str, look: Callable[[], Any]) -> Any:
    """Return what AWS answers; nothing for what is not there. What cannot be seen is refused."""
    try:
        return look()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ABSENT:
            return None
        raise Refused(f"cannot look at {what}: {reason_of(error)}") from error


def own_resources(aws: Aws, stack: str) -> dict[str, dict[str, Any]]:
    """Return what a stack has, by logical name; nothing when there is no stack."""
    if aws.stack(stack) is None:
        return {}
    pages = aws.cloudformation.get_paginator("list_stack_resources")
    return {
        item["LogicalResourceId"]: dict(item)
        for page in pages.paginate(StackName=f"{SLUG}-{stack}")
        for item in page["StackResourceSummaries"]
        if item["ResourceStatus"] not in ("DELETE_COMPLETE", "DELETE_SKIPPED")
    }


def taken_names(aws: Aws) -> list[str]:
    """Return what is there already under a name that a stack is going to give."""
    problems: list[str] = []
    for stack in STACKS:
        own = own_resources(aws, stack)
        for item in planned(aws, stack):
            if item.logical in own:
                continue
            _, look = HOLDERS[item.kind]
            found = looked_at(str(item), lambda look=look, item=item: look(aws, item.name))  # type: ignore[misc]
            if found and "DeletedDate" in found:
                problems.append(
                    f"{item} is scheduled for deletion, and holds its name until then:"
                    f" {delete_secret(item.name)}"
                )
            elif found and item.kind == "AWS::SecretsManager::Secret":
                problems.append(
                    f"{item} exists already: if nothing uses it, {delete_secret(item.name)}"
                )
            elif found:
                problems.append(f"{item} exists already")
    return problems


def delete_secret(name: str) -> str:
    command = "aws secretsmanager delete-secret --force-delete-without-recovery"
    return f"`{command} --region {REGION} --secret-id {name}`"


def certificate_faults(aws: Aws) -> list[str]:
    """Return why the load balancer could not use the certificate of deploy/parameters.json."""
    if "CertificateArn" not in declared(file_of("platform")):
        return []
    arn = user_parameters().get("platform", {}).get("CertificateArn", "")
    if not arn:
        raise Refused("deploy/parameters.json must say CertificateArn of the stack platform")
    answer = looked_at(arn, lambda: aws.acm.describe_certificate(CertificateArn=arn))
    if answer is None:
        return [f"there is no certificate {arn} in this account and region"]
    about = answer["Certificate"]
    if about["Status"] == "PENDING_VALIDATION":
        return [
            f"the certificate {arn} is PENDING_VALIDATION: ACM issues it when the domain's DNS has"
            f" the record that `aws acm describe-certificate --region {REGION} --certificate-arn"
            f" {arn} --query 'Certificate.DomainValidationOptions[].ResourceRecord'` prints"
        ]
    if about["Status"] != "ISSUED":
        return [f"the certificate {arn} is {about['Status']}: request another one"]
    names = {about["DomainName"], *about.get("SubjectAlternativeNames", [])}
    if names.isdisjoint({DOMAIN, f"*.{DOMAIN.partition('.')[2]}"}):
        return [f"the certificate {arn} is for {', '.join(sorted(names))}, not for {DOMAIN}"]
    return []


def provider_faults(aws: Aws) -> list[str]:
    """Return why the pipeline's identity provider could not be made or used."""
    body = file_of("platform")
    parts = dict(parts_of(body))
    if "OidcProvider" not in parts:
        return []
    values = values_of("platform", body)
    words = re.search(
        r"Url: (?:!Sub )?https://(\S+)\s+ClientIdList:\s+- (?:!Sub )?(\S+)", parts["OidcProvider"]
    )
    if words is None:
        say("not checked: the identity provider of platform.yaml")
        return []
    url, client = (
        re.sub(r"\$\{(\w+)\}", lambda match: values.get(match[1], match[0]), text)
        for text in words.groups()
    )
    answer = looked_at("the identity providers", aws.iam.list_open_id_connect_providers)
    there = {
        item["Arn"].partition(":oidc-provider/")[2]: item["Arn"]
        for item in answer["OpenIDConnectProviderList"]
    }
    given = values.get("ExistingOidcProviderArn", "")
    if not given and (url not in there or "OidcProvider" in own_resources(aws, "platform")):
        return []
    if not given:
        return [
            f"this account has the identity provider {there[url]} already, and can have only one:"
            " write this ARN as ExistingOidcProviderArn of platform into deploy/parameters.json"
        ]
    if given not in there.values():
        return [f"ExistingOidcProviderArn of platform: there is no identity provider {given}"]
    about = looked_at(
        given, lambda: aws.iam.get_open_id_connect_provider(OpenIDConnectProviderArn=given)
    )
    if client not in about["ClientIDList"]:
        return [
            f"the identity provider {given} does not know the audience {client}:"
            " `aws iam add-client-id-to-open-id-connect-provider"
            f" --open-id-connect-provider-arn {given} --client-id {client}`"
        ]
    return []


def zones_of_account(aws: Aws) -> dict[str, str]:
    """Return the identifier of each zone of this account by its name."""
    answer = looked_at(
        "the zones",
        lambda: aws.ec2.describe_availability_zones(
            Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}]
        ),
    )
    return {item["ZoneName"]: item["ZoneId"] for item in answer["AvailabilityZones"]}


def with_fargate(zones: dict[str, str]) -> list[str]:
    """Return the names of those zones that have Fargate, in order."""
    able = FARGATE_ZONES.get(REGION, tuple(zones.values()))
    return [name for name, identifier in sorted(zones.items()) if identifier in able]


def zones_of_network(aws: Aws) -> dict[str, str]:
    """Return the zones of a new VPC where deploy/parameters.json leaves them empty.

    They are named to CloudFormation, and stay what they were: Fn::GetAZs would return the zones
    with a default subnet only, in an order that may change, and a subnet that moves is replaced:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getavailabilityzones.html
    """
    values = values_of("network", file_of("network"))
    if "ZoneA" not in values or values["ZoneA"] or values.get("ExistingVpcId"):
        return {}
    stack = aws.stack("network")
    if stack is not None:
        known = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
        return {name: known[name] for name in ("ZoneA", "ZoneB") if name in known}
    first, second, *_ = with_fargate(zones_of_account(aws))
    return {"ZoneA": first, "ZoneB": second}


def zone_faults(aws: Aws) -> list[str]:
    """Return why the subnets of a new VPC could not be in their zones, or should not."""
    body = file_of("network")
    values = values_of("network", body)
    if "ZoneA" not in values or values.get("ExistingVpcId"):
        return []
    wanted = (values["ZoneA"], values["ZoneB"])
    stack = aws.stack("network")
    if stack is not None and stack["StackStatus"] not in NEVER_COMPLETE:
        known = {item["ParameterKey"]: item["ParameterValue"] for item in stack["Parameters"]}
        made = (known.get("ZoneA", ""), known.get("ZoneB", ""))
        return [
            f"subnets stay in their zones: ZoneA and ZoneB of network were {made}, not {wanted}"
        ][: any(wanted) and made != wanted]
    zones = zones_of_account(aws)
    good = with_fargate(zones)
    if not any(wanted):
        return [
            f"this account has Fargate in {len(good)} zone of {REGION}, and two are needed:"
            " enable more zones, or write a VPC of yours as ExistingVpcId of network"
        ][: len(good) < 2]
    advice = f"write two of {', '.join(good)} as ZoneA and ZoneB of network"
    return [
        f"the zone {name} has no Fargate: {advice} into deploy/parameters.json"
        if name in zones
        else f"this account has no zone {name}: {advice} into deploy/parameters.json"
        for name in wanted
        if name not in good
    ]


def quota_of(aws: Aws, service: str, code: str) -> float | None:
    """Return how much of something this account may have; None, and a line, where nobody tells."""
    quotas = getattr(aws, "service-quotas")
    try:
        try:
            answer = quotas.get_service_quota(ServiceCode=service, QuotaCode=code)
        except quotas.exceptions.NoSuchResourceException:
            answer = quotas.get_aws_default_service_quota(ServiceCode=service, QuotaCode=code)
    except (BotoCoreError, ClientError) as error:
        # Not every region has this service.
        reason = reason_of(error) if isinstance(error, ClientError) else str(error)
        say(f"not checked: the quota {code} of {service}: {reason}")
        return None
    return float(answer["Quota"]["Value"])


def more_of(service: str, code: str, value: float) -> str:
    command = f"aws service-quotas request-service-quota-increase --region {REGION}"
    return f"`{command} --service-code {service} --quota-code {code} --desired-value {value:g}`"


def quota_faults(aws: Aws) -> list[str]:
    """Return which quotas are too small for what is going to be made; say which will be one day."""
    problems: list[str] = []
    sizes = {
        name: int(json.loads((DEPLOY / "ecs" / f"{name}.json").read_text())["cpu"]) / 1024
        for name in TASKS
    }
    first = sum(sizes[name] * count for name, (count, _) in TASKS.items())
    peak = sum(sizes[name] * count for name, (_, count) in TASKS.items())
    allowed = quota_of(aws, "fargate", "L-3032A538")
    if allowed is not None and allowed < peak:
        text = f"this account may run {allowed:g} vCPU of Fargate at once, and needs"
        more = more_of("fargate", "L-3032A538", peak)
        if allowed < first:
            problems.append(f"{text} {first:g} for the first release: {more}")
        else:
            say(f"{text} {peak:g} at the ceiling, which it will not reach before: {more}")
    body = file_of("network")
    is_new = not own_resources(aws, "network") and not values_of("network", body).get(
        "ExistingVpcId"
    )
    for kind, service, code, count in (
        ("VPC", "vpc", "L-F678F1CE", lambda: len(aws.ec2.describe_vpcs()["Vpcs"])),
        ("EIP", "ec2", "L-0263D0A3", lambda: len(aws.ec2.describe_addresses()["Addresses"])),
    ):
        if not is_new or f"Type: AWS::EC2::{kind}\n" not in body:
            continue
        used, limit = looked_at(f"AWS::EC2::{kind}", count), quota_of(aws, service, code)
        if limit is not None and used >= limit:
            problems.append(
                f"this account has {used} of {limit:g} AWS::EC2::{kind}, and needs one more:"
                f" {more_of(service, code, limit + 1)}"
            )
    return problems


def make_linked_roles(aws: Aws) -> None:
    """Make the roles that services work with, where this account never used them."""
    text = "\n".join(file_of(name) for name in STACKS)
    for kind, service in LINKED_ROLES.items():
        path = f"/aws-service-role/{service}/"
        look = lambda path=path: aws.iam.list_roles(PathPrefix=path)["Roles"]  # noqa: E731
        if f"Type: {kind}\n" in text and not looked_at(f"the roles in {path}", look):
            aws.iam.create_service_linked_role(AWSServiceName=service)
            say(f"made the role of {service}, which this account had not used yet")


def refuse_what_would_fail(aws: Aws) -> None:
    """Look before anything is made: a first creation that fails late is costly to take back."""
    problems = [*certificate_faults(aws), *provider_faults(aws)]
    problems += [*zone_faults(aws), *quota_faults(aws)]
    names = taken_names(aws)
    if names:
        names.append('see "Take it all down" in deploy/README.md for what an earlier one left')
    if problems or names:
        raise Refused("nothing was changed: " + "; ".join([*problems, *names]))


def history(aws: Aws, name: str) -> list[dict[str, Any]]:
    """Return every event that CloudFormation still has of a stack: those of 90 days."""
    pages = aws.cloudformation.get_paginator("describe_stack_events")
    return [
        item for page in pages.paginate(StackName=f"{SLUG}-{name}") for item in page["StackEvents"]
    ]


def unfinished(aws: Aws) -> list[str]:
    """Return the stacks that failed before they were complete for the first time, the last first.

    Of one in DELETE_FAILED only the events can tell. They are there as far back as the beginning,
    or nothing is done: a stack that was complete once may hold data.
    """
    found: list[str] = []
    for name in reversed(STACKS):
        status = aws.status(name)
        if status in NEVER_COMPLETE:
            found.append(name)
        elif status == "DELETE_FAILED":
            states = {
                item["ResourceStatus"]
                for item in history(aws, name)
                if item["LogicalResourceId"] == f"{SLUG}-{name}"
            }
            if any(
                state == "CREATE_COMPLETE" or state.startswith(("UPDATE_", "IMPORT_"))
                for state in states
            ):
                raise Refused(
                    f"the stack {SLUG}-{name} is DELETE_FAILED and was complete once, so nothing of"
                    ' it is touched: deploy/README.md, "Take it all down", ends what was begun'
                )
            if "CREATE_IN_PROGRESS" not in states:
                raise Refused(
                    f"the stack {SLUG}-{name} is DELETE_FAILED, and CloudFormation no longer tells"
                    " whether it ever was complete: look at what it holds, and delete it"
                )
            found.append(name)
    return found


def remove_unfinished(aws: Aws, name: str) -> None:
    """Delete a stack that never was complete, with what was protected from its creation on."""
    say(f"{name}: its first creation failed ({aws.status(name)}); deleting what is left")
    for is_last in (False, True):
        unprotect(aws, name)
        token = f"release-{uuid.uuid4()}"
        aws.cloudformation.delete_stack(StackName=f"{SLUG}-{name}", ClientRequestToken=token)
        try:
            wait_for_stack(aws, name, "", gone=True)
        except Failed:
            for event in stack_events(aws, name, token) if aws.stack(name) else []:
                if event["ResourceStatus"] == "DELETE_FAILED":
                    what = f"{event['LogicalResourceId']} {event.get('ResourceStatusReason', '')}"
                    show(f"    DELETE_FAILED {what}".rstrip())
            if is_last:
                raise
        else:
            return


def unprotect(aws: Aws, name: str) -> None:
    """Take the protection off what CloudFormation made for a stack and could not delete."""
    events = history(aws, name)
    for logical, item in own_resources(aws, name).items():
        # What was there before, under the same name, was never begun.
        begun = any(
            event["LogicalResourceId"] == logical
            and (
                event["ResourceStatus"] == "CREATE_COMPLETE"
                or event.get("ResourceStatusReason") == "Resource creation Initiated"
            )
            for event in events
        )
        if item["ResourceStatus"] != "DELETE_FAILED" or not begun:
            continue
        physical = item["PhysicalResourceId"]
        if item["ResourceType"] == "AWS::ElasticLoadBalancingV2::LoadBalancer":
            off = {"Key": "deletion_protection.enabled", "Value": "false"}
            aws.elbv2.modify_load_balancer_attributes(LoadBalancerArn=physical, Attributes=[off])
        elif item["ResourceType"] == "AWS::RDS::DBInstance":
            unprotect_database(aws, physical)


def unprotect_database(aws: Aws, identifier: str) -> None:
    """Take the protection off an instance, as soon as RDS has done what it is doing with it."""
    deadline = time.monotonic() + 60 * STACK_MINUTES
    while True:
        found = looked_at(
            identifier,
            lambda: aws.rds.describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"],
        )
        if not found or not found[0]["DeletionProtection"]:
            return
        try:
            aws.rds.modify_db_instance(
                DBInstanceIdentifier=identifier, DeletionProtection=False, ApplyImmediately=True
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "InvalidDBInstanceState":
                raise
            say(f"the database {identifier} is {found[0]['DBInstanceStatus']}")
        if time.monotonic() > deadline:
            raise Failed(f"the database {identifier} is still protected after {STACK_MINUTES} min")
        time.sleep(POLL_SECONDS)


# --- Commands -------------------------------------------------------------------------------------


def build_image(aws: Aws) -> None:
    """Let deploy/push.py build the image of this checkout and push it."""
    profile = aws.session.profile_name
    environment = {**os.environ, **({"AWS_PROFILE": profile} if profile != "default" else {})}
    command = [sys.executable, str(ROOT / "deploy" / "push.py"), "--account", aws.account()]
    try:
        done = subprocess.run(command, cwd=ROOT, env=environment, timeout=60 * BUILD_MINUTES)  # noqa: S603  our own
    except subprocess.TimeoutExpired as error:
        raise Failed(f"the image was not built within {BUILD_MINUTES} minutes") from error
    if done.returncode == 2:
        raise Refused("the image was not built: the line above says why")
    if done.returncode:
        raise Failed(f"deploy/push.py ended with {done.returncode}")


def needed_image(aws: Aws, facts: dict[str, str], sha: str, build: bool) -> Image:
    image = aws.image(facts, sha)
    if image is None and build:
        build_image(aws)
        image = aws.image(facts, sha)
    if image is None:
        raise Refused(
            f"there is no image {fact(facts, 'RepositoryUri')}:{sha}:"
            " push it first, or let --build do it"
        )
    return image


def register(aws: Aws, definition: dict[str, Any]) -> str:
    whole = with_whole_arns(aws, definition)
    answer = aws.ecs.register_task_definition(**whole)["taskDefinition"]
    say(f"registered {short(answer['taskDefinitionArn'])}")
    return str(answer["taskDefinitionArn"])


def migrate_with(aws: Aws, facts: dict[str, str], definition: dict[str, Any]) -> None:
    """Run the migrations once, unless another release runs its own."""
    task = start_task(aws, facts, register(aws, definition))
    first = migrations_running(aws, facts)
    if first and first[0] != task:
        cluster = fact(facts, "ClusterName")
        aws.ecs.stop_task(cluster=cluster, task=task, reason="another release migrates")
        raise Refused(f"another release was faster: its migrations run in {short(first[0])}")
    run_task(aws, facts, definition, task, MIGRATION_MINUTES)


def verified(
    aws: Aws, args: argparse.Namespace
) -> tuple[str, dict[str, str], dict[str, dict[str, Any]]]:
    """Return the commit, the facts and the rendered task definitions; refuse what cannot start."""
    sha = commit(args.sha)
    facts = aws.facts()
    image = needed_image(aws, facts, sha, getattr(args, "build", False))
    names = ("migrate", "ops", "web")
    definitions = {name: render(name, facts, aws.account(), image) for name in names}
    problems = faults(aws, list(definitions.values()), image)
    if problems:
        raise Refused("this release could not start: " + "; ".join(problems))
    say(f"verified: roles, secrets, log groups and the image of {sha[:12]} ({image.digest[:19]})")
    return sha, facts, definitions


def verify(aws: Aws, args: argparse.Namespace) -> None:
    verified(aws, args)


def release(aws: Aws, args: argparse.Namespace) -> None:
    before = aws.facts()
    refuse_if_busy(aws, before)
    sha, facts, definitions = verified(aws, args)
    # Before the migrations: whether the service's file takes a revision, and has its parameters.
    asked = {"Revision": "", "AutomaticRollback": ""}
    parameters("service", file_of("service"), facts, asked, exists=True)
    current = aws.running(facts)
    migrations = Migrations.read(ROOT)
    known = migrations.until(current.words(LEAVES)) if current else set()
    new = sorted(migrations.overrides.keys() - known)
    for name in new:
        say(f"{name} may break the release before it: {migrations.overrides[name]}")
    if new:
        say("so the automatic rollback is off, and `rollback` will not go back across it")
    previous = current.arn if current else ""
    broken = current is not None and aws.is_broken(facts)
    if current and broken:
        say(f"{current.name} did not come up: there is nothing to roll back to automatically")
        previous = current.environment.get(PREVIOUS, "")
    carried = sorted({*(current.words(OVERRIDDEN) if current else []), *new})
    web = stamp(
        definitions["web"],
        {
            SHA: sha,
            PREVIOUS: previous,
            LEAVES: " ".join(migrations.leaves()),
            OVERRIDDEN: " ".join(carried),
        },
    )
    register(aws, definitions["ops"])
    migrate_with(aws, facts, definitions["migrate"])
    revision = register(aws, web)
    Deployment(aws, facts, revision, automatic_rollback=not new and not broken).run()
    smoke(facts, sha)
    say(f"released {sha[:12]} as {short(revision)}")


def rollback_target(aws: Aws, current: Revision, given: int | None) -> Revision:
    """Return the revision to go back to; refuse where the database has moved on for good."""
    arn = f"{WEB_FAMILY}:{given}" if given else current.environment.get(PREVIOUS, "")
    if not arn:
        raise Refused(f"{current.name} is the first release: there is none before it")
    target = aws.revision(arn)
    if target.arn == current.arn:
        raise Refused(f"{target.name} is what runs")
    if not target.active:
        raise Refused(f"{target.name} was deregistered: release its commit {target.sha[:12]} again")
    across = sorted(set(current.words(OVERRIDDEN)) - set(target.words(OVERRIDDEN)))
    if across:
        raise Refused(
            f"{target.name} does not work with the database after {', '.join(across)}, which"
            " was released under the linter's override: mend it in a new release"
        )
    return target


def rollback(aws: Aws, args: argparse.Namespace) -> None:
    facts = aws.facts()
    refuse_if_busy(aws, facts)
    current = aws.running(facts)
    if current is None:
        raise Refused("nothing was released yet")
    target = rollback_target(aws, current, args.to)
    uri, _, digest = target.image.partition("@")
    aws.manifest(Image(target.sha, target.image, uri.partition("/")[2], digest))
    say(f"from {current.name} ({current.sha[:12]}) back to {target.name} ({target.sha[:12]})")
    Deployment(aws, facts, target.arn, automatic_rollback=True).run()
    smoke(facts, target.sha)
    say(f"{target.name} runs again; migrations stay applied")


def migrate(aws: Aws, args: argparse.Namespace) -> None:
    refuse_if_busy(aws, aws.facts())
    _, facts, definitions = verified(aws, args)
    migrate_with(aws, facts, definitions["migrate"])


def run(aws: Aws, args: argparse.Namespace) -> None:
    """Run a command in an ops task with the image that runs; without one, start it for a shell."""
    facts = aws.facts()
    current = aws.running(facts)
    if current is None:
        raise Refused("nothing was released yet")
    uri, _, digest = current.image.partition("@")
    image = Image(current.sha, current.image, uri.partition("/")[2], digest)
    definition = render("ops", facts, aws.account(), image)
    arn = register(aws, definition)
    name = definition["containerDefinitions"][0]["name"]
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    if command:
        overrides = {"containerOverrides": [{"name": name, "command": command}]}
        task = start_task(aws, facts, arn, overrides=overrides)
        run_task(aws, facts, definition, task, COMMAND_MINUTES)
        return
    task = start_task(aws, facts, arn, enableExecuteCommand=True)
    cluster = fact(facts, "ClusterName")
    say(f"{short(task)} starts and ends by itself. When it runs, enter it, and stop it afterwards:")
    show(f"aws ecs wait tasks-running --cluster {cluster} --tasks {short(task)}")
    show(
        f"aws ecs execute-command --cluster {cluster} --task {short(task)} --container {name}"
        " --interactive --command /bin/sh"
    )
    show(f"aws ecs stop-task --cluster {cluster} --task {short(task)} --query task.lastStatus")


def status(aws: Aws, args: argparse.Namespace) -> None:
    for name in STACKS:
        show(f"stack      {state_of(aws, name)}")
    facts = aws.facts()
    current = aws.running(facts)
    if current is None:
        show("release    none yet")
        return
    show(f"release    {current.name} {current.sha}")
    service = aws.service(facts)
    show(f"tasks      {progress(service)}")
    health = aws.elbv2.describe_target_health(TargetGroupArn=fact(facts, "TargetGroupArn"))
    states = [item["TargetHealth"]["State"] for item in health["TargetHealthDescriptions"]]
    counts = [f"{states.count(state)} {state}" for state in sorted(set(states))]
    show(f"targets    {', '.join(counts) or 'none'}")
    try:
        target = rollback_target(aws, current, None)
        show(f"rollback   to {target.name} {target.sha}")
    except Refused as refusal:
        show(f"rollback   refused: {refusal}")
    for event in reversed(service["events"][:5] if service else []):
        show(f"{event['createdAt']:%d %H:%M:%S} {event['message']}")


def logs(aws: Aws, args: argparse.Namespace) -> None:
    unit = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
    match = re.fullmatch(r"(\d+)([smhd])", args.since)
    if match is None:
        raise Refused(f"--since {args.since}: write 15m, 2h or 1d")
    start = datetime.now(UTC) - timedelta(**{unit[match[2]]: int(match[1])})
    since = int(start.timestamp() * 1000)
    pages = aws.logs.get_paginator("filter_log_events")
    shown: set[str] = set()
    while True:
        for page in pages.paginate(logGroupName=f"/ecs/{SLUG}-{args.task}", startTime=since):
            for event in page["events"]:
                if event["eventId"] not in shown:
                    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                    show(f"{at:%H:%M:%S} {event['logStreamName'][-6:]} {event['message'].rstrip()}")
                    shown.add(event["eventId"])
                    since = max(since, event["timestamp"] - 10_000)
        if not args.follow:
            return
        time.sleep(POLL_SECONDS)


def bootstrap(aws: Aws, args: argparse.Namespace) -> None:
    """Make or update every stack in order; the database role before the service needs it."""
    sha = commit(args.sha)
    check_user_parameters()
    identity.note_account(aws.account(), args.account)
    refuse_if_changing(aws)
    if aws.stack("pgbouncer"):
        raise Refused(
            f"the stack {SLUG}-pgbouncer is still there, and web tasks may use it: release first,"
            " then delete that stack, then this"
        )
    failed = unfinished(aws)
    refuse_if_unbuildable(aws, sha)
    refuse_what_would_fail(aws)
    for name in failed:
        remove_unfinished(aws, name)
    if failed:
        refuse_what_would_fail(aws)
    make_linked_roles(aws)
    for name in STACKS:
        say(f"{name}: deploy/cloudformation/{name}.yaml")
        changes = zones_of_network(aws) if name == "network" else None
        token = change_stack(aws, name, aws.facts(), changes)
        if token:
            wait_for_stack(aws, name, token)
        else:
            say(f"{name}: nothing to change")
        if name == "data":
            initialise_database(aws, sha)
    say("the infrastructure stands; now release: python deploy/release.py release")
    if account_is_in_no_commit():
        say("then commit deploy/parameters.json: a pipeline is refused until it names the account")


def refuse_if_unbuildable(aws: Aws, sha: str) -> None:
    """Look before the first stack at what the build of the image needs, where there is none yet."""
    facts = aws.facts()
    if facts.get("RepositoryUri") and aws.image(facts, sha):
        return
    looked_at_by_push = ("--", ".", ":(exclude)deploy/parameters.json")
    is_checkout = (ROOT / ".git").exists() and not os.environ.get("GIT_SHA")
    if is_checkout and git("status", "--porcelain", *looked_at_by_push):
        raise Refused("nothing was changed: an image holds what is in a commit: commit the rest")
    try:
        docker = ["docker", "version", "--format", "{{.Server.Version}}"]
        subprocess.run(docker, stdout=subprocess.DEVNULL, timeout=60, check=True)
    except FileNotFoundError as error:
        raise Refused(
            "nothing was changed: the image has to be built, and docker is not installed"
        ) from error
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise Refused(
            "nothing was changed: the image has to be built, and Docker does not answer: start it"
        ) from error


def initialise_database(aws: Aws, sha: str) -> None:
    """Make the application's role, in the one task that may read the master's password."""
    facts = aws.facts()
    image = needed_image(aws, facts, sha, build=True)
    definition = render("dbinit", facts, aws.account(), image)
    problems = faults(aws, [definition], image)
    if problems:
        raise Refused("the database cannot be initialised: " + "; ".join(problems))
    task = start_task(aws, facts, register(aws, definition))
    run_task(aws, facts, definition, task, MIGRATION_MINUTES)


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--account", help="default: what deploy/parameters.json says")
    common.add_argument("--profile", help="of ~/.aws/config; default: AWS_PROFILE")
    of_commit = argparse.ArgumentParser(add_help=False)
    of_commit.add_argument("--sha", help="the commit; default: the one that is checked out")
    of_commit.add_argument("--build", action="store_true", help="build and push a missing image")
    root = argparse.ArgumentParser(prog="release.py", description=(__doc__ or "").split("\n")[0])
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function: Callable[..., None], text: str, *parents: Any) -> Any:
        command = commands.add_parser(name, help=text, parents=[common, *parents])
        command.set_defaults(function=function)
        return command

    add("bootstrap", bootstrap, "make or update the infrastructure", of_commit)
    add("release", release, "release the commit that is checked out", of_commit)
    back = add("rollback", rollback, "go back to the release before")
    back.add_argument("--to", type=int, metavar="NUMBER", help="another revision of the web task")
    add("migrate", migrate, "run the migrations only", of_commit)
    once = add("run", run, "run a command in a one-off task; without one, start it for a shell")
    once.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    add("status", status, "what runs, and how it is")
    written = add("logs", logs, "what the tasks print")
    tasks = ["web", "migrate", "ops", "dbinit"]
    written.add_argument("task", nargs="?", default="web", choices=tasks)
    written.add_argument("--since", default="15m", help="such as 15m, 2h, 1d")
    written.add_argument("--follow", action="store_true", help="until Ctrl-C")
    add("verify", verify, "whether a release could start", of_commit)
    return root


def main(arguments: list[str], session: Any = None) -> int:
    args = parser().parse_args(arguments)
    try:
        identity.refuse_another_region()
        wanted = identity.wanted_account(args.account)
        aws = Aws(session or identity.open_session(args.profile, SESSION_SECONDS))
        say(f"account {aws.account()}, region {REGION}")
        # The first bootstrap asks for it.
        if wanted or args.function is not bootstrap:
            identity.refuse_another_account(aws.account(), wanted)
        args.function(aws, args)
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 2
    except Failed as failure:
        print(f"failed: {failure}", file=sys.stderr)
        return 1
    except NoCredentialsError:
        print("failed: no AWS credentials: set AWS_PROFILE, or log in", file=sys.stderr)
        return 1
    except ClientError as error:
        print(f"failed: {reason_of(error)}", file=sys.stderr)
        return 1
    except (BotoCoreError, OSError) as error:
        print(f"failed: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("failed: interrupted; what AWS does goes on: release.py status", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
