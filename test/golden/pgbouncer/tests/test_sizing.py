"""The sizes hold together, as they stand on disk: gunicorn.conf.py, deploy/ecs, deploy/sizing.json.

Whoever changes one number by hand learns here which others it breaks, before production does.
"""

import json
import os
import runpy
import subprocess
import time
from pathlib import Path

import pytest

from shop.management.commands import migrate as migrate_command
from shop.worker import heartbeat

ROOT = Path(__file__).resolve().parent.parent

# Of a task's memory, what neither its workers nor its tmpfs may take: gunicorn's first process,
# the init process, and a margin.
SYSTEM_MIB = 128
# Of RDS: how long a failover to the standby takes at most.
FAILOVER_SECONDS = 120
# Of ECS: the longest stopTimeout on Fargate.
STOP_TIMEOUT_LIMIT_SECONDS = 120
# Of ECS: how long failed checks of a starting container may go uncounted.
START_PERIOD_LIMIT_SECONDS = 300
# Beyond the longest task, how long its message stays hidden: start, retries that wait, clocks.
VISIBILITY_MARGIN_SECONDS = 180
# What is left of the stopTimeout to hand messages back.
HAND_BACK_SECONDS = 10


def read(path):
    return json.loads((ROOT / path).read_text())


@pytest.fixture(scope="module")
def size():
    """Return the numbers of deploy/sizing.json: size["task"]["memoryMiB"]."""
    return {
        part: {name: item["value"] for name, item in items.items()}
        for part, items in read("deploy/sizing.json").items()
        if isinstance(items, dict)
    }


