"""What the tests of several commands ask of a world, and do to it."""

from django_fargate.release import bootstrap, checkout, pgbouncer, smoke, static_files
from django_fargate.release.aws import PREVIOUS, Aws
from django_fargate.release.faults import ARCHITECTURES
from django_fargate.release.migrations import Migrations

from .world import HEAD, OLD


def take_for_granted(world, monkeypatch):
    """Let git, Docker, the image and the site be as they should; note who is asked for /readyz."""
    architecture = ARCHITECTURES[world.configuration.architecture]
    monkeypatch.setattr(checkout, "commit", lambda configuration, given: HEAD)
    monkeypatch.setattr(checkout, "account_is_in_no_commit", lambda configuration: False)
    monkeypatch.setattr(bootstrap, "refuse_if_unbuildable", lambda aws, sha: None)
    monkeypatch.setattr(Aws, "architectures", lambda aws, image: {architecture})
    monkeypatch.setattr(static_files, "upload", lambda *arguments: None)
    monkeypatch.setattr(smoke, "ask", lambda configuration, facts, sha: world.smoked.append(sha))
    monkeypatch.setattr(Migrations, "read", lambda root: world.migrations)
    if world.configuration.has_pgbouncer_stack:
        runs = pgbouncer.fingerprint(world.configuration, world.as_facts)
        world.pgbouncer["Configuration"] = runs


def values_of(definition):
    """Return the environment of a task definition's only container."""
    (container,) = definition["containerDefinitions"]
    return {item["name"]: item["value"] for item in container["environment"]}


def asked(world):
    """Return what was asked of AWS."""
    return [
        f"{service}:{operation}"
        for service, client in world.clients.items()
        for operation, _ in client.calls
    ]


def with_history(world, **notes):
    """Let one more release run, the second."""
    notes = {PREVIOUS: world.arn("web", 1), **notes}
    world.first = world.revision = world.arn("web", 2)
    world.definitions[world.revision] = world.definition(HEAD, **notes)


def with_companions(world):
    """Let the release before have had the others, and the one that runs have newer ones."""
    older = {world.note(name): world.arn(name, 1) for name in world.names}
    newer = {world.note(name): world.arn(name, 2) for name in world.names}
    world.definitions[world.arn("web", 1)] = world.definition(OLD, **older)
    with_history(world, **newer)
    world.beside = {name: world.arn(name, 2) for name in world.names}
    world.definitions |= {arn: world.definition(HEAD) for arn in newer.values()}


def stacks_changed(world):
    """Return the stacks that were made or updated, in their order."""
    names = ("create_stack", "update_stack")
    calls = world.client("cloudformation").calls
    return [request["StackName"] for name, request in calls if name in names]


def updated(world):
    """Return the services that were updated, in their order."""
    requests = world.client("ecs").requests("update_service")
    return [request["service"].removeprefix(f"{world.slug}-") for request in requests]


def refuses(world, capsys, message):
    """Bootstrap refuses with a message, in one line, and nothing was made or deleted."""
    assert world.main("bootstrap") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert message in line
    assert not stacks_changed(world)
    assert not world.client("cloudformation").requests("delete_stack")
