"""Back to the release before: its revisions run again, and migrations stay applied."""

from __future__ import annotations

import argparse

from . import infrastructure, smoke
from .aws import OVERRIDDEN, PREVIOUS, Aws, Image, Revision, short
from .outcomes import Refused, say


def rollback_target(aws: Aws, current: Revision, given: int | None) -> Revision:
    """Return the revision to go back to; refuse where the database has moved on for good."""
    arn = f"{aws.configuration.web}:{given}" if given else current.environment.get(PREVIOUS, "")
    if not arn:
        raise Refused(f"{current.name} is the first release: there is none before it")
    target = aws.revision(arn)
    if target.arn == current.arn:
        raise Refused(f"{target.name} is already running")
    if not target.active:
        raise Refused(f"{target.name} was deregistered: release its commit {target.sha[:12]} again")
    across = sorted(set(current.words(OVERRIDDEN)) - set(target.words(OVERRIDDEN)))
    if across:
        raise Refused(
            f"{target.name} does not work with the database after {', '.join(across)}, which"
            " was released under the linter's override: fix it in a new release"
        )
    return target


def companions_of(aws: Aws, target: Revision) -> dict[str, str]:
    """Return the revisions of the other services that belong to a release; empty: it has no such.

    A release from before there was a worker names none. Then the worker, and beat with it, stay
    what they are: what waits in the queue was sent by the release that goes, and only its worker
    knows how to do it. It works with the database, too, since migrations stay applied. Without it
    those messages would wait, with no alarm, until the queue drops them. Where the release has a
    worker but no beat, beat stops: it would send tasks that this worker does not know.
    """
    companions = aws.configuration.companions
    if not companions:
        return {}
    first = companions[0]
    if not target.environment.get(first.note):
        name = first.name
        say(f"{target.name} is from before there was a {name}: the {name} stays as it is, and")
        say("finishes what waits in the queue")
        return {}
    found: dict[str, str] = {}
    for service in companions:
        name = service.name
        found[name] = target.environment.get(service.note, "")
        if not found[name]:
            say(f"{target.name} has no {name}: it stops")
        elif not aws.revision(found[name]).active:
            raise Refused(
                f"{short(found[name])} of {target.name} was deregistered:"
                f" release its commit {target.sha[:12]} again"
            )
    return found


def rollback(aws: Aws, args: argparse.Namespace) -> None:
    configuration, place = aws.configuration, infrastructure.of(aws)
    facts = place.facts()
    place.refuse_if_busy(facts)
    current = place.running(facts)
    if current is None:
        raise Refused("nothing was released yet")
    target = rollback_target(aws, current, args.to)
    uri, _, digest = target.image.partition("@")
    aws.manifest(Image(target.sha, target.image, uri.partition("/")[2], digest))
    companions = companions_of(aws, target)
    # The other way round: the newer worker stays until nobody sends its tasks.
    revisions = {configuration.services[0].name: target.arn, **dict(reversed(companions.items()))}
    say(f"from {current.name} ({current.sha[:12]}) back to {target.name} ({target.sha[:12]})")
    place.deploy(facts, revisions, automatic_rollback=True)
    smoke.ask(configuration, facts, target.sha)
    say(f"{target.name} runs again; migrations stay applied")