@pytest.fixture
def gunicorn(monkeypatch):
    for name in ("GUNICORN_WORKERS", "GUNICORN_THREADS", "ALLOW_OVER_BUDGET", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    return runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def container(task):
    (only,) = task["containerDefinitions"]
    return only


def environment(task):
    return {item["name"]: item["value"] for item in container(task)["environment"]}


@pytest.fixture
def web():
    return read("deploy/ecs/web.json")


@pytest.fixture
def migrate():
    return read("deploy/ecs/migrate.json")


@pytest.fixture
def worker():
    return read("deploy/ecs/worker.json")


def test_gunicorn_has_the_planned_numbers(gunicorn, size):
    planned = size["gunicorn"]
    assert gunicorn["worker_class"] == "gthread"
    assert gunicorn["workers"] == planned["workers"]
    assert gunicorn["threads"] == planned["threads"]
    assert gunicorn["SLOTS"] == planned["slots"] == planned["workers"] * planned["threads"]
    assert gunicorn["max_requests"] == planned["maxRequests"]
    assert gunicorn["max_requests_jitter"] == planned["maxRequestsJitter"]
    assert gunicorn["timeout"] == planned["timeoutSeconds"]
    assert gunicorn["graceful_timeout"] == planned["gracefulTimeoutSeconds"]
    assert gunicorn["keepalive"] == planned["keepaliveSeconds"]


def test_the_task_has_the_planned_numbers(web, size):
    assert web["cpu"] == str(size["task"]["cpuUnits"])
    assert size["task"]["cpuUnits"] == size["task"]["vcpu"] * 1024
    assert web["memory"] == str(size["task"]["memoryMiB"])
    (tmpfs,) = container(web)["linuxParameters"]["tmpfs"]
    assert tmpfs["size"] == size["task"]["tmpfsMiB"]
    assert container(web)["stopTimeout"] == size["service"]["stopTimeoutSeconds"]


def test_the_limits_of_the_database_are_the_planned_ones(web, migrate, production, size):
    planned = size["database"]
    database = production()["DATABASES"]["default"]
    assert database["OPTIONS"]["options"] == (
        f"-c statement_timeout={planned['statementTimeoutMs']}"
        f" -c lock_timeout={planned['lockTimeoutMs']}"
        f" -c idle_in_transaction_session_timeout={planned['idleInTransactionTimeoutMs']}"
    )
    assert database["OPTIONS"]["connect_timeout"] == planned["connectTimeoutSeconds"]
    assert database["OPTIONS"]["tcp_user_timeout"] == planned["tcpUserTimeoutMs"]
    assert database["CONN_MAX_AGE"] == planned["connMaxAgeSeconds"]
    # A migration may be slow, but must not wait long for a lock that others queue behind.
    assert environment(migrate)["DB_STATEMENT_TIMEOUT_MS"] == "0"
    assert environment(migrate)["DB_LOCK_TIMEOUT_MS"] == str(planned["migrationLockTimeoutMs"])
    assert planned["migrationLockTimeoutMs"] > 0
    assert migrate_command.LOCK_ATTEMPTS == planned["migrationAttempts"]
    # Compared with the live max_connections before the first migration.
    assert environment(migrate)["DB_PLANNED_CONNECTIONS"] == str(planned["plannedConnections"])


def test_the_service_starts_no_other_gunicorn(web):
    # These would be a second place for the numbers of gunicorn.conf.py.
    names = {"GUNICORN_CMD_ARGS", "GUNICORN_WORKERS", "GUNICORN_THREADS", "ALLOW_OVER_BUDGET"}
    assert not names & environment(web).keys()
    assert "command" not in container(web)


def test_the_database_has_room_for_the_worst_deployment(gunicorn, size):
    service, database = size["service"], size["database"]
    # maximumPercent counts the tasks that start and run; those that stop come on top.
    running = service["maxTasks"] * service["maximumPercent"] // 100
    peak = min(2 * service["maxTasks"], running + (running - service["maxTasks"]))
    assert service["peakTasks"] == peak
    # The slots are clients of PgBouncer, whose pools connect in their place: test_pgbouncer.py.
    assert size["pgbouncer"]["maxClientConnections"] >= gunicorn["SLOTS"] * peak
    # Everything else that connects is counted under a name of its own.
    totals = ("plannedConnections", "maxConnections")
    shares = [name for name in database if name.endswith("Connections") and name not in totals]
    planned = sum(database[name] for name in shares)
    assert database["plannedConnections"] == planned
    assert planned <= database["maxConnections"]


def test_a_deployment_can_start(size):
    service = size["service"]
    running = service["minTasks"] * service["maximumPercent"] // 100
    assert running > service["minTasks"] or service["minimumHealthyPercent"] < 100
    assert 1 <= service["minTasks"] <= service["maxTasks"]


def test_the_workers_fit_into_the_memory(gunicorn, size):
    task = size["task"]
    needed = gunicorn["workers"] * task["workerMemoryMiB"] + task["tmpfsMiB"] + SYSTEM_MIB
    assert needed <= task["memoryMiB"]


def test_each_timeout_outlasts_the_one_inside_it(gunicorn, size):
    statement = size["database"]["statementTimeoutMs"] / 1000
    idle = size["loadBalancer"]["idleTimeoutSeconds"]
    assert 0 < statement < gunicorn["timeout"] < idle < gunicorn["keepalive"]


def test_a_stopping_task_finishes_its_requests(gunicorn, web, size):
    statement = size["database"]["statementTimeoutMs"] / 1000
    stop = container(web)["stopTimeout"]
    assert statement < size["loadBalancer"]["deregistrationDelaySeconds"]
    assert statement < gunicorn["graceful_timeout"] < stop <= STOP_TIMEOUT_LIMIT_SECONDS


def test_a_failover_replaces_no_task(size):
    balancer, database = size["loadBalancer"], size["database"]
    assert balancer["healthCheckTimeoutSeconds"] < balancer["healthCheckIntervalSeconds"]
    unhealthy = balancer["unhealthyThreshold"] * balancer["healthCheckIntervalSeconds"]
    assert unhealthy >= FAILOVER_SECONDS
    # A probe waits at most behind one attempt to connect, or one query that gets no answer.
    timeout = balancer["healthCheckTimeoutSeconds"]
    assert database["connectTimeoutSeconds"] < timeout
    assert database["tcpUserTimeoutMs"] / 1000 <= timeout


def test_scaling_starts_before_a_task_is_full(gunicorn, size):
    # The capacity is rounded to a tenth of a request.
    capacity_per_minute = 60 * (size["gunicorn"]["capacityRequestsPerSecond"] + 0.05)
    assert 0 < size["scaling"]["requestCountPerTarget"] < capacity_per_minute
    # ECS reports a share of the whole task, and one Python process runs on one core at a time.
    usable = 100 * min(1, gunicorn["workers"] / size["task"]["vcpu"])
    target, alarm = size["scaling"]["cpuTargetPercent"], size["alarms"]["cpuPercent"]
    assert 0 < target < alarm <= usable


def test_the_worker_has_the_planned_numbers(worker, size):
    planned = size["worker"]
    assert worker["cpu"] == str(planned["cpuUnits"])
    assert planned["cpuUnits"] == planned["vcpu"] * 1024
    assert worker["memory"] == str(planned["memoryMiB"])
    assert container(worker)["stopTimeout"] == planned["stopTimeoutSeconds"]
    command = container(worker)["command"]
    # A number that it found out itself would be that of the machine below.
    assert command[command.index("--concurrency") + 1] == str(planned["concurrency"])
    limits = {
        "DB_STATEMENT_TIMEOUT_MS": planned["statementTimeoutMs"],
        "DB_LOCK_TIMEOUT_MS": planned["lockTimeoutMs"],
        "DB_IDLE_IN_TRANSACTION_TIMEOUT_MS": planned["idleInTransactionTimeoutMs"],
    }
    assert environment(worker).items() >= {name: str(ms) for name, ms in limits.items()}.items()


def test_celery_has_the_planned_numbers(production, size):
    planned, settings = size["worker"], production()
    assert settings["CELERY_TASK_TIME_LIMIT"] == planned["taskTimeLimitSeconds"]
    assert settings["VISIBILITY_TIMEOUT_SECONDS"] == planned["visibilityTimeoutSeconds"]
    assert settings["CELERY_WORKER_MAX_TASKS_PER_CHILD"] == planned["maxTasksPerChild"]
    assert settings["WORKER_SHUTDOWN_SECONDS"] == planned["shutdownSeconds"]
    assert settings["WORKER_HEARTBEAT_SECONDS"] == planned["heartbeatSeconds"]


def test_the_database_has_room_for_the_workers(worker, size):
    planned, database = size["worker"], size["database"]
    running = planned["maxTasks"] * planned["maximumPercent"] // 100
    peak = min(2 * planned["maxTasks"], running + (running - planned["maxTasks"]))
    assert planned["peakTasks"] == peak
    command = container(worker)["command"]
    # Each child holds a connection, and so may the process that feeds them.
    processes = int(command[command.index("--concurrency") + 1]) + 1
    assert database["workerConnections"] == processes * peak


def test_the_children_fit_into_the_memory_of_the_worker(worker, size):
    task, planned = size["task"], size["worker"]
    (tmpfs,) = container(worker)["linuxParameters"]["tmpfs"]
    needed = (planned["concurrency"] + 1) * task["workerMemoryMiB"] + tmpfs["size"] + SYSTEM_MIB
    assert needed <= int(worker["memory"])


def test_a_message_stays_hidden_until_its_task_is_done(size):
    planned = size["worker"]
    limit = planned["taskTimeLimitSeconds"]
    assert planned["visibilityTimeoutSeconds"] >= limit + VISIBILITY_MARGIN_SECONDS
    # No statement outlives its task.
    assert 0 < planned["lockTimeoutMs"] < planned["statementTimeoutMs"] <= limit * 1000


def test_a_stopping_worker_hands_its_messages_back(worker, size):
    stop = container(worker)["stopTimeout"]
    assert size["worker"]["shutdownSeconds"] + HAND_BACK_SECONDS <= stop
    assert stop <= STOP_TIMEOUT_LIMIT_SECONDS


def test_a_worker_that_hangs_is_found_and_no_other(worker, size):
    planned = size["worker"]
    check = container(worker)["healthCheck"]
    kind, command = check["command"]
    assert kind == "CMD-SHELL"
    assert str(heartbeat.FILE) in command
    assert f"-newermt '-{planned['heartbeatAgeSeconds']} seconds'" in command
    # One late heartbeat, or two, are no reason.
    assert planned["heartbeatAgeSeconds"] >= 3 * planned["heartbeatSeconds"]
    assert check["timeout"] < check["interval"]
    assert check["startPeriod"] == planned["startPeriodSeconds"] <= START_PERIOD_LIMIT_SECONDS


def test_the_check_of_the_worker_tells_a_young_heartbeat_from_an_old_one(worker, size, tmp_path):
    file, age = tmp_path / "heartbeat", size["worker"]["heartbeatAgeSeconds"]
    command = container(worker)["healthCheck"]["command"][1]
    command = command.replace(str(heartbeat.FILE), str(file))

    def check():
        return subprocess.run(["sh", "-c", command], capture_output=True).returncode

    assert check() != 0
    for seconds, healthy in ((0, True), (age - 10, True), (age + 10, False)):
        file.touch()
        os.utime(file, times=(time.time() - seconds,) * 2)
        assert (check() == 0) is healthy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GUNICORN_WORKERS", "0"),
        ("GUNICORN_WORKERS", "-1"),
        ("GUNICORN_THREADS", "many"),
        ("GUNICORN_THREADS", "2.5"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_gunicorn_refuses_a_wrong_value(gunicorn, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=f"^gunicorn.conf.py: {name} must be [^\n]*$"):
        runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def test_gunicorn_refuses_more_slots_than_the_database_was_sized_for(gunicorn, monkeypatch):
    monkeypatch.setenv("GUNICORN_WORKERS", str(gunicorn["SLOTS"] + 1))
    monkeypatch.setenv("GUNICORN_THREADS", "1")
    with pytest.raises(SystemExit, match="^gunicorn.conf.py: [^\n]* is above the [^\n]*$"):
        runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    monkeypatch.setenv("ALLOW_OVER_BUDGET", "1")
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["workers"] == gunicorn["SLOTS"] + 1


def test_gunicorn_looks_at_its_command_line_too(gunicorn):
    class Server:
        class cfg:
            workers = gunicorn["SLOTS"]
            threads = 2

    with pytest.raises(SystemExit, match="is above the"):
        gunicorn["on_starting"](Server)
