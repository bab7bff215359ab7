"""Whose account this is: what is looked at before anything else is asked of AWS.

A checkout belongs to one account, which deploy/parameters.json names, and to one region, which the
stacks and the task definitions name. Credentials of another account are refused.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from .configuration import Configuration
from .outcomes import Refused

# Seconds. An AWS call that hangs must not hold the pipeline until its own limit.
TIMEOUTS = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard"})


def open_session(configuration: Configuration, profile: str | None, seconds: int) -> Any:
    """Return a session as the AWS CLI would, except that a pipeline's token is exchanged.

    The credentials that it is exchanged for are valid for `seconds`.
    GitLab and Bitbucket hand over a token, to be traded for credentials of the role AWS_ROLE_ARN.
    boto3 alone asks for those of one hour, whatever the role allows, and then presents the same
    token again, which may have ended by then:
    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
    """
    role = os.environ.get("AWS_ROLE_ARN")
    token = os.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE")
    # What boto3 takes before a token.
    others = (profile, os.environ.get("AWS_PROFILE"), os.environ.get("AWS_ACCESS_KEY_ID"))
    if not role or not token or any(others):
        return boto3.Session(profile_name=profile, region_name=configuration.region)
    answer = boto3.Session(region_name=configuration.region).client("sts", config=TIMEOUTS)
    given = answer.assume_role_with_web_identity(
        RoleArn=role,
        RoleSessionName=os.environ.get("AWS_ROLE_SESSION_NAME", configuration.named("pipeline")),
        WebIdentityToken=Path(token).read_text(encoding="utf-8").strip(),
        DurationSeconds=seconds,
    )["Credentials"]
    return boto3.Session(
        given["AccessKeyId"],
        given["SecretAccessKey"],
        given["SessionToken"],
        region_name=configuration.region,
    )


def refuse_another_region(configuration: Configuration) -> None:
    """Refuse a region of the shell's, which the AWS CLI would go to, beside this repository's."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        region = os.environ.get(name)
        if region and region != configuration.region:
            raise Refused(
                f"{name} is {region}, but this repository is for {configuration.region}:"
                f" export {name}={configuration.region}, or unset it"
            )


def parameters(configuration: Configuration) -> dict[str, Any]:
    """Return deploy/parameters.json: what only the owner of the account knows."""
    file = configuration.parameters_file
    try:
        given = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except ValueError as error:
        raise Refused(f"deploy/parameters.json is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise Refused("deploy/parameters.json is not an object: {...}")
    return given


def wanted_account(configuration: Configuration, given: str | None) -> str:
    """Return the number that --account says, else deploy/parameters.json; empty: neither does."""
    number = given or parameters(configuration).get("account", "")
    if number == "" or (isinstance(number, str) and re.fullmatch(r"[0-9]{12}", number)):
        return str(number)
    where = "--account" if given else 'deploy/parameters.json: "account"'
    raise Refused(f"{where} is {number!r}: write the 12 digits of the account as a text")


def refuse_another_account(here: str, wanted: str) -> None:
    """Refuse credentials of any account but the one that was named."""
    if not wanted:
        raise Refused(
            "deploy/parameters.json does not say which account this repository belongs to: write"
            f' "account": "{here}" there if it is the one of these credentials, and commit it'
        )
    if here != wanted:
        raise Refused(
            f"these credentials belong to account {here}, but this repository belongs to {wanted}:"
            " use others (AWS_PROFILE), or name another account with --account"
        )


def note_account(configuration: Configuration, here: str, given: str | None) -> None:
    """Write the account into deploy/parameters.json, once; ask first unless --account says it."""
    if parameters(configuration).get("account"):
        return
    if not given:
        if not sys.stdin.isatty():
            raise Refused(
                "deploy/parameters.json does not say which account this repository belongs to, and"
                f" nobody can be asked: name it with --account {here}, or write it there"
            )
        answer = input(f"Is {here} the account in which {configuration.slug} is to run? [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            raise Refused("nothing was created: use credentials of the right account")
    file = configuration.parameters_file
    text = file.read_text(encoding="utf-8") if file.is_file() else "{}\n"
    line = f'"account": "{here}"'
    text, count = re.subn(r'"account"\s*:\s*""', line, text, count=1)
    if not count:
        end = "," if json.loads(text) else ""
        text = text.replace("{", f"{{\n  {line}{end}", 1)
    file.write_text(text, encoding="utf-8")
    print(f"deploy/parameters.json now says {line}", flush=True)
