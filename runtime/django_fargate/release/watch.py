"""What becomes of a service that is being replaced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .aws import Aws, short
from .facts import Facts
from .outcomes import say, show
from .services import primary_of, progress
from .tasks import show_stopped


@dataclass
class Watch:
    """What becomes of one service in a deployment."""

    service: str
    revision: str
    line: str = ""
    ours: bool = False
    state: str = ""
    seen: bool = False
    lost: bool = False

    def look(self, service: dict[str, Any] | None) -> None:
        if progress(service, self.service) != self.line:
            self.line = progress(service, self.service)
            say(self.line)
        primary = primary_of(service) or {}
        self.ours = primary.get("taskDefinition") == self.revision
        self.state = primary.get("rolloutState", "")
        self.seen = self.seen or self.ours
        if self.seen and (not self.ours or self.state == "FAILED") and not self.lost:
            self.lost = True
            say(f"{short(self.revision)} does not stay up; waiting for AWS")


def explain_service(aws: Aws, facts: Facts, name: str, revision: str, since: datetime) -> None:
    """Show what ECS has said of a service since then, and the newest stopped task of a revision."""
    service = aws.service(facts, name)
    for item in service["deployments"] if service else []:
        if item.get("rolloutStateReason"):
            show(f"    {short(item['taskDefinition'])}: {item['rolloutStateReason']}")
    for event in reversed(service["events"][:10] if service else []):
        if event["createdAt"] > since:
            show(f"    {event['message']}")
    show_stopped(aws, facts, name, revision)
