"""What ECS says of the services and of the migrations."""

from __future__ import annotations

from typing import Any

from .aws import Aws, short
from .facts import Facts
from .outcomes import Refused


def primary_of(service: dict[str, Any] | None) -> dict[str, Any] | None:
    deployments = service["deployments"] if service else []
    return next((item for item in deployments if item["status"] == "PRIMARY"), None)


def progress(service: dict[str, Any] | None, name: str) -> str:
    """Return one line about the deployments of a service."""
    if service is None:
        return f"{name}: not there yet"
    parts = []
    for item in service["deployments"]:
        parts.append(
            f"{short(item['taskDefinition'])} {item['runningCount']} of {item['desiredCount']} run"
            + (f", {item['pendingCount']} start" if item["pendingCount"] else "")
            + (f", {item['failedTasks']} failed" if item.get("failedTasks") else "")
            + (f", {item['rolloutState']}" if item["status"] == "PRIMARY" else "")
        )
    return "; ".join(parts)


def migrations_running(aws: Aws, facts: Facts) -> list[str]:
    """Return the migration tasks that run or start, oldest first."""
    cluster = facts["ClusterName"]
    family = aws.named("migrate")
    found = aws.ecs.list_tasks(cluster=cluster, family=family, desiredStatus="RUNNING")
    arns = found["taskArns"]
    if not arns:
        return []
    tasks = aws.ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]
    tasks = [task for task in tasks if task["lastStatus"] != "STOPPED"]
    tasks.sort(key=lambda task: (task["createdAt"], task["taskArn"]))
    return [task["taskArn"] for task in tasks]


def refuse_if_migrating(aws: Aws, facts: Facts) -> None:
    others = migrations_running(aws, facts)
    if others:
        raise Refused(f"migrations are running, task {short(others[0])}: wait until that is done")
