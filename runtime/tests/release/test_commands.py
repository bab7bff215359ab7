"""status, run and logs, and how a command that fails says so."""

import json
import os
from types import SimpleNamespace

import pytest
from botocore.exceptions import NoCredentialsError

from .client import error
from .releases import with_history
from .shapes import names_of, shapes, with_pgbouncer
from .world import DIGEST, HEAD, OLD


def test_errors_of_aws_are_one_line(world, capsys):
    denied = error("AccessDeniedException", "User: ci\n is not\nauthorized", "RunTask")
    world.answer("ecs", run_task=denied)
    assert world.main("release") == 1
    message = capsys.readouterr().err
    assert message == "failed: AccessDeniedException on RunTask: User: ci is not authorized\n"


def test_without_credentials_it_says_so(world, capsys):
    world.answer("sts", get_caller_identity=NoCredentialsError())
    world.answer("cloudformation", describe_stacks=NoCredentialsError())
    world.answer("ecs", describe_services=NoCredentialsError())
    assert world.main("status") == 1
    assert "AWS_PROFILE" in capsys.readouterr().err


def test_status_tells_what_runs_and_where_a_rollback_goes(world, capsys):
    with_history(world)
    health = [{"TargetHealth": {"State": state}} for state in ("healthy", "healthy", "draining")]
    world.answer("elbv2", describe_target_health={"TargetHealthDescriptions": health})
    assert world.main("status") == 0
    output = capsys.readouterr().out
    assert f"{world.slug}-web:2 {HEAD}" in output
    assert "1 draining, 2 healthy" in output
    assert f"to {world.slug}-web:1 {OLD}" in output


def test_a_command_runs_in_the_image_that_runs(world):
    assert world.main("run", "--", "python", "manage.py", "check") == 0
    (request,) = world.client("ecs").requests("run_task")
    (override,) = request["overrides"]["containerOverrides"]
    assert override == {"name": "ops", "command": ["python", "manage.py", "check"]}
    (ops,) = world.registered("ops")
    assert ops["containerDefinitions"][0]["image"] == f"{world.repository}@{DIGEST}"


def test_without_a_command_a_task_is_started_for_a_shell(world, capsys):
    assert world.main("run") == 0
    (request,) = world.client("ecs").requests("run_task")
    assert request["enableExecuteCommand"] is True
    assert "aws ecs execute-command" in capsys.readouterr().out
    assert world.client("ecs").requests("stop_task") == []


