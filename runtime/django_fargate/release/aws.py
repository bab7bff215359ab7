"""What AWS has: the stacks, the services, the revisions and the images of this repository."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError

from .configuration import Configuration
from .facts import Facts
from .outcomes import Failed, Refused, reason_of

# What a revision of the web task says about itself, in its environment.
SHA = "RELEASE_SHA"
PREVIOUS = "RELEASE_PREVIOUS"
LEAVES = "RELEASE_MIGRATIONS"
OVERRIDDEN = "RELEASE_OVERRIDDEN_MIGRATIONS"
MANIFESTS = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
]


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

    def __init__(self, configuration: Configuration, session: Any) -> None:
        self.configuration = configuration
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

    def named(self, name: str) -> str:
        """Return the name on AWS of a stack, a service or a family of task definitions."""
        return self.configuration.named(name)

    def stack(self, name: str) -> dict[str, Any] | None:
        """Return a stack of this project, None when there is none."""
        try:
            stacks = self.cloudformation.describe_stacks(StackName=self.named(name))["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return dict(stacks[0])

    def status(self, name: str) -> str:
        """Return the state of a stack, nothing when there is none."""
        return str((self.stack(name) or {}).get("StackStatus", ""))

    def service(self, facts: Facts, name: str = "") -> dict[str, Any] | None:
        """Return a service, the web service when none is named; None while there is none."""
        names = [name or self.configuration.web]
        cluster = facts["ClusterName"]
        services = self.ecs.describe_services(cluster=cluster, services=names)["services"]
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

    def image(self, facts: Facts, sha: str) -> Image | None:
        """Return the image of a commit by its digest; None when it was not pushed."""
        uri = facts["RepositoryUri"]
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
