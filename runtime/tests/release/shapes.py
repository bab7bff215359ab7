"""The kinds of repositories that the program releases, as deploy/release.json tells them.

A test that names no kind is run for each.
"""

import pytest

WEB = {"name": "web", "parameter": "Revision", "tasks": 2, "peakTasks": 20}
WORKER = {"name": "worker", "parameter": "WorkerRevision", "tasks": 1, "peakTasks": 8}
BEAT = {"name": "beat", "parameter": "BeatRevision", "tasks": 1, "peakTasks": 1}
PGBOUNCER = {"tasks": 2, "peakTasks": 2}
BUSY = {**WORKER, "protectionMinutes": 30}

DEFAULT = {
    "slug": "shop",
    "region": "us-east-1",
    "partition": "aws",
    "domain": "",
    "architecture": "X86_64",
    "stacks": ["network", "platform", "data", "service"],
    "services": [WEB],
    "pgbouncer": None,
    "broker": "none",
    "static": "whitenoise",
}
BY_HAND = {**DEFAULT, "stacks": []}

SHAPES = {
    "stacks": DEFAULT,
    "stacks-pgbouncer": {
        **DEFAULT,
        "stacks": ["network", "platform", "data", "pgbouncer", "service"],
        "pgbouncer": PGBOUNCER,
    },
    "stacks-worker": {
        **DEFAULT,
        "architecture": "ARM64",
        "stacks": ["network", "platform", "data", "static", "broker", "service"],
        "services": [WEB, WORKER],
        "broker": "redis",
        "static": "s3",
    },
    "stacks-beat": {
        **DEFAULT,
        "slug": "my-shop",
        "region": "eu-central-1",
        "domain": "www.example.com",
        "stacks": ["network", "platform", "data", "broker", "pgbouncer", "service"],
        "services": [WEB, BUSY, BEAT],
        "pgbouncer": PGBOUNCER,
        "broker": "sqs",
    },
    "by-hand": BY_HAND,
    "by-hand-worker": {**BY_HAND, "services": [WEB, WORKER], "broker": "redis"},
    "by-hand-beat": {
        **BY_HAND,
        "services": [WEB, BUSY, BEAT],
        "pgbouncer": PGBOUNCER,
        "broker": "sqs",
    },
}


def names_of(fits):
    """Return the kinds of which something is true."""
    return [name for name, given in SHAPES.items() if fits(given)]


def shapes(*names):
    """Return a mark: the test is run for these kinds only."""
    return pytest.mark.parametrize("shape", names)


def those(fits):
    return shapes(*names_of(fits))


with_stacks = those(lambda given: given["stacks"])
by_hand = those(lambda given: not given["stacks"])
with_companions = those(lambda given: len(given["services"]) > 1)
with_companions_in_stacks = those(lambda given: given["stacks"] and len(given["services"]) > 1)
with_companions_by_hand = those(lambda given: not given["stacks"] and len(given["services"]) > 1)
with_beat = those(lambda given: BEAT in given["services"])
with_pgbouncer = those(lambda given: given["pgbouncer"])
with_pgbouncer_stack = those(lambda given: "pgbouncer" in given["stacks"])
with_static_on_s3 = those(lambda given: given["static"] == "s3")
# Where the kind makes no difference.
one_shape = shapes("stacks")


def words_of(given):
    """Return what deploy/ecs leaves out, and which fact fills it in."""
    words = {"RDS_ENDPOINT": "DatabaseEndpoint", "ALB_DNS_NAME": "LoadBalancerDnsName"}
    if given["static"] == "s3":
        words["STATIC_URL"] = "StaticUrl"
    if given["broker"] == "sqs":
        words["QUEUE_URL"] = "QueueUrl"
    if given["broker"] == "redis":
        words["REDIS_ENDPOINT"] = "RedisEndpoint"
    if given["stacks"]:
        words["MASTER_SECRET_ARN"] = "MasterSecretArn"
    return words