@pytest.fixture
def terminal(monkeypatch, tmp_path):
    """A terminal, and a Session Manager plugin that notes its arguments; it fails where told to."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    plugin = tmp_path / "bin" / "session-manager-plugin"
    plugin.parent.mkdir()
    plugin.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{tmp_path}/words\nexit ${{PLUGIN:-0}}\n")
    plugin.chmod(0o755)
    monkeypatch.setenv("PATH", str(plugin.parent), prepend=os.pathsep)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    return tmp_path / "words"


def enterable(world, *agents):
    """Let the agent of ECS Exec be in these states, one after the other."""
    container = {"name": "ops", "runtimeId": "0a1b-1"}
    states = [
        {
            "taskArn": world.task_arn(),
            "lastStatus": "RUNNING",
            "containers": [
                {
                    **container,
                    "managedAgents": [{"name": "ExecuteCommandAgent", "lastStatus": agent}],
                }
            ],
        }
        for agent in agents
    ]
    session = {"sessionId": "s", "streamUrl": "wss://example.com", "tokenValue": "t"}
    world.answer(
        "ecs",
        describe_tasks=[{"tasks": [state]} for state in states],
        execute_command={"session": session},
        stop_task={},
    )
    return session


def test_at_a_terminal_the_shell_is_opened_and_its_task_is_stopped(world, terminal, capsys):
    session = enterable(world, "PENDING", "RUNNING")
    assert world.main("run") == 0
    (request,) = world.client("ecs").requests("execute_command")
    assert (request["command"], request["interactive"]) == ("/bin/sh", True)
    told, region, operation, profile, target, endpoint = terminal.read_text().splitlines()
    assert json.loads(told) == session
    assert (region, operation, profile) == (world.configuration.region, "StartSession", "")
    task = world.task_arn().rpartition("/")[2]
    assert json.loads(target) == {"Target": f"ecs:{world.slug}_{task}_0a1b-1"}
    assert endpoint == "https://ecs.example.com"
    (stopped,) = world.client("ecs").requests("stop_task")
    assert stopped["task"] == world.task_arn()
    assert "was stopped" in capsys.readouterr().out


def test_a_shell_that_fails_leaves_no_task_behind(world, terminal, monkeypatch, capsys):
    enterable(world, "RUNNING")
    monkeypatch.setenv("PLUGIN", "3")
    assert world.main("run") == 1
    assert len(world.client("ecs").requests("stop_task")) == 1
    assert "ended with 3" in capsys.readouterr().err
    world.answer("ecs", describe_tasks={"tasks": [{"lastStatus": "STOPPED", "stopCode": "Failed"}]})
    assert world.main("run") == 1
    assert "stopped: Failed" in capsys.readouterr().err
    assert len(world.client("ecs").requests("execute_command")) == 1


def test_a_password_in_a_command_is_refused_before_aws_hears_it(world, capsys):
    command = ("python", "manage.py", "createsuperuser", "--noinput")
    assert world.main("run", "--", "env", "DJANGO_SUPERUSER_PASSWORD=hunter2", *command) == 2
    told = capsys.readouterr().err
    assert "stored in clear" in told
    assert "hunter2" not in told
    assert world.client("ecs").requests("run_task") == []
    assert world.main("run", "--", "env", "DJANGO_SUPERUSER_USERNAME=ada", *command) == 0


def test_logs_are_shown_with_their_time(world, capsys):
    stream = "web/web/0123456789"
    event = {"eventId": "1", "timestamp": 0, "logStreamName": stream, "message": "hello\n"}
    world.answer("logs", filter_log_events={"events": [event]})
    assert world.main("logs", "--since", "2h") == 0
    _, line = capsys.readouterr().out.splitlines()
    assert line == "00:00:00 456789 hello"
    assert world.main("logs", "--since", "soon") == 2


@with_pgbouncer
def test_status_and_logs_know_pgbouncer(world, capsys):
    known = world.client("ecs").answers["describe_services"]
    primary = {"status": "PRIMARY", "rolloutState": "COMPLETED", "runningCount": 2}
    primary["taskDefinition"] = f"{world.slug}-pgbouncer:3"
    primary |= {"desiredCount": 2, "pendingCount": 0}
    service = {"status": "ACTIVE", "deployments": [primary], "events": []}

    def describe(request):
        is_it = request["services"] == [f"{world.slug}-pgbouncer"]
        return {"services": [service]} if is_it else known(request)

    world.answer("ecs", describe_services=describe)
    assert world.main("status") == 0
    output = capsys.readouterr().out
    assert f"pgbouncer  {world.slug}-pgbouncer:3 2 of 2 run, COMPLETED" in output
    assert world.main("logs", "pgbouncer") == 0
    (request,) = world.client("logs").requests("filter_log_events")
    assert request["logGroupName"] == f"/ecs/{world.slug}-pgbouncer"


# What a repository does not have is no word of its command line.
@pytest.mark.parametrize(
    ("shape", "arguments"),
    [(shape, ["bootstrap"]) for shape in names_of(lambda given: not given["stacks"])]
    + [(shape, ["logs", "dbinit"]) for shape in names_of(lambda given: not given["stacks"])]
    + [(shape, ["logs", "pgbouncer"]) for shape in names_of(lambda given: not given["pgbouncer"])]
    + [(shape, ["logs", "worker"]) for shape in names_of(lambda given: len(given["services"]) == 1)]
    + [
        (shape, ["release", "--static-files", "x"])
        for shape in names_of(lambda given: given["static"] != "s3")
    ],
)
def test_what_there_is_not_cannot_be_asked_for(world, capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        world.main(*arguments)
    assert ended.value.code == 2
    assert world.clients["sts"].calls == []


@shapes("stacks-worker", "stacks-beat", "by-hand")
def test_a_command_that_is_interrupted_says_what_goes_on(world, capsys):
    world.answer("ecs", run_task=lambda request: interrupt())
    assert world.main("release") == 1
    assert "AWS continues" in capsys.readouterr().err


def interrupt():
    raise KeyboardInterrupt
