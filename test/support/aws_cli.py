"""The real AWS CLI, with answers made up from botocore's models instead of a network.

With AWS_ENDPOINT_URL it asks there instead: the stand-in, whose waits are short. Without, a command that runs through it names an operation that exists, with options that exist and values of
the right shape; and what its --query asks for is in the answer.

    aws_cli.py serve SOCKET           loads the CLI once, which takes a second, and prints "ready"
    aws_cli.py call SOCKET WORD...    runs one command in a copy of that process: what `aws` does here
"""

import json
import os
import socket
import sys

# What a sample must say to be taken by the command after it.
KNOWN = {
    "account": "123456789012",
    "certificatearn": "arn:aws:acm:us-east-1:123456789012:certificate/0123456789ab",
    "dbinstanceidentifier": "shop",
    "dbinstancestatus": "available",
    "loadbalancerarn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/shop/0123456789ab",
    "outputkey": "StaticBucketName",
    "pendingmodifiedvalues": {},
    "secretstatus": "active",
    "targetgrouparn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/shop-web/0123456789ab",
    "taskdefinitionarn": "arn:aws:ecs:us-east-1:123456789012:task-definition/shop-web:1",
}
# One page is all there is.
PAGES = {"marker", "nextkeymarker", "nextmarker", "nexttoken", "nextversionidmarker"}
# The state for which each waiter waits.
WAITED = {
    "certificate-validated": {"validationstatus": "SUCCESS", "status": "ISSUED"},
    "db-instance-available": {"dbinstancestatus": "available"},
    "db-instance-deleted": {"dbinstances": []},
    "db-snapshot-available": {"status": "available"},
    "services-stable": {"status": "ACTIVE"},
    "stack-delete-complete": {"stackstatus": "DELETE_COMPLETE"},
    "tasks-running": {"laststatus": "RUNNING"},
    "tasks-stopped": {"laststatus": "STOPPED"},
}


def sample(shape, known, name="", seen=()):
    """Return a value of a shape: one of everything, so that any path of it can be asked for."""
    kind = shape.type_name
    if kind == "string":
        return known.get(name.lower()) or (shape.enum[0] if shape.enum else f"a-{name or 'text'}")
    if shape.name in seen:
        return {} if kind == "structure" else []
    seen = (*seen, shape.name)
    if isinstance(known.get(name.lower()), (dict, list)):
        return known[name.lower()]
    if kind == "structure":
        named = {key: one for key, one in shape.members.items() if key.lower() not in PAGES}
        return {key: sample(one, known, key, seen) for key, one in named.items()}
    if kind == "list":
        return [sample(shape.member, known, name, seen)]
    if kind == "map":
        return {"key": sample(shape.value, known, "", seen)}
    return {"boolean": True, "timestamp": "2026-01-01T00:00:00Z", "blob": b""}.get(kind, 1)


class Response:
    status_code = 200
    headers = {}


def run(driver, words):
    import botocore.waiter
    import jmespath

    waits = words[1:2] == ["wait"]
    known = {**KNOWN, **(WAITED[words[2]] if waits and words[2] in WAITED else {})}

    def respond(model, **_):
        shape = model.output_shape
        body = sample(shape, known) if shape is not None else {}
        if "--query" in words and not waits:
            found = jmespath.search(words[words.index("--query") + 1], body)
            if found in (None, [], "") or (isinstance(found, list) and None in found):
                sys.exit(f"--query finds nothing: {words}")
        return Response(), {**body, "ResponseMetadata": {"HTTPStatusCode": 200}}

    def sleep(seconds):
        sys.exit(f"it waits for what never comes: {words}")

    if "AWS_ENDPOINT_URL" in os.environ:
        pause = botocore.waiter.time.sleep
        botocore.waiter.time.sleep = lambda seconds: pause(min(seconds, 0.2))
        # The variable alone does not reach every service of version 1 of the CLI.
        return driver.main([*words, "--endpoint-url", os.environ["AWS_ENDPOINT_URL"]])
    botocore.waiter.time.sleep = sleep
    driver.session.register("before-call", respond)
    return driver.main(words)


def prepare():
    """Return the CLI with its plugins, the names of all services, and what every client is made of."""
    import awscli.clidriver
    import botocore.waiter  # noqa: F401

    driver = awscli.clidriver.create_clidriver()
    driver.create_help_command()
    loader = driver.session.get_component("data_loader")
    for kind in ("service-2", "waiters-2", "paginators-1"):
        loader.list_available_services(kind)
    for name in ("endpoints", "partitions", "sdk-default-configuration"):
        loader.load_data(name)
    return driver


def read_service(driver, words):
    """Read the model of a command's service, for the copies from now on; the command itself says what is wrong."""
    loader = driver.session.get_component("data_loader")
    if words[:1] and words[0] in loader.list_available_services("service-2"):
        driver.session.get_service_data(words[0])


def serve(path):
    driver = prepare()
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    print("ready", flush=True)
    while True:
        connection, _ = server.accept()
        message, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
        request = json.loads(message)
        read_service(driver, request["words"])
        child = os.fork()
        if child == 0:
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
            os.environ.update(request["env"])
            os.chdir(request["folder"])
            code = 255
            try:
                code = run(driver, request["words"])
            except SystemExit as error:
                code = error.code if isinstance(error.code, int) else 1
                if not isinstance(error.code, int):
                    print(error.code, file=sys.stderr)
            sys.stdout.flush()
            sys.stderr.flush()
            connection.sendall(json.dumps(code).encode())
            os._exit(0)
        for stream in streams:
            os.close(stream)
        connection.close()
        os.waitpid(child, 0)


def call(path, words):
    region = os.environ.get("AWS_REGION", "")
    # Version 2 of the CLI knows the name AWS_REGION, this one the other.
    env = {"AWS_DEFAULT_REGION": region, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    env["PATH"] = os.environ["PATH"]
    if "AWS_ENDPOINT_URL" in os.environ:
        env["AWS_ENDPOINT_URL"] = os.environ["AWS_ENDPOINT_URL"]
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    request = json.dumps({"words": words, "folder": os.getcwd(), "env": env}).encode()
    socket.send_fds(connection, [request], [0, 1, 2])
    return json.loads(connection.recv(1 << 16) or b"255")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    sys.exit(call(sys.argv[2], sys.argv[3:]))
