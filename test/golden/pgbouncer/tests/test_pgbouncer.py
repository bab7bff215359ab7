"""PgBouncer between the web tasks and the database: its numbers, and who goes through it."""

import configparser
import json
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "deploy" / "pgbouncer"

# Of PgBouncer: how many files it opens beside its connections, and then some.
OTHER_FILES = 100
# Of ECS: the longest stopTimeout on Fargate.
STOP_TIMEOUT_LIMIT_SECONDS = 120


def read(path):
    return json.loads((ROOT / path).read_text())


def container(task):
    (only,) = read(f"deploy/ecs/{task}.json")["containerDefinitions"]
    return only


def environment(task):
    return {item["name"]: item["value"] for item in container(task)["environment"]}


@pytest.fixture(scope="module")
def size():
    """Return the numbers of deploy/sizing.json: size["pgbouncer"]["poolSize"]."""
    return {
        part: {name: item["value"] for name, item in items.items()}
        for part, items in read("deploy/sizing.json").items()
        if isinstance(items, dict)
    }


@pytest.fixture(scope="module")
def ini():
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.read(FOLDER / "pgbouncer.ini")
    return dict(parser["pgbouncer"])


# The numbers.


def test_the_pools_leave_the_database_room_for_all_others(ini, size):
    pooler, database = size["pgbouncer"], size["database"]
    # maximumPercent counts the tasks that start and run; those that stop come on top.
    running = pooler["tasks"] * pooler["maximumPercent"] // 100
    assert running == pooler["tasks"] == pooler["peakTasks"]
    pools = int(ini["default_pool_size"]) * pooler["peakTasks"]
    assert database["webConnections"] == pools
    # All others connect directly, each under a name of its own.
    totals = ("webConnections", "plannedConnections", "maxConnections")
    shares = [name for name in database if name.endswith("Connections") and name not in totals]
    planned = pools + sum(database[name] for name in shares)
    assert database["plannedConnections"] == planned
    assert environment("migrate")["DB_PLANNED_CONNECTIONS"] == str(planned)
    assert planned <= database["maxConnections"]
    # The same number cannot be reached on your machine, either.
    (limit,) = re.findall(r"max_connections=(\d+)", (ROOT / "compose.yaml").read_text())
    assert int(limit) == database["maxConnections"]


def test_nothing_opens_more_connections_than_the_pool_has(ini, size):
    assert ini["pool_mode"] == "transaction"
    assert int(ini["default_pool_size"]) == size["pgbouncer"]["poolSize"] > 0
    # Not for each user and each database.
    assert ini["max_db_connections"] == ini["default_pool_size"]
    assert ini["reserve_pool_size"] == "0"
    assert ini.get("min_pool_size", "0") == "0"


def test_each_pgbouncer_takes_every_client_alone(ini, size):
    clients = int(ini["max_client_conn"])
    assert clients == size["pgbouncer"]["maxClientConnections"]
    assert clients >= size["gunicorn"]["slots"] * size["service"]["peakTasks"]
    (files,) = container("pgbouncer")["ulimits"]
    assert files["name"] == "nofile"
    assert files["softLimit"] >= clients + int(ini["max_db_connections"]) + OTHER_FILES


def test_the_task_has_the_planned_numbers(ini, size):
    task, planned = read("deploy/ecs/pgbouncer.json"), size["pgbouncer"]
    assert task["cpu"] == str(planned["cpuUnits"])
    assert planned["cpuUnits"] == planned["vcpu"] * 1024
    assert task["memory"] == str(planned["memoryMiB"])
    assert container("pgbouncer")["stopTimeout"] == planned["stopTimeoutSeconds"]
    assert int(ini["max_prepared_statements"]) == planned["maxPreparedStatements"]
    assert int(ini["query_wait_timeout"]) == planned["queryWaitTimeoutSeconds"]


def test_a_stopping_pgbouncer_lets_transactions_end(size):
    # On SIGTERM it would wait for clients, whose connections Django keeps for minutes.
    assert re.search(r"^STOPSIGNAL SIGINT$", (FOLDER / "Dockerfile").read_text(), re.MULTILINE)
    statement = size["database"]["statementTimeoutMs"] / 1000
    assert statement < container("pgbouncer")["stopTimeout"] <= STOP_TIMEOUT_LIMIT_SECONDS


def test_it_notices_as_early_as_django_that_the_database_is_away(ini, production):
    options = production()["DATABASES"]["default"]["OPTIONS"]
    assert int(ini["server_connect_timeout"]) == options["connect_timeout"]
    assert int(ini["tcp_user_timeout"]) == options["tcp_user_timeout"]
    assert ini["tcp_keepalive"] == str(options["keepalives"])
    assert ini["tcp_keepidle"] == str(options["keepalives_idle"])
    assert ini["tcp_keepintvl"] == str(options["keepalives_interval"])
    assert ini["tcp_keepcnt"] == str(options["keepalives_count"])


# Who goes through it.


