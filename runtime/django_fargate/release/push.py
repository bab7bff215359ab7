"""The image of one commit, built and pushed to ECR.

The image's tag is the commit, and ECR never takes a tag twice: what a rollback finds is what ran.
A commit whose image is there already is not built again, so a failed pipeline can be run again.
"""

from __future__ import annotations

import argparse
import base64
import os
import platform
import subprocess
import sys
from typing import Any

from .aws import Aws
from .configuration import Configuration
from .outcomes import Refused, show

# Of the tasks, by what Docker calls it. A machine of another kind builds for it by emulation, which
# is slow.
PLATFORMS = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}
MACHINES = {"X86_64": ("x86_64", "amd64"), "ARM64": ("aarch64", "arm64")}
# The only tag that is overwritten: the layers of the Dockerfile's first stage.
CACHE_TAG = "buildcache"

# Of a pipeline's credentials: what every role allows.
SESSION_SECONDS = 3600


def prepare(configuration: Configuration, args: argparse.Namespace) -> None:
    """Look at the checkout before AWS is asked anything."""
    args.sha = "" if getattr(args, "pgbouncer", None) else commit(configuration)


def push(aws: Aws, args: argparse.Namespace) -> None:
    if tag := getattr(args, "pgbouncer", None):
        push_pgbouncer(aws, tag)
    else:
        push_image(aws, args.sha)


def commit(configuration: Configuration) -> str:
    """Return the commit to build: GIT_SHA where a pipeline sets it, else what is checked out."""
    sha = os.environ.get("GIT_SHA", "")
    if sha:
        return sha
    git = ["git", "-C", str(configuration.root)]
    # No image holds it, and `make bootstrap` has just written the account there.
    looked_at = ["--", ".", ":(exclude)deploy/parameters.json"]
    try:
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True)
        status = subprocess.run(
            [*git, "status", "--porcelain", *looked_at], capture_output=True, text=True
        )
    except FileNotFoundError:
        raise Refused("git is not installed; set GIT_SHA to the commit") from None
    if head.returncode != 0:
        raise Refused("this is not a git repository with a commit; set GIT_SHA to the commit")
    if status.stdout:
        raise Refused("there are uncommitted changes; the image would not match the commit")
    return head.stdout.strip()


def push_image(aws: Aws, sha: str) -> None:
    """Build, and push, unless the commit's image is there."""
    repository = aws.configuration.slug
    registry = log_in(aws.ecr)
    image = f"{registry}/{repository}:{sha}"
    if is_pushed(aws.ecr, sha, repository):
        show(f"{image} already exists")
        return
    build(aws.configuration, image, f"{registry}/{repository}:{CACHE_TAG}", sha)
    docker("push", image)
    show(f"{image} is pushed")


def push_pgbouncer(aws: Aws, tag: str) -> None:
    """Build PgBouncer's image, and push it, unless there is one of that tag.

    It is built once in a long time, so the newest base is fetched instead of a cache.
    """
    configuration = aws.configuration
    repository = aws.named("pgbouncer")
    registry = log_in(aws.ecr)
    image = f"{registry}/{repository}:{tag}"
    if is_pushed(aws.ecr, tag, repository):
        show(f"{image} already exists")
        return
    file = str(configuration.deploy / "pgbouncer" / "Dockerfile")
    options = [*for_platform(configuration), "--pull", "--file", file]
    docker("build", *options, "--tag", image, str(configuration.root))
    docker("push", image)
    show(f"{image} is pushed")


def log_in(ecr: Any) -> str:
    """Give Docker a password that ends after 12 hours; return the registry's name."""
    (grant,) = ecr.get_authorization_token()["authorizationData"]
    registry: str = grant["proxyEndpoint"].removeprefix("https://")
    user, _, password = base64.b64decode(grant["authorizationToken"]).decode().partition(":")
    docker("login", "--username", user, "--password-stdin", registry, stdin=password)
    return registry


def is_pushed(ecr: Any, tag: str, repository: str) -> bool:
    found = ecr.batch_get_image(repositoryName=repository, imageIds=[{"imageTag": tag}])
    return bool(found["images"])


def for_platform(configuration: Configuration) -> list[str]:
    """Return the options for a build on a machine of another kind."""
    architecture = configuration.architecture
    is_same = platform.machine().lower() in MACHINES[architecture]
    return [] if is_same else ["--platform", PLATFORMS[architecture]]


def build(configuration: Configuration, image: str, cache: str, sha: str) -> None:
    """Build the image, with the layers of the build before as a cache.

    The cache is the Dockerfile's first stage, which installs the requirements. It is pushed as an
    image of its own, because the last stage alone would not hold those layers.
    """
    options, root = for_platform(configuration), str(configuration.root)
    options += credentials(configuration)
    inline = ["--build-arg", "BUILDKIT_INLINE_CACHE=1"]
    docker(
        *("build", *options, "--target", "build", "--cache-from", cache, *inline),
        *("--tag", cache, root),
    )
    try:
        docker("push", "--quiet", cache)
    except subprocess.CalledProcessError:
        print(f"{cache} was not stored; the next build takes longer", file=sys.stderr)
    docker("build", *options, "--build-arg", f"GIT_SHA={sha}", "--tag", image, root)


def credentials(configuration: Configuration) -> list[str]:
    """Return the options that lend the build who may read a private index: no layer keeps it."""
    if os.environ.get("PACKAGES_NETRC"):
        return ["--secret", "id=netrc,env=PACKAGES_NETRC"]
    file = os.environ.get("NETRC") or str(configuration.root / ".netrc")
    return ["--secret", f"id=netrc,src={file}"] if os.path.isfile(file) else []


def docker(*arguments: str, stdin: str | None = None) -> None:
    # One manifest for one image, which ECR scans and a release looks at, instead of an index.
    environment = {**os.environ, "DOCKER_BUILDKIT": "1", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
    sys.stdout.flush()
    subprocess.run(["docker", *arguments], input=stdin, text=True, check=True, env=environment)
