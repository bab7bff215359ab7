"""A shell in a task: ECS Exec, through AWS's Session Manager plugin."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time

from .aws import Aws, short
from .facts import Facts
from .outcomes import Failed, say, show
from .tasks import describe_task, problem_of

PLUGIN = "session-manager-plugin"
# ECS starts its agent some seconds after the container.
AGENT_MINUTES = 10


def can_enter() -> bool:
    """Return whether somebody is there to type, and the plugin to carry it."""
    return sys.stdin.isatty() and shutil.which(PLUGIN) is not None


def enter(aws: Aws, facts: Facts, task: str, container: str, profile: str | None) -> None:
    """Open a shell in a task that was started for it, and stop the task at the end of the shell."""
    cluster = facts["ClusterName"]
    try:
        runtime = wait_for_agent(aws, facts, task, container)
        session = aws.ecs.execute_command(
            cluster=cluster, task=task, container=container, interactive=True, command="/bin/sh"
        )["session"]
        target = {"Target": f"ecs:{cluster}_{short(task)}_{runtime}"}
        # In the order in which the AWS CLI gives them.
        words = [json.dumps(session), aws.configuration.region, "StartSession"]
        words += [profile or os.environ.get("AWS_PROFILE", ""), json.dumps(target)]
        # Ctrl-C is for the shell.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            subprocess.run([PLUGIN, *words, aws.ecs.meta.endpoint_url], check=True)
        finally:
            signal.signal(signal.SIGINT, before)
    finally:
        aws.ecs.stop_task(cluster=cluster, task=task, reason="the shell ended")
        say(f"{short(task)} was stopped")


def wait_for_agent(aws: Aws, facts: Facts, task: str, container: str) -> str:
    """Wait until a task can be entered, and return the runtime's name of its container."""
    deadline = time.monotonic() + 60 * AGENT_MINUTES
    say(f"{short(task)} starts; this takes about a minute")
    while time.monotonic() < deadline:
        state = describe_task(aws, facts, task)
        if state["lastStatus"] == "STOPPED":
            raise Failed(f"{short(task)} stopped: {problem_of(state)}")
        for one in state.get("containers", []):
            agents = {
                agent["name"]: agent.get("lastStatus") for agent in one.get("managedAgents", [])
            }
            if one["name"] == container and agents.get("ExecuteCommandAgent") == "RUNNING":
                return str(one["runtimeId"])
        time.sleep(aws.configuration.poll_seconds)
    raise Failed(f"{short(task)} cannot be entered after {AGENT_MINUTES} minutes")


def tell(facts: Facts, task: str, container: str) -> None:
    """Say how to enter a task by the AWS CLI, where this program cannot."""
    cluster = facts["ClusterName"]
    say(f"{short(task)} starts, and has a time limit. When it runs, enter it; stop it afterwards:")
    show(f"aws ecs wait tasks-running --cluster {cluster} --tasks {short(task)}")
    show(
        f"aws ecs execute-command --cluster {cluster} --task {short(task)} --container {container}"
        " --interactive --command /bin/sh"
    )
    show(f"aws ecs stop-task --cluster {cluster} --task {short(task)} --query task.lastStatus")
