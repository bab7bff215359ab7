"""Whether a release could start: looked at before anything is changed."""

from __future__ import annotations

import argparse
from typing import Any

from . import checkout, images, infrastructure, pgbouncer
from .app_secret import AppSecret
from .aws import Aws
from .definitions import render
from .facts import Facts
from .faults import faults
from .outcomes import Refused, say
from .own_secrets import own_right_faults
from .variables import variables


def verified(aws: Aws, args: argparse.Namespace) -> tuple[str, Facts, dict[str, dict[str, Any]]]:
    """Return the commit, the facts and the rendered task definitions; refuse what cannot start."""
    configuration = aws.configuration
    sha = checkout.commit(configuration, args.sha)
    facts = infrastructure.of(aws).facts()
    if configuration.has_pgbouncer_stack:
        pgbouncer.refuse_if_differs(configuration, facts)
    image = images.needed(aws, facts, sha, getattr(args, "build", False))
    names = ["migrate", "ops", *(service.name for service in configuration.services)]
    definitions = {name: render(aws, name, facts, image) for name in names}
    problems = faults(aws, list(definitions.values()), image)
    kept = [item.name for item in variables(configuration) if item.is_kept]
    problems += [*AppSecret(aws).faults(kept), *own_right_faults(aws)]
    if problems:
        raise Refused("this release could not start: " + "; ".join(problems))
    say(f"verified: roles, secrets, log groups and the image of {sha[:12]} ({image.digest[:19]})")
    return sha, facts, definitions


def verify(aws: Aws, args: argparse.Namespace) -> None:
    verified(aws, args)
