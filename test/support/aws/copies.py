"""Runs emitted programs in copies of one Python process that has boto3 and AWS's models in memory already.

To import and to read them takes most of a second of the processor, and a run itself less than half of one.

    python copies.py serve SOCKET SERVICE...     prints "ready"
    python copies.py call SOCKET -m MODULE WORD...  what `python -m MODULE WORD...` is: arguments, folder, environment, streams
"""

import json
import os
import socket
import sys


def prepare(services):
    """Import what the programs do, and make one client of each service, which reads all that a client is made of."""
    import argparse  # noqa: F401
    import functools
    import gc
    import runpy  # noqa: F401

    import boto3
    import botocore.loaders

    read = functools.cache(lambda file: original(botocore.loaders.JSONFileLoader(), file))
    original = botocore.loaders.JSONFileLoader.load_file
    botocore.loaders.JSONFileLoader.load_file = lambda self, file: read(file)
    session = boto3.Session("test", "test", region_name="us-east-1")
    for service in services:
        session.client(service)
    gc.freeze()


def serve(path, services):
    prepare(services)
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    print("ready", flush=True)
    while True:
        connection, _ = server.accept()
        message, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
        reap()
        # A process of its own waits for the run, and this one for neither.
        if os.fork() == 0:
            child = os.fork()
            if child == 0:
                server.close()
                connection.close()
                run(json.loads(message), streams)
            _, status = os.waitpid(child, 0)
            code = os.waitstatus_to_exitcode(status)
            connection.sendall(json.dumps(code if code >= 0 else 128 - code).encode())
            os._exit(0)
        for stream in streams:
            os.close(stream)
        connection.close()


def reap():
    """Wait for those that have ended, so that their time counts as this process's."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass


def run(request, streams):
    """Become what `python -m MODULE WORD...` would be, and end as it ends."""
    import runpy

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["folder"])
    _, module, *words = request["words"]
    sys.argv = [module, *words]
    sys.path[0] = os.getcwd()
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in os.environ
    code = 1
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
        if not isinstance(error.code, int | None):
            print(error.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def call(path, words):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    request = json.dumps({"words": words, "folder": os.getcwd(), "env": dict(os.environ)}).encode()
    socket.send_fds(connection, [request], [0, 1, 2])
    return json.loads(connection.recv(1 << 16) or b"255")


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2], sys.argv[3:])
    sys.exit(call(sys.argv[2], sys.argv[3:]))
