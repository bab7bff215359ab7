"""Do the sizes on disk fit each other? gunicorn.conf.py, deploy/ecs, deploy/sizing.json.

If you change one number by hand, these tests say which others it breaks, before production does.
"""

import json
import runpy
from pathlib import Path

import pytest
from django.conf import settings as django_settings

ROOT = Path(__file__).resolve().parent.parent

# Of a task's memory, what neither its workers nor its tmpfs may take: gunicorn's first process,
# the init process, and a margin.
SYSTEM_MIB = 128
# Of RDS: how long a failover to the standby takes at most.
FAILOVER_SECONDS = 120
# Of ECS: the longest stopTimeout on Fargate.
STOP_TIMEOUT_LIMIT_SECONDS = 120


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


def tmpfs_of(task):
    """Return the MiB of memory that /tmp may take."""
    return sum(mount["size"] for mount in container(task)["linuxParameters"].get("tmpfs", []))


def environment(task):
    return {item["name"]: item["value"] for item in container(task)["environment"]}


@pytest.fixture
def web():
    return read("deploy/ecs/web.json")


@pytest.fixture
def migrate():
    return read("deploy/ecs/migrate.json")


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
    assert container(web)["stopTimeout"] == size["service"]["stopTimeoutSeconds"]


def test_the_limits_of_the_database_are_the_planned_ones(web, migrate, production, size):
    planned = size["database"]
    limits = {
        "DB_STATEMENT_TIMEOUT_MS": planned["statementTimeoutMs"],
        "DB_LOCK_TIMEOUT_MS": planned["lockTimeoutMs"],
        "DB_IDLE_IN_TRANSACTION_TIMEOUT_MS": planned["idleInTransactionTimeoutMs"],
    }
    assert environment(web).items() >= {name: str(ms) for name, ms in limits.items()}.items()
    # The same without those variables.
    settings = production()
    database = settings["DATABASES"]["default"]
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
    assert settings["MIGRATION_ATTEMPTS"] == planned["migrationAttempts"]
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
    web = gunicorn["workers"] * gunicorn["threads"] * peak
    assert database["webConnections"] == web
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


def test_the_workers_and_their_uploads_fit_into_the_memory(gunicorn, web, size):
    workers = gunicorn["workers"] * size["task"]["workerMemoryMiB"]
    uploads = size["uploads"]["inMemoryMiB"]
    assert workers + tmpfs_of(web) + uploads + SYSTEM_MIB <= int(web["memory"])


def test_each_slot_has_room_for_the_largest_upload(gunicorn, web, production, size):
    """LARGEST_UPLOAD_MIB, the slots, /tmp and the memory belong together: resize changes all."""
    largest = production()["LARGEST_UPLOAD_MIB"]
    assert largest == size["uploads"]["largestMiB"]
    needed = gunicorn["SLOTS"] * largest
    room = tmpfs_of(web)
    assert needed < room, f"{gunicorn['SLOTS']} slots x {largest} MiB: /tmp has {room} MiB"
    assert room == size["task"]["tmpfsMiB"]
    # What stays in memory does so in every slot at once.
    in_memory = gunicorn["SLOTS"] * django_settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    assert in_memory <= size["uploads"]["inMemoryMiB"] * 2**20


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
