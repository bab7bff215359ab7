"""The services beside the web's: released together with it, and taken back together."""

from django_fargate.release.aws import SHA, short

from .releases import values_of, with_companions
from .shapes import with_beat
from .shapes import with_companions as for_companions
from .world import DIGEST, HEAD, OLD


@for_companions
def test_a_release_brings_every_service_and_notes_what_belongs_together(world, capsys):
    assert world.main("release") == 0
    (web,) = world.registered("web")
    for name in world.names:
        (definition,) = world.registered(name)
        assert values_of(definition)[SHA] == HEAD
        assert definition["containerDefinitions"][0]["image"] == f"{world.repository}@{DIGEST}"
        assert f"/{world.slug}-{name}:" in world.beside[name]
        assert values_of(web)[world.note(name)] == world.beside[name] != world.arn(name, 1)
    families = [
        request["family"].removeprefix(f"{world.slug}-")
        for request in world.client("ecs").requests("register_task_definition")
    ]
    assert families == ["ops", "migrate", *world.names, "web"]
    output = capsys.readouterr().out
    assert output.index("Applying") < output.index(f"registered {world.slug}-worker:")
    for name in world.names:
        assert f"{short(world.beside[name])} 1 of 1 run, COMPLETED" in output


@for_companions
def test_every_task_gets_the_broker(world):
    assert world.main("release") == 0
    requests = world.client("ecs").requests("register_task_definition")
    assert len(requests) == 3 + len(world.names)
    for request in requests:
        values = values_of(request)
        if world.configuration.broker == "sqs":
            assert values["CELERY_QUEUE_URL"] == world.facts["QueueUrl"]
        else:
            (container,) = request["containerDefinitions"]
            secrets = {item["name"]: item["valueFrom"] for item in container["secrets"]}
            assert values["REDIS_HOST"] == world.facts["RedisEndpoint"]
            assert values["REDIS_PORT"] == "6379"
            password = f":secret:{world.slug}/redis-A1b2C3:password::"
            assert secrets["REDIS_PASSWORD"].endswith(password)


@for_companions
def test_a_rollback_brings_back_what_belongs_to_that_release(world):
    with_companions(world)
    assert world.main("rollback") == 0
    assert world.revision == world.arn("web", 1)
    assert world.beside == {name: world.arn(name, 1) for name in world.names}


@for_companions
def test_a_rollback_to_before_the_worker_leaves_it_to_finish_the_queue(world, capsys):
    with_companions(world)
    world.definitions[world.arn("web", 1)] = world.definition(OLD)
    assert world.main("rollback") == 0
    assert world.revision == world.arn("web", 1)
    assert world.beside == {name: world.arn(name, 2) for name in world.names}
    assert "is from before there was a worker" in capsys.readouterr().out


@for_companions
def test_a_rollback_to_a_worker_that_was_deregistered_is_refused(world, capsys):
    with_companions(world)
    world.definitions[world.arn("worker", 1)]["status"] = "INACTIVE"
    assert world.main("rollback") == 2
    message = capsys.readouterr().err
    of_release = f"of {world.slug}-web:1 was deregistered"
    assert f"{world.slug}-worker:1 {of_release}" in message
    assert f"release its commit {OLD[:12]} again" in message
    assert world.revision == world.arn("web", 2)


@for_companions
def test_status_and_logs_know_every_service(world, capsys):
    with_companions(world)
    assert world.main("status") == 0
    output = capsys.readouterr().out
    for name in world.names:
        assert f"{name:<10} {world.slug}-{name}:2 1 of 1 run, COMPLETED" in output
        assert f"what ECS says of {name}" in output
        assert world.main("logs", name) == 0
        (*_, request) = world.client("logs").requests("filter_log_events")
        assert request["logGroupName"] == f"/ecs/{world.slug}-{name}"


@for_companions
def test_the_log_group_of_each_service_must_be_there(world, capsys):
    world.answer("logs", describe_log_groups={"logGroups": []})
    assert world.main("verify") == 2
    message = capsys.readouterr().err
    for name in world.names:
        assert f"there is no log group /ecs/{world.slug}-{name}" in message
    assert "there is no role" not in message


@with_beat
def test_a_rollback_to_before_beat_stops_it(world, capsys):
    with_companions(world)
    note = {world.note("worker"): world.arn("worker", 1)}
    world.definitions[world.arn("web", 1)] = world.definition(OLD, **note)
    assert world.main("rollback") == 0
    assert f"{world.slug}-web:1 has no beat: it stops" in capsys.readouterr().out
    assert world.beside["worker"] == world.arn("worker", 1)
    if world.stacks:
        assert world.beside["beat"] == ""
    else:
        assert world.client("ecs").requests("update_service")[1] == {
            "cluster": world.slug,
            "service": f"{world.slug}-beat",
            "desiredCount": 0,
        }
