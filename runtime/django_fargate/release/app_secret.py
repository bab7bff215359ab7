"""The project's secret: one JSON object in Secrets Manager, a key for each declared name.

Its description notes which names it has at which version, so that a release can tell without the
right to read a value. A version that replaces another takes its label only from that one, so of
two operators at once the slower one looks again, and no key is lost:
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

from .aws import Aws
from .outcomes import Failed, Refused, say
from .secret_arns import find_secret
from .variables import app_secret_arn, app_secret_name

# Limits of Secrets Manager: of a value, and of a description.
VALUE_LIMIT_BYTES = 65_536
DESCRIPTION_LIMIT = 2_048
CURRENT = "AWSCURRENT"
# Of a version that is to become the current one.
NEXT = "NEXT"
ATTEMPTS = 5
NOTE = "Names at version "

Values = dict[str, str]


class AppSecret:
    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.client = aws.secretsmanager
        self.name = app_secret_name(aws.configuration)

    def describe(self) -> dict[str, Any] | None:
        return find_secret(self.aws, app_secret_arn(self.aws))

    def faults(self, wanted: list[str]) -> list[str]:
        """Return why tasks could not be given these names; no value is read."""
        about = self.describe() if wanted else None
        # One that is missing or going is told by who looks at all secrets.
        if about is None or "DeletedDate" in about:
            return []
        version, names = noted(about.get("Description", ""))
        current = current_version(about)
        if current and version != current:
            return [
                f"the secret {self.name} was changed by something else than `make secret`, so its"
                " names are not known: run `make secrets`"
            ]
        return [
            f"the secret {self.name} has no {name}: run `make secret NAME={name}`"
            for name in wanted
            if name not in names
        ]

    def read(self) -> tuple[str, Values]:
        """Return the current version and what it holds; no version where there is none yet."""
        try:
            answer = self.client.get_secret_value(SecretId=self.name, VersionStage=CURRENT)
        except self.client.exceptions.ResourceNotFoundException:
            return "", {}
        try:
            values = json.loads(answer.get("SecretString", ""))
        except ValueError:
            values = None
        if not isinstance(values, dict):
            raise Refused(f"the secret {self.name} does not hold a JSON object: {{...}}")
        return answer["VersionId"], values

    def change(self, change: Callable[[Values], Values]) -> list[str]:
        """Change what it holds, also while another operator does; return its names."""
        self.refuse_unless_there()
        for _ in range(ATTEMPTS):
            version, values = self.read()
            if self.put(version, change(dict(values))):
                return self.note_names()
            say(f"{self.name} was changed by somebody else meanwhile: looking again")
        raise Failed(f"{self.name} is being changed all the time: try again later")

    def refuse_unless_there(self) -> None:
        about = self.describe()
        if about is not None and "DeletedDate" in about:
            raise Refused(
                f"the secret {self.name} is being deleted: `aws secretsmanager restore-secret"
                f" --secret-id {self.name}` takes that back"
            )
        if about is None and self.aws.configuration.has_stacks:
            raise Refused(f"there is no secret {self.name}: run `make bootstrap`, which creates it")
        if about is None:
            say(f"creating the secret {self.name}")
            try:
                self.client.create_secret(Name=self.name, SecretString="{}")
            except self.client.exceptions.ResourceExistsException:
                say(f"somebody else has just created {self.name}")

    def put(self, version: str, values: Values) -> bool:
        """Put these values in the place of a version; return whether it was still the current."""
        text = json.dumps(values)
        if len(text.encode()) > VALUE_LIMIT_BYTES:
            raise Refused(
                f"{self.name} would have {len(text.encode())} bytes, and Secrets Manager takes"
                f" {VALUE_LIMIT_BYTES}: keep a large one in a secret of your own, and declare its"
                " ARN"
            )
        description("0" * 36, values)
        new = str(uuid.uuid4())
        answer = self.client.put_secret_value(
            SecretId=self.name, ClientRequestToken=new, SecretString=text, VersionStages=[NEXT]
        )
        # The first version of all is the current one at once.
        if CURRENT in answer["VersionStages"]:
            return True
        if not version:
            return False
        errors = self.client.exceptions
        try:
            self.client.update_secret_version_stage(
                SecretId=self.name,
                VersionStage=CURRENT,
                MoveToVersionId=new,
                RemoveFromVersionId=version,
            )
        except (
            errors.InvalidParameterException,
            errors.InvalidRequestException,
            errors.ResourceNotFoundException,
        ):
            return False
        return True

    def note_names(self) -> list[str]:
        """Note in the description which names the current version has; return them."""
        for _ in range(ATTEMPTS):
            version, values = self.read()
            if not version:
                return []
            text = description(version, values)
            self.client.update_secret(SecretId=self.name, Description=text)
            if current_version(self.describe() or {}) == version:
                return names_of(values)
        raise Failed(f"{self.name} is being changed all the time: run `make secrets` later")


def current_version(about: dict[str, Any]) -> str:
    """Return the version that tasks are given; nothing before the first."""
    stages = about.get("VersionIdsToStages") or {}
    return next((version for version, labels in stages.items() if CURRENT in labels), "")


def names_of(values: Values) -> list[str]:
    """Return the keys that a task can be given: texts that are not empty."""
    return sorted(name for name, value in values.items() if isinstance(value, str) and value)


def description(version: str, values: Values) -> str:
    text = f"{NOTE}{version}: {' '.join(names_of(values))}"
    if len(text) > DESCRIPTION_LIMIT:
        raise Refused(
            f"the names of all secrets have {len(text)} characters with what is noted beside them,"
            f" and there is room for {DESCRIPTION_LIMIT}: keep some in a secret of your own, and"
            " declare its ARN"
        )
    return text


def noted(text: str) -> tuple[str, list[str]]:
    """Return the version and the names of a description."""
    version, found, names = text.removeprefix(NOTE).partition(":")
    return (version, names.split()) if found and text.startswith(NOTE) else ("", [])
