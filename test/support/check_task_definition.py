"""Reports what AWS's own model of RegisterTaskDefinition finds wrong in a task definition.

usage: check_task_definition.py FILE

botocore checks names, types and what is required; enumerations it leaves to the server, so they are
checked here.
"""

import json
import sys

import botocore.session
from botocore.validate import ParamValidator


def enum_faults(value, shape, path):
    """Return a line for each text that is none of its shape's enumeration."""
    if shape.type_name == "structure":
        return [
            fault
            for name, inner in value.items()
            if name in shape.members
            for fault in enum_faults(inner, shape.members[name], f"{path}.{name}")
        ]
    if shape.type_name == "list":
        return [
            fault
            for index, inner in enumerate(value)
            for fault in enum_faults(inner, shape.member, f"{path}[{index}]")
        ]
    allowed = getattr(shape, "enum", None)
    if allowed and value not in allowed:
        return [f"{path}: {value!r} is not one of {', '.join(allowed)}"]
    return []


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        definition = json.load(file)
    session = botocore.session.get_session()
    shape = session.get_service_model("ecs").operation_model("RegisterTaskDefinition").input_shape
    report = ParamValidator().validate(definition, shape)
    if report.has_errors():
        sys.exit(report.generate_report())
    faults = enum_faults(definition, shape, "task definition")
    if faults:
        sys.exit("\n".join(faults))


main()
