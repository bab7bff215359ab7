"""PgBouncer, which `bootstrap` alone replaces: a release only looks whether it is the same."""

from __future__ import annotations

import hashlib

from . import images
from .aws import Aws, Image
from .by_stacks import ByStacks
from .configuration import Configuration
from .definitions import register, render
from .facts import Facts
from .faults import faults
from .outcomes import Failed, Refused


def fingerprint(configuration: Configuration, facts: Facts) -> str:
    """Return 12 digits that change with the image of PgBouncer and with its task definition."""
    folder = configuration.deploy / "pgbouncer"
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name[0] != "."]
    hashed = hashlib.sha256(facts["DatabaseEndpoint"].encode())
    definition = configuration.deploy / "ecs" / "pgbouncer.json"
    start, certificates = configuration.pgbouncer_start, configuration.certificates
    for path in [*files, start, definition, certificates]:
        content = path.read_bytes()
        hashed.update(f"\n{path.name} {len(content)}\n".encode())
        hashed.update(content)
    return hashed.hexdigest()[:12]


def refuse_if_differs(configuration: Configuration, facts: Facts) -> None:
    """A release never replaces PgBouncer, which would cut every connection of the web tasks."""
    runs, wanted = facts["PgbouncerConfiguration"], fingerprint(configuration, facts)
    if runs != wanted:
        raise Refused(
            f"deploy/pgbouncer changed: this commit has {wanted}, {runs} runs;"
            " run `make bootstrap` first"
        )


def changes(aws: Aws) -> dict[str, str]:
    """Return the parameters of PgBouncer's stack, with a new revision where it changed."""
    facts = ByStacks(aws).facts()
    wanted = fingerprint(aws.configuration, facts)
    if facts.get("PgbouncerConfiguration") == wanted:
        return {"Configuration": wanted}
    built = image(aws, facts, wanted)
    definition = render(aws, "pgbouncer", facts, built)
    problems = faults(aws, [definition], built)
    if problems:
        raise Refused("PgBouncer could not start: " + "; ".join(problems))
    return {"Configuration": wanted, "Revision": register(aws, definition)}


def image(aws: Aws, facts: Facts, tag: str) -> Image:
    """Return the image of a configuration, built and pushed when there is none yet."""
    own = Facts({**facts, "RepositoryUri": facts["PgbouncerRepositoryUri"]}, facts.complaint)
    found = aws.image(own, tag)
    if found is None:
        images.build(aws, "--pgbouncer", tag)
        found = aws.image(own, tag)
    if found is None:
        raise Failed(f"the build left no image {own['RepositoryUri']}:{tag}")
    return found
