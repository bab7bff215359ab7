def test_the_worker_has_the_planned_numbers(worker, size):
    planned = size["celery"]
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
    planned, settings = size["celery"], production()
    assert settings["CELERY_TASK_TIME_LIMIT"] == planned["taskTimeLimitSeconds"]
    assert settings["VISIBILITY_TIMEOUT_SECONDS"] == planned["visibilityTimeoutSeconds"]
    assert settings["CELERY_WORKER_MAX_TASKS_PER_CHILD"] == planned["maxTasksPerChild"]
    assert settings["WORKER_SHUTDOWN_SECONDS"] == planned["shutdownSeconds"]
    assert settings["WORKER_HEARTBEAT_SECONDS"] == planned["heartbeatSeconds"]


def test_the_database_has_room_for_the_workers(worker, size):
    planned, database = size["celery"], size["database"]
    running = planned["maxTasks"] * planned["maximumPercent"] // 100
    peak = min(2 * planned["maxTasks"], running + (running - planned["maxTasks"]))
    assert planned["peakTasks"] == peak
    command = container(worker)["command"]
    # Each child holds a connection, and so may the process that feeds them.
    processes = int(command[command.index("--concurrency") + 1]) + 1
    assert database["celeryConnections"] == processes * peak


def test_the_children_fit_into_the_memory_of_the_worker(worker, size):
    task, planned = size["task"], size["celery"]
    (tmpfs,) = container(worker)["linuxParameters"]["tmpfs"]
    needed = (planned["concurrency"] + 1) * task["workerMemoryMiB"] + tmpfs["size"] + SYSTEM_MIB
    assert needed <= int(worker["memory"])


def test_a_message_stays_hidden_until_its_task_is_done(size):
    planned = size["celery"]
    limit = planned["taskTimeLimitSeconds"]
    assert planned["visibilityTimeoutSeconds"] >= limit + VISIBILITY_MARGIN_SECONDS
    # No statement outlives its task.
    assert 0 < planned["lockTimeoutMs"] < planned["statementTimeoutMs"] <= limit * 1000


def test_a_stopping_worker_hands_its_messages_back(worker, size):
    stop = container(worker)["stopTimeout"]
    assert size["celery"]["shutdownSeconds"] + HAND_BACK_SECONDS <= stop
    assert stop <= STOP_TIMEOUT_LIMIT_SECONDS


def test_a_worker_that_hangs_is_found_and_no_other(worker, size):
    planned = size["celery"]
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
    file, age = tmp_path / "heartbeat", size["celery"]["heartbeatAgeSeconds"]
    command = container(worker)["healthCheck"]["command"][1]
    command = command.replace(str(heartbeat.FILE), str(file))

    def check():
        return subprocess.run(["sh", "-c", command], capture_output=True).returncode

    assert check() != 0
    for seconds, healthy in ((0, True), (age - 10, True), (age + 10, False)):
        file.touch()
        os.utime(file, times=(time.time() - seconds,) * 2)
        assert (check() == 0) is healthy
