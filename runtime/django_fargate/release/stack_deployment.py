"""A deployment by the service's stack, in one update for all services."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .aws import Aws, short
from .facts import Facts
from .outcomes import Failed, show
from .stacks import change_stack, reason_in, stack_events
from .watch import Watch, explain_service


@dataclass
class StackDeployment:
    """Brings all services to their revisions, in one update, and watches what becomes of them."""

    aws: Aws
    facts: Facts
    # By web, worker and beat. A service that is to go has an empty one, one that is to stay none.
    revisions: dict[str, str]
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
        services = self.aws.configuration.services
        changes = {
            service.parameter: self.revisions[service.name]
            for service in services
            if service.name in self.revisions
        }
        changes["AutomaticRollback"] = "true" if self.automatic_rollback else "false"
        rollback = self.automatic_rollback
        self.token = change_stack(self.aws, "service", self.facts, changes, rollback)

    def wait(self) -> None:
        configuration = self.aws.configuration
        deadline = time.monotonic() + 60 * configuration.deployment_minutes
        watches = [
            Watch(self.aws.named(name), revision)
            for name, revision in self.revisions.items()
            if revision
        ]
        while True:
            stack = self.aws.status("service")
            for watch in watches:
                watch.look(self.aws.service(self.facts, watch.service))
            if self.is_over(stack, watches):
                return
            if time.monotonic() > deadline:
                raise Failed(
                    "the deployment is still running after"
                    f" {configuration.deployment_minutes} minutes:"
                    " python -m django_fargate.release status"
                )
            time.sleep(configuration.poll_seconds)

    def is_over(self, stack: str, watches: list[Watch]) -> bool:
        """Return whether every revision runs; fail when one never will."""
        if stack.endswith("_IN_PROGRESS"):
            return False
        if stack == "UPDATE_COMPLETE":
            for watch in watches:
                if not watch.ours or watch.state == "FAILED":
                    raise Failed(f"{short(watch.revision)} was rolled back by ECS")
            return all(watch.state == "COMPLETED" for watch in watches)
        end = "was rolled back" if self.automatic_rollback else "failed and was left as it is"
        names = ", ".join(short(watch.revision) for watch in watches)
        name = self.aws.named("service")
        raise Failed(f"the release {names} {end}: the stack {name} is {stack}")

    def explain(self) -> None:
        """Show what CloudFormation says, and what ECS says of the services that failed."""
        failed = set()
        for event in stack_events(self.aws, "service", self.token):
            if reason := reason_in(event):
                show(f"    {event['LogicalResourceId']}: {reason}")
                if event["ResourceStatus"].endswith("FAILED"):
                    failed.add(short(event.get("PhysicalResourceId", "")))
        revisions = {self.aws.named(name): revision for name, revision in self.revisions.items()}
        for name, revision in revisions.items():
            if name in failed or not failed & revisions.keys():
                explain_service(self.aws, self.facts, name, revision, self.started)