def test_only_the_web_tasks_go_through_it(ini):
    through = {task: value for task in tasks() if (value := environment(task)).get("DB_POOLED")}
    assert list(through) == ["web"]
    assert through["web"]["DB_POOLED"] == "1"
    assert through["web"]["DB_PORT"] == ini["listen_port"]
    (port,) = container("pgbouncer")["portMappings"]
    assert str(port["containerPort"]) == ini["listen_port"]
    direct = [task for task in tasks() if task != "web"]
    assert {"migrate", "ops", "pgbouncer"} <= set(direct)
    # Long statements and sessions of an operator would hold a connection of the pool.
    for task in direct:
        assert environment(task)["DB_HOST"] == "RDS_ENDPOINT"
        assert environment(task)["DB_PORT"] == "5432"


def tasks():
    return sorted(path.stem for path in (ROOT / "deploy" / "ecs").glob("*.json"))


def test_it_is_the_same_role_and_database_on_both_sides():
    names = ("DB_NAME", "DB_USER")
    sides = [environment("web"), environment("pgbouncer"), environment("migrate")]
    assert sides[0].items() >= {name: sides[1][name] for name in names}.items()
    assert sides[1].items() >= {name: sides[2][name] for name in names}.items()

    def password(task):
        secrets = {item["name"]: item["valueFrom"] for item in container(task)["secrets"]}
        return secrets["DB_PASSWORD"]

    assert password("web") == password("pgbouncer") == password("migrate")


def test_the_limits_of_statements_are_the_roles(size):
    planned = size["database"]
    limits = {
        "STATEMENT_TIMEOUT_MS": planned["statementTimeoutMs"],
        "LOCK_TIMEOUT_MS": planned["lockTimeoutMs"],
        "IDLE_IN_TRANSACTION_TIMEOUT_MS": planned["idleInTransactionTimeoutMs"],
    }
    for name, milliseconds in limits.items():
        assert environment("migrate")[f"DB_ROLE_{name}"] == str(milliseconds)
        # The migrations' own win over them.
        assert f"DB_{name}" in environment("migrate")
        # They would do nothing there.
        assert f"DB_{name}" not in environment("web")


def test_the_connection_through_it_carries_nothing_of_its_own(production):
    # Only those of the database: of the others, a release fills in what is written here.
    variables = {key: value for key, value in environment("web").items() if key.startswith("DB_")}
    database = production(**variables)["DATABASES"]["default"]
    options = database["OPTIONS"]
    # PgBouncer refuses what is set when a connection opens.
    assert options["options"] == ""
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is True
    # Its certificate is its own, and new for each container.
    assert options["sslmode"] == "require"
    assert "sslrootcert" not in options
    assert options["load_balance_hosts"] == "random"
    assert database["CONN_MAX_AGE"] > 0
    assert database["CONN_HEALTH_CHECKS"] is True


def test_the_connection_around_it_is_as_without_it(production):
    database = production()["DATABASES"]["default"]
    assert database["OPTIONS"]["options"].startswith("-c statement_timeout=")
    assert database["OPTIONS"]["sslmode"] == "verify-full"
    assert database["OPTIONS"]["load_balance_hosts"] == "disable"
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is False


def test_both_sides_are_encrypted_and_the_database_proves_its_name(ini):
    assert ini["client_tls_sslmode"] == "require"
    assert ini["server_tls_sslmode"] == "verify-full"
    assert ini["auth_type"] == "scram-sha-256"
    assert not {"admin_users", "stats_users", "auth_file", "auth_query"} & ini.keys()
    bundle = Path(ini["server_tls_ca_file"])
    copied = re.search(r"^COPY (.*) (\S+)/$", (FOLDER / "Dockerfile").read_text(), re.MULTILINE)
    assert Path(copied[2]) == bundle.parent
    sources = [ROOT / source for source in copied[1].split()]
    assert {source.name for source in sources} == {bundle.name, "pgbouncer.ini", "start.py"}
    assert all(source.is_file() for source in sources)


# How it is asked whether it works.


@pytest.mark.parametrize(
    ("answer", "healthy"), [(b"S", True), (b"N", False), (b"E", False), (b"", False)]
)
def test_the_health_check_asks_pgbouncer_for_tls(ini, answer, healthy):
    check = container("pgbouncer")["healthCheck"]
    *command, code = check["command"]
    assert command == ["CMD", "python", "-c"]
    assert code.count(ini["listen_port"]) == 1
    assert check["timeout"] < check["interval"]
    asked = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def serve():
            connection, _ = server.accept()
            with connection:
                asked.append(connection.recv(100))
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        code = code.replace(ini["listen_port"], str(server.getsockname()[1]))
        process = subprocess.run([sys.executable, "-c", code], timeout=60)
        thread.join()
    # PostgreSQL's protocol: a length of 8 bytes, and the code of an SSLRequest.
    assert asked == [(8).to_bytes(4) + (80877103).to_bytes(4)]
    assert (process.returncode == 0) is healthy


def test_a_pgbouncer_that_is_not_there_is_not_healthy(ini):
    code = container("pgbouncer")["healthCheck"]["command"][-1]
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    code = code.replace(ini["listen_port"], str(port))
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, timeout=60).returncode != 0
