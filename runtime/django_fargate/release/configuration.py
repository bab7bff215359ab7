"""What differs from one repository to another: deploy/release.json."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .outcomes import Refused

# How long a deployment may take before this program gives up on it; what AWS does goes on.
DEPLOYMENT_MINUTES = 45


@dataclass(frozen=True)
class Tasks:
    """How many the first release starts, and how many a deployment at the ceiling runs."""

    tasks: int
    peak_tasks: int


@dataclass(frozen=True)
class Service:
    """A service on ECS that runs the image of the release."""

    name: str
    # That of the service's stack which holds its revision.
    parameter: str
    tasks: int
    peak_tasks: int
    # A task that is busy is spared for so long, and a deployment waits for it.
    protection_minutes: int = 0

    @property
    def note(self) -> str:
        """Return where a revision of the web task names this service's of the same release."""
        return f"RELEASE_{self.name.upper()}"


@dataclass(frozen=True)
class Configuration:
    """One repository, and how patiently its releases are watched."""

    root: Path
    slug: str
    region: str
    partition: str
    # Empty: plain HTTP, and the load balancer's own name.
    domain: str
    # Of the tasks: X86_64 or ARM64.
    architecture: str
    # In the order in which they are created. A parameter has the name of an earlier stack's
    # output. Empty if someone else creates the infrastructure.
    stacks: tuple[str, ...]
    # The web service first, then those beside it in the order in which they are replaced.
    services: tuple[Service, ...]
    pgbouncer: Tasks | None
    # none, sqs or redis
    broker: str
    # s3: CloudFront serves them from a bucket. Else the tasks do.
    static: str
    # What deploy/ecs leaves out, and which fact fills it in.
    words: dict[str, str]
    # The domain whose identity in SES mail is sent from; empty where no mail goes through SES.
    mail_identity: str = ""
    # How the tasks reach other services: nat or endpoints.
    egress: str = "nat"
    # Between two looks at AWS. Tests look more often.
    poll_seconds: float = 5.0
    smoke_seconds: float = 300.0

    @classmethod
    def read(cls, root: Path) -> Configuration:
        """Read deploy/release.json of the repository in a folder."""
        file = root / "deploy" / "release.json"
        try:
            given = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise Refused(
                "there is no deploy/release.json here: run this at the root of the repository"
            ) from error
        except ValueError as error:
            raise Refused(f"deploy/release.json is not JSON: {error}") from error
        try:
            return cls(
                root=root,
                slug=given["slug"],
                region=given["region"],
                partition=given["partition"],
                domain=given["domain"],
                architecture=given["architecture"],
                stacks=tuple(given["stacks"]),
                services=tuple(service_of(item) for item in given["services"]),
                pgbouncer=tasks_of(given["pgbouncer"]) if given["pgbouncer"] else None,
                broker=given["broker"],
                static=given["static"],
                words=dict(given["words"]),
                mail_identity=given.get("mailIdentity", ""),
                egress=given.get("egress", "nat"),
                poll_seconds=float(os.environ.get("RELEASE_POLL_SECONDS", "5")),
            )
        except KeyError as error:
            raise Refused(f"deploy/release.json does not say {error}") from error

    @property
    def deploy(self) -> Path:
        return self.root / "deploy"

    @property
    def parameters_file(self) -> Path:
        return self.deploy / "parameters.json"

    @property
    def certificates(self) -> Path:
        """Return what PgBouncer's image holds beside deploy/pgbouncer: how RDS proves who it is."""
        return self.root / "django_fargate" / "certs" / "rds-global-bundle.pem"

    @property
    def pgbouncer_start(self) -> Path:
        """Return the other file that PgBouncer's image holds beside deploy/pgbouncer."""
        return self.root / "django_fargate" / "pgbouncer" / "start.py"

    @property
    def is_checkout(self) -> bool:
        return (self.root / ".git").exists()

    @property
    def has_stacks(self) -> bool:
        """Return whether this program makes the infrastructure."""
        return bool(self.stacks)

    @property
    def has_pgbouncer_stack(self) -> bool:
        return "pgbouncer" in self.stacks

    @property
    def companions(self) -> tuple[Service, ...]:
        """Return the services beside the web's."""
        return self.services[1:]

    @property
    def web(self) -> str:
        """Return the name of the web service, and of its task definitions."""
        return self.named(self.services[0].name)

    @property
    def deployment_minutes(self) -> int:
        return DEPLOYMENT_MINUTES + max(service.protection_minutes for service in self.services)

    def named(self, name: str) -> str:
        """Return the name on AWS of a stack, a service or a family of task definitions."""
        return f"{self.slug}-{name}"


def tasks_of(given: dict[str, Any]) -> Tasks:
    return Tasks(given["tasks"], given["peakTasks"])


def service_of(given: dict[str, Any]) -> Service:
    return Service(
        name=given["name"],
        parameter=given["parameter"],
        tasks=given["tasks"],
        peak_tasks=given["peakTasks"],
        protection_minutes=given.get("protectionMinutes", 0),
    )
