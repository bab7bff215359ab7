"""The image of a commit, built and pushed where there is none yet."""

from __future__ import annotations

import os
import subprocess
import sys

from .aws import Aws, Image
from .facts import Facts
from .outcomes import Failed, Refused

BUILD_MINUTES = 60


def build(aws: Aws, *options: str) -> None:
    """Let the command `push` build an image and push it: of this checkout, or PgBouncer's."""
    profile = aws.session.profile_name
    environment = {**os.environ, **({"AWS_PROFILE": profile} if profile != "default" else {})}
    command = [sys.executable, "-m", "django_fargate.release", "push"]
    command += ["--account", aws.account(), *options]
    root = aws.configuration.root
    try:
        done = subprocess.run(command, cwd=root, env=environment, timeout=60 * BUILD_MINUTES)  # noqa: S603  our own
    except subprocess.TimeoutExpired as error:
        raise Failed(f"the image was not built within {BUILD_MINUTES} minutes") from error
    if done.returncode == 2:
        raise Refused("the image was not built: the line above says why")
    if done.returncode:
        raise Failed(f"the build of the image ended with {done.returncode}")


def needed(aws: Aws, facts: Facts, sha: str, is_built: bool) -> Image:
    """Return the image of a commit, built and pushed where it may be and there is none yet."""
    image = aws.image(facts, sha)
    if image is None and is_built:
        build(aws)
        image = aws.image(facts, sha)
    if image is None:
        raise Refused(
            f"there is no image {facts['RepositoryUri']}:{sha}: push it first, or let --build do it"
        )
    return image
