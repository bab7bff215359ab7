"""The parameters of the stacks: what deploy/parameters.json says, and what AWS is given."""

from __future__ import annotations

import re
from typing import Any

from . import identity
from .configuration import Configuration
from .facts import Facts
from .outcomes import Refused


def user_parameters(configuration: Configuration) -> dict[str, dict[str, str]]:
    """Return the parameters of each stack that deploy/parameters.json says."""
    given = identity.parameters(configuration)
    given = {name: values for name, values in given.items() if name != "account"}
    unknown = set(given) - set(configuration.stacks)
    if unknown:
        raise Refused(f"deploy/parameters.json: no stack is named {', '.join(sorted(unknown))}")
    for name, values in given.items():
        if not isinstance(values, dict):
            raise Refused(f"deploy/parameters.json: {name} is not an object: {{...}}")
    return {
        name: {key: text_of(name, key, value) for key, value in values.items()}
        for name, values in given.items()
    }


def text_of(name: str, key: str, value: Any) -> str:
    """Return a value of deploy/parameters.json as CloudFormation takes it: `true`, not `True`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise Refused(f"deploy/parameters.json: {key} of {name} is {value!r}: write a text")
    return str(value)


def file_of(configuration: Configuration, name: str) -> str:
    return (configuration.deploy / "cloudformation" / f"{name}.yaml").read_text(encoding="utf-8")


def declared(body: str) -> dict[str, dict[str, str]]:
    """Return the parameters of a stack's file, and what it says about each: Default and so on."""
    block = re.search(r"^Parameters:\n((?:[ #].*\n|\n)*)", body, re.MULTILINE)
    found: dict[str, dict[str, str]] = {}
    name = ""
    for line in (block[1] if block else "").splitlines():
        if key := re.match(r"  (\w+):", line):
            name = key[1]
            found[name] = {}
        elif name and (pair := re.match(r" {4}(\w+): ?(.*)", line)):
            found[name][pair[1]] = pair[2].strip("\"'")
    return found


def check_user_parameters(configuration: Configuration) -> None:
    """Refuse a wrong deploy/parameters.json before the first stack is made."""
    for name, values in user_parameters(configuration).items():
        known = declared(file_of(configuration, name))
        for key, value in values.items():
            about = known.get(key)
            if about is None:
                raise Refused(f"{name}.yaml has no parameter {key}")
            is_list = about.get("Type") == "CommaDelimitedList"
            parts = value.split(",") if is_list else [value]
            allowed = re.findall(r"[^\s\"',\[\]]+", about.get("AllowedValues", ""))
            if allowed and not set(parts) <= set(allowed):
                what = f"must be {' or '.join(sorted(allowed))}"
                raise Refused(f"deploy/parameters.json: {key} of {name} {what}; it is {value!r}")
            pattern = about.get("AllowedPattern", ".*")
            if not all(re.fullmatch(pattern, part) for part in parts):
                what = about.get("ConstraintDescription", f"must match {about['AllowedPattern']}")
                raise Refused(f"deploy/parameters.json: {key} of {name} {what}; it is {value!r}")


def known_to(stack: dict[str, Any] | None) -> set[str]:
    """Return the parameters that a stack has a value of."""
    return {item["ParameterKey"] for item in (stack or {}).get("Parameters", [])}


def values_of(configuration: Configuration, name: str, body: str) -> dict[str, str]:
    """Return the values of a stack's parameters that are known before any stack is there."""
    defaults = {
        key: about["Default"] for key, about in declared(body).items() if "Default" in about
    }
    return {
        **defaults,
        **user_parameters(configuration).get(name, {}),
    }


def stack_parameters(
    configuration: Configuration,
    name: str,
    body: str,
    facts: Facts,
    changes: dict[str, str],
    known: set[str],
) -> list[dict[str, Any]]:
    """Return the values of a stack's parameters; `known` are those that it has already."""
    given = user_parameters(configuration).get(name, {})
    revisions = {service.parameter for service in configuration.services}
    missing = set(changes) - set(declared(body))
    if missing:
        raise Refused(f"{name}.yaml has no parameter {', '.join(sorted(missing))}")
    values: list[dict[str, Any]] = []
    for key, about in declared(body).items():
        value = changes.get(key, given.get(key, facts.get(key)))
        # A stack from before there was a worker has no revision of one to keep.
        if key in revisions and key not in changes and key in known:
            values.append({"ParameterKey": key, "UsePreviousValue": True})
        elif value is not None:
            values.append({"ParameterKey": key, "ParameterValue": str(value)})
        elif "Default" not in about:
            raise Refused(f"deploy/parameters.json must contain {key} of the stack {name}")
    return values
