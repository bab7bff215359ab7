"""Builds the image of one commit and pushes it to ECR.

python deploy/push.py        in a pipeline, where GIT_SHA names the commit; by hand: make push

The image's tag is the commit, and ECR never takes a tag twice: what a rollback finds is what ran.
A commit whose image is there already is not built again, so a failed pipeline can be run again.

Exit codes: 0 pushed, or there already; 1 it failed; 2 refused.
"""

import argparse
import base64
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import identity
from botocore.exceptions import BotoCoreError, ClientError
from identity import TIMEOUTS, Refused

ROOT = Path(__file__).resolve().parent.parent
REPOSITORY = "shop"
# Of the tasks. A machine of another kind builds for it by emulation, which is slow.
PLATFORM = "linux/amd64"
MACHINES = ("x86_64", "amd64")
# The only tag that is overwritten: the layers of the Dockerfile's first stage.
CACHE_TAG = "buildcache"

# Of a pipeline's credentials: what every role allows.
SESSION_SECONDS = 3600


def main(arguments: Sequence[str] = ()) -> int:
    parser = argparse.ArgumentParser(prog="push.py", description="Builds an image and pushes it.")
    parser.add_argument("--account", help="default: what deploy/parameters.json says")
    args = parser.parse_args(arguments)
    try:
        sha = commit()
        session = own_session(args.account)
        push(session, sha)
    except Refused as error:
        print(f"push.py: {error}", file=sys.stderr)
        return 2
    except (BotoCoreError, ClientError, OSError) as error:
        print(f"push.py: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        command = " ".join(error.cmd[:2])
        print(f"push.py: {command} ended with {error.returncode}", file=sys.stderr)
        return 1
    return 0


def own_session(given: str | None) -> Any:
    """Return a session in the account of this repository; refuse credentials of another one."""
    identity.refuse_another_region()
    wanted = identity.wanted_account(given)
    session = identity.open_session(None, SESSION_SECONDS)
    here = session.client("sts", config=TIMEOUTS).get_caller_identity()["Account"]
    print(f"account {here}, region {identity.REGION}", flush=True)
    identity.refuse_another_account(here, wanted)
    return session


def commit() -> str:
    """Return the commit to build: GIT_SHA where a pipeline sets it, else what is checked out."""
    sha = os.environ.get("GIT_SHA", "")
    if sha:
        return sha
    git = ["git", "-C", str(ROOT)]
    # No image holds it, and `make bootstrap` has just written the account there.
    looked_at = ["--", ".", ":(exclude)deploy/parameters.json"]
    try:
        head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True)
        status = subprocess.run(
            [*git, "status", "--porcelain", *looked_at], capture_output=True, text=True
        )
    except FileNotFoundError:
        raise Refused("there is no git; set GIT_SHA to the commit") from None
    if head.returncode != 0:
        raise Refused("this is no git repository with a commit; set GIT_SHA to the commit")
    if status.stdout:
        raise Refused("there are changes that no commit has; the image would not be the commit's")
    return head.stdout.strip()


def push(session: Any, sha: str) -> None:
    """Build, and push, unless the commit's image is there."""
    ecr = session.client("ecr", config=TIMEOUTS)
    registry = log_in(ecr)
    image = f"{registry}/{REPOSITORY}:{sha}"
    if is_pushed(ecr, sha):
        print(f"{image} is there already")
        return
    build(image, f"{registry}/{REPOSITORY}:{CACHE_TAG}", sha)
    docker("push", image)
    print(f"{image} is pushed")


def log_in(ecr: Any) -> str:
    """Give Docker a password that ends after 12 hours; return the registry's name."""
    (grant,) = ecr.get_authorization_token()["authorizationData"]
    registry: str = grant["proxyEndpoint"].removeprefix("https://")
    user, _, password = base64.b64decode(grant["authorizationToken"]).decode().partition(":")
    docker("login", "--username", user, "--password-stdin", registry, stdin=password)
    return registry


def is_pushed(ecr: Any, sha: str) -> bool:
    found = ecr.batch_get_image(repositoryName=REPOSITORY, imageIds=[{"imageTag": sha}])
    return bool(found["images"])


def for_platform() -> list[str]:
    """Return the options for a build on a machine of another kind."""
    return [] if platform.machine().lower() in MACHINES else ["--platform", PLATFORM]


def build(image: str, cache: str, sha: str) -> None:
    """Build the image, with the layers of the build before as a cache.

    The cache is the Dockerfile's first stage, which installs the requirements. It is pushed as an
    image of its own, because the last stage alone would not hold those layers.
    """
    options = for_platform()
    inline = ["--build-arg", "BUILDKIT_INLINE_CACHE=1"]
    docker(
        *("build", *options, "--target", "build", "--cache-from", cache, *inline),
        *("--tag", cache, str(ROOT)),
    )
    try:
        docker("push", "--quiet", cache)
    except subprocess.CalledProcessError:
        print(f"push.py: {cache} was not stored; the next build takes longer", file=sys.stderr)
    docker("build", *options, "--build-arg", f"GIT_SHA={sha}", "--tag", image, str(ROOT))


def docker(*arguments: str, stdin: str | None = None) -> None:
    # One manifest for one image, which ECR scans and a release looks at, instead of an index.
    environment = {**os.environ, "DOCKER_BUILDKIT": "1", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
    sys.stdout.flush()
    subprocess.run(["docker", *arguments], input=stdin, text=True, check=True, env=environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
