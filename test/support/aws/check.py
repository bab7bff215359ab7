"""Checks requests as strictly as AWS's own models allow, and speaks CloudFormation's XML."""

import json
import re
from datetime import date, datetime
from xml.sax.saxutils import escape

FARGATE_MIB = {
    256: [512, 1024, 2048],
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
    8192: range(16384, 61441, 4096),
    16384: range(32768, 122881, 8192),
}


class AwsError(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def request(aws, service, operation, body):
    """Refuse what the operation's model does not allow: botocore itself compares neither enums nor patterns."""
    shape = aws.models.get_service_model(service).operation_model(operation).input_shape
    found = list(faults(shape, body, operation))
    if found:
        raise AwsError("InvalidParameterException", "; ".join(found))


def faults(shape, value, path):
    kind = shape.type_name
    if kind == "structure":
        yield from (f"{path}: {name} is missing" for name in shape.required_members if name not in value)
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{path}: unknown {name}"
            else:
                yield from faults(shape.members[name], inner, f"{path}.{name}")
    elif kind == "list":
        for inner in value:
            yield from faults(shape.member, inner, path)
    elif kind == "string":
        if not isinstance(value, str):
            yield f"{path}: {value!r} is no text"
        elif shape.enum and value not in shape.enum:
            yield f"{path}: {value!r} is none of {', '.join(shape.enum)}"
        elif "pattern" in shape.metadata and not re.search(shape.metadata["pattern"], value):
            yield f"{path}: {value!r} does not match {shape.metadata['pattern']}"
    elif kind in ("integer", "long") and not isinstance(value, int):
        yield f"{path}: {value!r} is no number"


def task_definition(body):
    """Refuse what Fargate does not run."""
    if "FARGATE" in body.get("requiresCompatibilities", []):
        cpu, memory = int(body.get("cpu", 0)), int(body.get("memory", 0))
        if memory not in FARGATE_MIB.get(cpu, []):
            raise AwsError(
                "ClientException", f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."
            )
        if body.get("networkMode") != "awsvpc":
            raise AwsError("ClientException", "Fargate only supports network mode 'awsvpc'.")
    for container in body["containerDefinitions"]:
        names = [item["name"] for item in container.get("environment", []) + container.get("secrets", [])]
        if len(names) != len(set(names)):
            raise AwsError(
                "ClientException",
                "The secret name must be unique and not shared with any new or existing environment variables.",
            )
        if (container.get("secrets") or "logConfiguration" in container) and "executionRoleArn" not in body:
            raise AwsError("ClientException", "Fargate requires task definition to have execution role ARN.")


def convert(shape, value, path=""):
    """Bring a resource's property into the form of the API's parameter: case, texts, numbers, lists with a count."""
    kind = shape.type_name
    if kind == "structure" and set(shape.members) >= {"Quantity", "Items"} and (isinstance(value, list) or "Items" in value):
        items = value if isinstance(value, list) else value["Items"]
        return {"Quantity": len(items), "Items": [convert(shape.members["Items"].member, item, path) for item in items]}
    if kind == "structure":
        names = {name.lower(): name for name in shape.members}
        result = {}
        for key, inner in value.items():
            if key.lower() not in names:
                raise AwsError("ValidationError", f"{path}: the stand-in knows no {key}")
            name = names[key.lower()]
            result[name] = convert(shape.members[name], inner, f"{path}.{key}")
        return result
    if kind == "list":
        items = value if isinstance(value, list) else [value]
        return [convert(shape.member, item, path) for item in items]
    if kind == "map":
        return {key: convert(shape.value, inner, path) for key, inner in value.items()}
    if kind == "boolean":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("double", "float"):
        return float(value)
    text = json.dumps(value) if isinstance(value, (dict, list)) else str(value)
    if shape.enum and text not in shape.enum:
        raise AwsError("ValidationError", f"{path}: {text!r} is none of {', '.join(shape.enum)}")
    return str(value).lower() if isinstance(value, bool) else text


def to_json(body):
    return json.dumps(body, default=lambda moment: moment.timestamp() if isinstance(moment, datetime) else str(moment))


def unflatten(form):
    """Turn A.member.1.B=c into {"A": [{"B": "c"}]}."""
    root = {}
    for key, value in form.items():
        at, words = root, [word for word in key.split(".") if word != "member"]
        for word in words[:-1]:
            at = at.setdefault(word, {})
        at[words[-1]] = value

    def lists(value):
        if not isinstance(value, dict):
            return value
        if value and all(key.isdigit() for key in value):
            return [lists(value[key]) for key in sorted(value, key=int)]
        return {key: lists(inner) for key, inner in value.items()}

    return lists(root)


def to_xml(aws, action, body, service="cloudformation"):
    shape = aws.models.get_service_model(service).operation_model(action).output_shape
    inner = element(f"{action}Result", shape, body) if shape is not None else ""
    return f"<{action}Response>{inner}<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>"


def element(name, shape, value):
    if shape.type_name == "structure":
        inner = "".join(
            element(key, shape.members[key], value[key]) for key in shape.members if value.get(key) is not None
        )
    elif shape.type_name == "list":
        inner = "".join(element("member", shape.member, item) for item in value)
    elif isinstance(value, (datetime, date)):
        inner = value.isoformat()
    else:
        inner = escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{name}>{inner}</{name}>"


def error_xml(error, bare=False):
    """Return an error as the services that speak XML do; S3 has no frame around it."""
    body = f"<Error><Type>Sender</Type><Code>{error.code}</Code><Message>{escape(str(error))}</Message></Error>"
    return body if bare else f"<ErrorResponse>{body}<RequestId>1</RequestId></ErrorResponse>"
