"""The commands, their options, and how each of them ends.

Exit codes: 0 done, 1 failed on the way, 2 refused: nothing that runs was changed.
Needs deploy/requirements.txt, AWS credentials as the AWS CLI knows them, and git.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from . import identity, push
from .aws import Aws
from .bootstrap import bootstrap
from .configuration import Configuration
from .one_off import run
from .outcomes import Failed, Refused, reason_of, say
from .release import migrate, release
from .rollback import rollback
from .secret_values import secret, secrets
from .status import logs, status
from .verify import verify

PROGRAM = "python -m django_fargate.release"
# Of a pipeline's credentials: as long as its role and its job allow.
SESSION_SECONDS = 7200


def parser(configuration: Configuration) -> argparse.ArgumentParser:
    """Return the commands that there are for this repository."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--account", help="default: what deploy/parameters.json says")
    common.add_argument("--profile", help="of ~/.aws/config; default: AWS_PROFILE")
    common.set_defaults(prepare=lambda configuration, args: None, seconds=SESSION_SECONDS)
    of_commit = argparse.ArgumentParser(add_help=False)
    of_commit.add_argument("--sha", help="the commit; default: the one that is checked out")
    of_commit.add_argument("--build", action="store_true", help="build and push a missing image")
    slug = configuration.slug
    about = f"Releases {slug} to ECS, and rolls releases back."
    root = argparse.ArgumentParser(prog=PROGRAM, description=about)
    commands = root.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, function: Callable[..., None], text: str, *parents: Any) -> Any:
        command = commands.add_parser(name, help=text, parents=[common, *parents])
        command.set_defaults(function=function)
        return command

    if configuration.has_stacks:
        add("bootstrap", bootstrap, "create or update the infrastructure", of_commit)
    pushed = add("push", push.push, "build the image of this commit and push it, unless it exists")
    pushed.set_defaults(prepare=push.prepare, seconds=push.SESSION_SECONDS)
    if configuration.pgbouncer:
        pushed.add_argument("--pgbouncer", metavar="TAG", help="PgBouncer's image, under this tag")
    released = add("release", release, "release the commit that is checked out", of_commit)
    if configuration.static == "s3":
        what = "collected, for the bucket"
        released.add_argument("--static-files", default="staticfiles", help=what)
    back = add("rollback", rollback, "roll back to the previous release")
    back.add_argument("--to", type=int, metavar="NUMBER", help="another revision of the web task")
    add("migrate", migrate, "run the migrations only", of_commit)
    once = add("run", run, "run a command in a one-off task; without one, open a shell in it")
    once.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    add("status", status, "what runs, and its health")
    written = add("logs", logs, "the output of the tasks")
    written.add_argument("task", nargs="?", default="web", choices=tasks_of(configuration))
    written.add_argument("--since", default="15m", help="such as 15m, 2h, 1d")
    written.add_argument("--follow", action="store_true", help="until Ctrl-C")
    kept = add("secret", secret, "set a secret: it is asked for, or read from standard input")
    kept.add_argument("name", nargs="?", help="as deploy/environment.json declares it")
    kept.add_argument("value", nargs="*", help=argparse.SUPPRESS)
    kept.add_argument("--remove", action="store_true", help="remove one that nothing reads")
    add("secrets", secrets, "the names of the secrets and whether they are set, never a value")
    add("verify", verify, "whether a release could start", of_commit)
    return root


def tasks_of(configuration: Configuration) -> list[str]:
    """Return the tasks that have a log."""
    once = ["migrate", "ops", *(["dbinit"] if configuration.has_stacks else [])]
    web, *beside = (service.name for service in configuration.services)
    return [web, *once, *beside, *(["pgbouncer"] if configuration.pgbouncer else [])]


def main(
    arguments: list[str], session: Any = None, configuration: Configuration | None = None
) -> int:
    """Run one command, and return its exit code."""
    try:
        here = configuration or Configuration.read(Path.cwd())
        execute(here, parser(here).parse_args(arguments), session)
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 2
    except Failed as failure:
        return failed(failure)
    except NoCredentialsError:
        return failed("no AWS credentials: set AWS_PROFILE, or log in")
    except ClientError as error:
        return failed(reason_of(error))
    except subprocess.CalledProcessError as error:
        return failed(f"{' '.join(error.cmd[:2])} ended with {error.returncode}")
    except (BotoCoreError, OSError) as error:
        return failed(" ".join(str(error).split()))
    except KeyboardInterrupt:
        return failed(f"interrupted; AWS continues: {PROGRAM} status")
    return 0


def execute(configuration: Configuration, args: argparse.Namespace, session: Any) -> None:
    """Look whose account it is before anything else is asked of AWS, then do what was asked."""
    args.prepare(configuration, args)
    identity.refuse_another_region(configuration)
    wanted = identity.wanted_account(configuration, args.account)
    session = session or identity.open_session(configuration, args.profile, args.seconds)
    aws = Aws(configuration, session)
    say(f"account {aws.account()}, region {configuration.region}")
    # The first bootstrap asks for it.
    if wanted or args.function is not bootstrap:
        identity.refuse_another_account(aws.account(), wanted)
    args.function(aws, args)


def failed(reason: object) -> int:
    print(f"failed: {reason}", file=sys.stderr)
    return 1
