"""What runs on AWS, how it is, and what it prints."""

from __future__ import annotations

import argparse
import re
import time
from datetime import UTC, datetime, timedelta

from . import infrastructure
from .aws import Aws
from .mail import mail_states
from .outcomes import Refused, show
from .rollback import rollback_target
from .services import progress


def status(aws: Aws, args: argparse.Namespace) -> None:
    configuration, place = aws.configuration, infrastructure.of(aws)
    for state in place.states():
        show(state)
    for line in mail_states(aws):
        show(line)
    facts = place.facts()
    if configuration.pgbouncer:
        name = aws.named("pgbouncer")
        show(f"pgbouncer  {progress(aws.service(facts, name), name)}")
    current = place.running(facts)
    if current is None:
        show("release    none yet")
        return
    show(f"release    {current.name} {current.sha}")
    services = {
        service.name: aws.service(facts, aws.named(service.name))
        for service in configuration.services
    }
    web = configuration.services[0].name
    for name, service in services.items():
        label = "tasks" if name == web else name
        show(f"{label:<10} {progress(service, aws.named(name))}")
    health = aws.elbv2.describe_target_health(TargetGroupArn=facts["TargetGroupArn"])
    states = [item["TargetHealth"]["State"] for item in health["TargetHealthDescriptions"]]
    counts = [f"{states.count(state)} {state}" for state in sorted(set(states))]
    show(f"targets    {', '.join(counts) or 'none'}")
    try:
        target = rollback_target(aws, current, None)
        show(f"rollback   to {target.name} {target.sha}")
    except Refused as refusal:
        show(f"rollback   refused: {refusal}")
    events = [event for item in services.values() if item for event in item["events"][:5]]
    for event in sorted(events, key=lambda event: event["createdAt"]):
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
        for page in pages.paginate(logGroupName=f"/ecs/{aws.named(args.task)}", startTime=since):
            for event in page["events"]:
                if event["eventId"] not in shown:
                    at = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                    show(f"{at:%H:%M:%S} {event['logStreamName'][-6:]} {event['message'].rstrip()}")
                    shown.add(event["eventId"])
                    since = max(since, event["timestamp"] - 10_000)
        if not args.follow:
            return
        time.sleep(aws.configuration.poll_seconds)
