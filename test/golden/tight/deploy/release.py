#!/usr/bin/env python3
"""Releases corner_shop to ECS, and takes a release back.

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
STACKS: list[str] = []
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
    if git("status", "--porcelain", "--", "deploy"):
        raise Refused("deploy/ has changes that are in no commit: commit them first")
    return head


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

    def facts(self) -> dict[str, str]:
        """Return what somebody else has made, found by its name."""
        service = self.service({"ClusterName": SLUG})
        if service is None:
            raise Refused(f"there is no service {SERVICE}: deploy/README.md says how to make it")
        network = service["networkConfiguration"]["awsvpcConfiguration"]
        balancers = self.elbv2.describe_load_balancers(Names=[SLUG])["LoadBalancers"]
        instances = self.rds.describe_db_instances(DBInstanceIdentifier=SLUG)["DBInstances"]
        repositories = self.ecr.describe_repositories(repositoryNames=[SLUG])["repositories"]
        return {
            "ClusterName": SLUG,
            "RepositoryUri": repositories[0]["repositoryUri"],
            "LoadBalancerDnsName": balancers[0]["DNSName"],
            "TargetGroupArn": service["loadBalancers"][0]["targetGroupArn"],
            "DatabaseEndpoint": instances[0]["Endpoint"]["Address"],
            "PrivateSubnetIds": ",".join(network["subnets"]),
            "TaskSecurityGroupId": ",".join(network["securityGroups"]),
        }

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
        primary = primary_of(self.service(facts))
        arn = primary["taskDefinition"] if primary else ""
        return self.revision(arn) if arn else None

    def is_broken(self, facts: dict[str, str]) -> bool:
        """Return whether the last release failed and was left as it is."""
        primary = primary_of(self.service(facts)) or {}
        return primary.get("rolloutState") == "FAILED"

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
        raise Refused(f"nothing says {name}: see deploy/README.md")
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
    primary = primary_of(aws.service(facts))
    if primary and primary.get("rolloutState") == "IN_PROGRESS":
        raise Refused(f"{SERVICE} is being deployed: wait until that is done")
    others = migrations_running(aws, facts)
    if others:
        raise Refused(f"migrations are running, task {short(others[0])}: wait until that is done")


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
        service = self.aws.service(self.facts) or {}
        configuration = dict(service.get("deploymentConfiguration", {}))
        breaker = {"enable": True, "rollback": self.automatic_rollback}
        configuration["deploymentCircuitBreaker"] = {
            **configuration.get("deploymentCircuitBreaker", {}),
            **breaker,
        }
        if configuration.get("alarms", {}).get("enable"):
            alarms = {**configuration["alarms"], "rollback": self.automatic_rollback}
            configuration["alarms"] = alarms
        self.aws.ecs.update_service(
            cluster=fact(self.facts, "ClusterName"),
            service=SERVICE,
            taskDefinition=self.revision,
            deploymentConfiguration=configuration,
        )

    def wait(self) -> None:
        deadline = time.monotonic() + 60 * DEPLOYMENT_MINUTES
        line, seen, lost = "", False, False
        while True:
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
            if self.is_over(ours, state, lost):
                return
            if time.monotonic() > deadline:
                raise Failed(
                    f"the deployment goes on after {DEPLOYMENT_MINUTES} minutes:"
                    " python deploy/release.py status"
                )
            time.sleep(POLL_SECONDS)

    def is_over(self, ours: bool, state: str, lost: bool) -> bool:
        """Return whether the revision runs; fail when it never will."""
        if lost and not ours:
            raise Failed(f"{short(self.revision)} was rolled back by ECS")
        if state == "FAILED" and not self.automatic_rollback:
            raise Failed(f"{short(self.revision)} failed, and the automatic rollback is off")
        return ours and state == "COMPLETED"

    def explain(self) -> None:
        """Show what ECS, CloudFormation and the newest stopped task say."""
        service = self.aws.service(self.facts)
        for item in service["deployments"] if service else []:
            if item.get("rolloutStateReason"):
                show(f"    {short(item['taskDefinition'])}: {item['rolloutStateReason']}")
        for event in reversed(service["events"][:10] if service else []):
            if event["createdAt"] > self.started:
                show(f"    {event['message']}")
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

    add("release", release, "release the commit that is checked out", of_commit)
    back = add("rollback", rollback, "go back to the release before")
    back.add_argument("--to", type=int, metavar="NUMBER", help="another revision of the web task")
    add("migrate", migrate, "run the migrations only", of_commit)
    once = add("run", run, "run a command in a one-off task; without one, start it for a shell")
    once.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    add("status", status, "what runs, and how it is")
    written = add("logs", logs, "what the tasks print")
    tasks = ["web", "migrate", "ops"]
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
