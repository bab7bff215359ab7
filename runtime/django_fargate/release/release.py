"""A release: migrations first, while the old release serves, then the services, then a question."""

from __future__ import annotations

import argparse
from typing import Any

from . import infrastructure, smoke, static_files
from .aws import LEAVES, OVERRIDDEN, PREVIOUS, SHA, Aws, Revision, short
from .definitions import register, stamp
from .facts import Facts
from .migrations import Migrations
from .outcomes import Refused, say
from .services import migrations_running
from .tasks import run_task, start_task
from .verify import verified

# How long they may take before this program gives up on them; what AWS does goes on.
MIGRATION_MINUTES = 60


def release(aws: Aws, args: argparse.Namespace) -> None:
    configuration, place = aws.configuration, infrastructure.of(aws)
    place.refuse_if_busy(place.facts())
    sha, facts, definitions = verified(aws, args)
    place.refuse_undeployable(facts)
    current = place.running(facts)
    migrations = Migrations.read(configuration.root)
    new = overridden(migrations, current)
    is_broken = current is not None and place.is_broken(facts)
    notes = {SHA: sha, **notes_of(migrations, new, current, is_broken)}
    register(aws, definitions["ops"])
    if configuration.static == "s3":
        static_files.upload(aws, facts, configuration.root / args.static_files)
    migrate_with(aws, facts, definitions["migrate"])
    # The order in which ECS replaces them: a worker that knows the new tasks is there before who
    # sends them. Their revisions are noted in the web's, for a rollback.
    revisions: dict[str, str] = {}
    for service in configuration.companions:
        definition = stamp(definitions[service.name], {SHA: sha})
        revisions[service.name] = notes[service.note] = register(aws, definition)
    web = configuration.services[0].name
    revisions[web] = register(aws, stamp(definitions[web], notes))
    place.deploy(facts, revisions, automatic_rollback=not new and not is_broken)
    smoke.ask(configuration, facts, sha)
    say(f"released {sha[:12]} as {', '.join(short(arn) for arn in revisions.values())}")


def overridden(migrations: Migrations, current: Revision | None) -> list[str]:
    """Return the new migrations that may break the release before them, and say so."""
    known = migrations.until(current.words(LEAVES)) if current else set()
    new = sorted(migrations.overrides.keys() - known)
    for name in new:
        say(f"{name} may break the previous release: {migrations.overrides[name]}")
    if new:
        say("so the automatic rollback is off, and `rollback` will not go back across it")
    return new


def notes_of(
    migrations: Migrations, new: list[str], current: Revision | None, is_broken: bool
) -> dict[str, str]:
    """Return what the new revision of the web task is to say about itself."""
    previous = current.arn if current else ""
    if current and is_broken:
        say(f"{current.name} did not start: there is nothing to roll back to automatically")
        previous = current.environment.get(PREVIOUS, "")
    carried = sorted({*(current.words(OVERRIDDEN) if current else []), *new})
    return {
        PREVIOUS: previous,
        LEAVES: " ".join(migrations.leaves()),
        OVERRIDDEN: " ".join(carried),
    }


def migrate(aws: Aws, args: argparse.Namespace) -> None:
    place = infrastructure.of(aws)
    place.refuse_if_busy(place.facts())
    _, facts, definitions = verified(aws, args)
    migrate_with(aws, facts, definitions["migrate"])


def migrate_with(aws: Aws, facts: Facts, definition: dict[str, Any]) -> None:
    """Run the migrations once, unless another release runs its own."""
    task = start_task(aws, facts, register(aws, definition))
    first = migrations_running(aws, facts)
    if first and first[0] != task:
        cluster = facts["ClusterName"]
        aws.ecs.stop_task(cluster=cluster, task=task, reason="another release migrates")
        raise Refused(f"another release was faster: its migrations run in {short(first[0])}")
    run_task(aws, facts, definition, task, MIGRATION_MINUTES)
