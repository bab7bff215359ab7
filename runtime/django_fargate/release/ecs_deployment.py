"""A deployment by ECS itself, one service after another."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .aws import Aws, short
from .facts import Facts
from .outcomes import Failed, say
from .services import primary_of
from .watch import Watch, explain_service


@dataclass
class Replacement:
    """Brings one service to a revision and watches what becomes of it."""

    aws: Aws
    facts: Facts
    service: str
    revision: str
    automatic_rollback: bool

    def run(self) -> None:
        started = datetime.now(UTC) - timedelta(seconds=30)
        self.update()
        try:
            self.wait()
        except Failed:
            explain_service(self.aws, self.facts, self.service, self.revision, started)
            raise

    def update(self) -> None:
        service = self.aws.service(self.facts, self.service) or {}
        configuration = dict(service.get("deploymentConfiguration", {}))
        breaker = {"enable": True, "rollback": self.automatic_rollback}
        configuration["deploymentCircuitBreaker"] = {
            **configuration.get("deploymentCircuitBreaker", {}),
            **breaker,
        }
        if configuration.get("alarms", {}).get("enable"):
            alarms = {**configuration["alarms"], "rollback": self.automatic_rollback}
            configuration["alarms"] = alarms
        # There is one beat, also after a release without one, for which it was stopped.
        more = {"desiredCount": 1} if self.service == self.aws.named("beat") else {}
        self.aws.ecs.update_service(
            cluster=self.facts["ClusterName"],
            service=self.service,
            taskDefinition=self.revision,
            deploymentConfiguration=configuration,
            **more,
        )

    def wait(self) -> None:
        configuration = self.aws.configuration
        deadline = time.monotonic() + 60 * configuration.deployment_minutes
        watch = Watch(self.service, self.revision)
        while True:
            watch.look(self.aws.service(self.facts, self.service))
            if self.is_over(watch):
                return
            if time.monotonic() > deadline:
                raise Failed(
                    "the deployment is still running after"
                    f" {configuration.deployment_minutes} minutes:"
                    " python -m django_fargate.release status"
                )
            time.sleep(configuration.poll_seconds)

    def is_over(self, watch: Watch) -> bool:
        """Return whether the revision runs; fail when it never will."""
        if watch.lost and not watch.ours:
            raise Failed(f"{short(self.revision)} was rolled back by ECS")
        if watch.state == "FAILED" and not self.automatic_rollback:
            raise Failed(f"{short(self.revision)} failed, and the automatic rollback is off")
        return watch.ours and watch.state == "COMPLETED"


@dataclass
class EcsDeployment:
    """Brings the services to their revisions, one after another; all or none of them."""

    aws: Aws
    facts: Facts
    # By web, worker and beat, in their order. A service that is to stop has an empty one.
    revisions: dict[str, str]
    automatic_rollback: bool

    def run(self) -> None:
        before: dict[str, str] = {}
        for name, revision in self.revisions.items():
            service = self.aws.named(name)
            primary = primary_of(self.aws.service(self.facts, service)) or {}
            try:
                self.replace(service, revision)
            except Failed:
                now = primary_of(self.aws.service(self.facts, service)) or {}
                # What goes on, or was left as it failed, is not taken back.
                if now.get("taskDefinition") != revision:
                    self.take_back(before)
                raise
            before[service] = primary.get("taskDefinition", "")

    def replace(self, service: str, revision: str) -> None:
        if revision:
            rollback = self.automatic_rollback
            Replacement(self.aws, self.facts, service, revision, rollback).run()
        else:
            cluster = self.facts["ClusterName"]
            self.aws.ecs.update_service(cluster=cluster, service=service, desiredCount=0)

    def take_back(self, before: dict[str, str]) -> None:
        """Return those that were replaced already to what they ran, the last first."""
        for service, revision in reversed(before.items()):
            say(f"{service} is rolled back to {short(revision)}")
            try:
                self.replace(service, revision)
            except Failed as failure:
                say(f"{service} did not: {failure}")
