"""Create or update the infrastructure of deploy/cloudformation."""

from __future__ import annotations

import argparse
import os
import subprocess

from . import checkout, identity, images, pgbouncer, variables
from .aws import Aws
from .by_stacks import ByStacks
from .definitions import register, render
from .faults import faults
from .linked_roles import make_linked_roles
from .mail import tell_of_mail
from .outcomes import Refused, say
from .parameters import check_user_parameters
from .preflight import refuse_what_would_fail
from .release import MIGRATION_MINUTES
from .stacks import change_stack, refuse_if_changing, wait_for_stack
from .tasks import run_task, start_task
from .unfinished import remove_unfinished, unfinished
from .zones import zones_of_network


def bootstrap(aws: Aws, args: argparse.Namespace) -> None:
    """Make or update every stack in order; the database role before the service needs it."""
    configuration = aws.configuration
    sha = checkout.commit(configuration, args.sha)
    check_user_parameters(configuration)
    identity.note_account(configuration, aws.account(), args.account)
    refuse_if_changing(aws)
    refuse_to_leave_pgbouncer(aws)
    failed = unfinished(aws)
    refuse_if_unbuildable(aws, sha)
    refuse_what_would_fail(aws)
    for name in failed:
        remove_unfinished(aws, name)
    if failed:
        refuse_what_would_fail(aws)
    make_linked_roles(aws)
    for name in configuration.stacks:
        say(f"{name}: deploy/cloudformation/{name}.yaml")
        changes = zones_of_network(aws) if name == "network" else None
        changes = pgbouncer.changes(aws) if name == "pgbouncer" else changes
        changes = variables.parameters_of_platform(aws) if name == "platform" else changes
        token = change_stack(aws, name, ByStacks(aws).facts(), changes)
        if token:
            wait_for_stack(aws, name, token)
        else:
            say(f"{name}: nothing to change")
        if name == "data":
            initialise_database(aws, sha)
    tell_of_mail(aws)
    say("the infrastructure is ready; now release: python -m django_fargate.release release")
    if checkout.account_is_in_no_commit(configuration):
        say("then commit deploy/parameters.json: a pipeline is refused until it names the account")


def refuse_to_leave_pgbouncer(aws: Aws) -> None:
    """Refuse where a repository that has no PgBouncer any more still has its stack."""
    if not aws.configuration.has_pgbouncer_stack and aws.stack("pgbouncer"):
        raise Refused(
            f"the stack {aws.named('pgbouncer')} still exists, and web tasks may use it: release"
            " first, then delete that stack, then run this again"
        )


def refuse_if_unbuildable(aws: Aws, sha: str) -> None:
    """Look before the first stack at what the build of the image needs, where there is none yet."""
    facts = ByStacks(aws).facts()
    if facts.get("RepositoryUri") and aws.image(facts, sha):
        return
    looked_at_by_push = ("--", ".", ":(exclude)deploy/parameters.json")
    configuration = aws.configuration
    is_checkout = configuration.is_checkout and not os.environ.get("GIT_SHA")
    if is_checkout and checkout.git(configuration, "status", "--porcelain", *looked_at_by_push):
        raise Refused("nothing was changed: an image is built from a commit: commit your changes")
    try:
        docker = ["docker", "version", "--format", "{{.Server.Version}}"]
        subprocess.run(docker, stdout=subprocess.DEVNULL, timeout=60, check=True)
    except FileNotFoundError as error:
        raise Refused(
            "nothing was changed: the image must be built, but docker is not installed"
        ) from error
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise Refused(
            "nothing was changed: the image must be built, but Docker does not answer: start it"
        ) from error


def initialise_database(aws: Aws, sha: str) -> None:
    """Make the application's role, in the one task that may read the master's password."""
    facts = ByStacks(aws).facts()
    image = images.needed(aws, facts, sha, is_built=True)
    definition = render(aws, "dbinit", facts, image)
    problems = faults(aws, [definition], image)
    if problems:
        raise Refused("the database cannot be initialised: " + "; ".join(problems))
    task = start_task(aws, facts, register(aws, definition))
    run_task(aws, facts, definition, task, MIGRATION_MINUTES)
