"""Tasks that run one command, and what stopped ones say."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from .aws import Aws, short
from .facts import Facts
from .outcomes import Failed, say, show


class TaskLog:
    """What a task prints, shown as it comes."""

    def __init__(self, aws: Aws, definition: dict[str, Any], task: str) -> None:
        container = definition["containerDefinitions"][0]
        options = container["logConfiguration"]["options"]
        self.logs = aws.logs
        self.poll_seconds = aws.configuration.poll_seconds
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
            time.sleep(self.poll_seconds if quiet < 2 else 0)


def start_task(aws: Aws, facts: Facts, arn: str, **more: Any) -> str:
    """Start a task and return its ARN. ECS can answer without an error and still not run it."""
    answer = aws.ecs.run_task(
        cluster=facts["ClusterName"],
        taskDefinition=arn,
        launchType="FARGATE",
        count=1,
        startedBy="release",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": facts["PrivateSubnetIds"].split(","),
                "securityGroups": facts["TaskSecurityGroupId"].split(","),
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


def describe_task(aws: Aws, facts: Facts, task: str) -> dict[str, Any]:
    """Return a task; one that ECS does not know yet is PROVISIONING."""
    cluster = facts["ClusterName"]
    tasks = aws.ecs.describe_tasks(cluster=cluster, tasks=[task])["tasks"]
    return dict(tasks[0]) if tasks else {"lastStatus": "PROVISIONING"}


def run_task(aws: Aws, facts: Facts, definition: dict[str, Any], task: str, minutes: int) -> None:
    """Wait for a task, show what it prints, and fail unless its command succeeded."""
    family = definition["family"]
    log = TaskLog(aws, definition, task)
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
                f"{family} {short(task)} is still {status} after {minutes} minutes and continues:"
                f" python -m django_fargate.release logs {family.removeprefix(aws.named(''))}"
            )
        time.sleep(aws.configuration.poll_seconds)
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


def show_stopped(aws: Aws, facts: Facts, family: str, revision: str) -> None:
    """Show why tasks of a revision stopped, each reason once, and what the newest printed."""
    cluster = facts["ClusterName"]
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
        TaskLog(aws, definition, tasks[-1]["taskArn"]).show()
