def test_there_is_one_beat_and_it_writes_nothing_beside_its_tmpfs(beat, production, size):
    assert size["database"]["beatConnections"] == 1
    command = container(beat)["command"]
    assert "--pidfile=" in command
    (tmpfs,) = container(beat)["linuxParameters"]["tmpfs"]
    schedule = Path(production()["CELERY_BEAT_SCHEDULE_FILENAME"])
    assert Path(tmpfs["containerPath"]) in schedule.parents
    assert "--schedule" not in " ".join(command)
