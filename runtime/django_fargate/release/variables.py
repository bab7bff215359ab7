"""What deploy/environment.json declares, put into the task definitions of deploy/ecs."""

from __future__ import annotations

import json
from typing import Any

from ..declared import FILE, Declared, Faulty, declared
from . import parameters
from .aws import Aws
from .configuration import Configuration
from .outcomes import Refused

# Of a task definition: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
SIZE_LIMIT_BYTES = 65_536


def variables(configuration: Configuration) -> list[Declared]:
    """Return what is declared; refuse what no task could be given."""
    try:
        found = declared(configuration.root)
    except Faulty as error:
        raise Refused(str(error)) from error
    known = tasks_with_code(configuration)
    for item in found:
        unknown = [name for name in item.services or () if name not in known]
        if unknown:
            raise Refused(
                f"{FILE}: {item.name} is for {', '.join(unknown)}; there are {', '.join(known)}"
            )
    return found


def tasks_with_code(configuration: Configuration) -> list[str]:
    """Return the task definitions that load the settings: not dbinit, not PgBouncer."""
    return [*(service.name for service in configuration.services), "migrate", "ops"]


def with_variables(aws: Aws, name: str, definition: dict[str, Any]) -> dict[str, Any]:
    """Return a task definition with the variables and secrets that are declared for it."""
    configuration = aws.configuration
    if name not in tasks_with_code(configuration):
        return definition
    first, *others = definition["containerDefinitions"]
    environment = list(first.get("environment", []))
    secrets = list(first.get("secrets", []))
    there = {item["name"] for item in [*environment, *secrets]}
    for item in variables(configuration):
        if item.name in there:
            raise Refused(
                f"{FILE}: {item.name} stands in deploy/ecs/{name}.json as well: change it there,"
                " and leave it out here"
            )
        if not item.goes_to(name):
            continue
        if item.value is not None:
            environment.append({"name": item.name, "value": item.value})
        else:
            secrets.append({"name": item.name, "valueFrom": source_of(aws, item)})
    more = {"environment": environment, **({"secrets": secrets} if secrets else {})}
    whole = {**definition, "containerDefinitions": [{**first, **more}, *others]}
    size = len(json.dumps(whole).encode())
    if size > SIZE_LIMIT_BYTES:
        raise Refused(
            f"the task definition {name} has {size} bytes with what {FILE} declares, and ECS takes"
            f" {SIZE_LIMIT_BYTES}: shorten its values"
        )
    return whole


def source_of(aws: Aws, item: Declared) -> str:
    """Return where ECS finds a secret."""
    if not item.arn:
        return f"{app_secret_arn(aws)}:{item.name}::"
    configuration, account = aws.configuration, aws.account()
    _, partition, _, region, owner, *_ = item.arn.split(":")
    here = (configuration.partition, configuration.region, account)
    if (partition, region, owner) != here:
        raise Refused(
            f"{FILE}: the secret of {item.name} must be of this account and region ({account},"
            f" {configuration.region}): the tasks reach no other"
        )
    # It is whole, as ECS wants it: nobody need ask for the characters at its end.
    aws.known[item.resource] = item.resource
    return item.arn


def own_arns(aws: Aws) -> dict[str, list[str]]:
    """Return the ARNs that are declared, by the parameter of platform.yaml that takes them.

    The role that starts the tasks may read these, and nothing beside them.
    """
    items = [item for item in variables(aws.configuration) if item.arn]
    for item in items:
        source_of(aws, item)
    by_service = {"SecretArns": ":secretsmanager:", "ParameterArns": ":ssm:"}
    return {
        parameter: sorted({item.resource for item in items if service in item.resource})
        for parameter, service in by_service.items()
    }


def parameters_of_platform(aws: Aws) -> dict[str, str]:
    """Return what `make bootstrap` gives the stack: empty where nothing is declared any more."""
    known = parameters.declared(parameters.file_of(aws.configuration, "platform"))
    values = {name: ",".join(arns) for name, arns in own_arns(aws).items()}
    # A stack's file from before there were such parameters does without.
    return {name: value for name, value in values.items() if value or name in known}


def app_secret_name(configuration: Configuration) -> str:
    return f"{configuration.slug}/app"


def app_secret_arn(aws: Aws) -> str:
    """Return the ARN of the project's secret, without the six characters that AWS adds."""
    configuration = aws.configuration
    place = f"{configuration.partition}:secretsmanager:{configuration.region}:{aws.account()}"
    return f"arn:{place}:secret:{app_secret_name(configuration)}"
