"""A repository as far as the program reads it: deploy/, and what PgBouncer's image is made of."""

import json
from dataclasses import replace

from django_fargate.release.configuration import Configuration

from .shapes import SHAPES, words_of

ACCOUNT = "123456789012"


def write_repository(root, shape):
    """Write a repository of a kind into a folder; return its configuration, which is impatient."""
    given = {**SHAPES[shape], "words": words_of(SHAPES[shape])}
    (root / "deploy" / "ecs").mkdir(parents=True)
    write_json(root / "deploy" / "release.json", given)
    configuration = replace(Configuration.read(root), poll_seconds=0, smoke_seconds=2)
    write_parameters(configuration, {})
    names = ["web", "migrate", "ops"] + [item["name"] for item in given["services"][1:]]
    names += ["dbinit"] if given["stacks"] else []
    names += ["pgbouncer"] if "pgbouncer" in given["stacks"] else []
    for name in names:
        write_json(root / "deploy" / "ecs" / f"{name}.json", task(given, name))
    if given["stacks"]:
        write_stacks(configuration)
    if "pgbouncer" in given["stacks"]:
        write_pgbouncer(configuration)
    return configuration


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + "\n")


def write_parameters(configuration, given, account=ACCOUNT):
    text = given if isinstance(given, str) else json.dumps({"account": account, **given})
    configuration.parameters_file.write_text(text)


def write_stack(configuration, name, *lines):
    """Write a stack's file with these lines."""
    text = "\n".join([*lines, ""])
    (configuration.deploy / "cloudformation" / f"{name}.yaml").write_text(text)


def write_stacks(configuration):
    """Write stacks with nothing but parameters."""
    (configuration.deploy / "cloudformation").mkdir()
    own = [service.parameter for service in configuration.services]
    parameters = {
        "service": [*own, "AutomaticRollback", "ClusterName"],
        "pgbouncer": ["Revision", "Configuration"],
    }
    for name in configuration.stacks:
        # What is registered before its stack is there has no default.
        more = [] if name == "pgbouncer" else ["    Default: ''"]
        lines = [
            line
            for parameter in parameters.get(name, [])
            for line in (f"  {parameter}:", "    Type: String", *more)
        ]
        head = ["Parameters:"] if lines else []
        write_stack(configuration, name, *head, *lines, "Resources: {}")


def write_pgbouncer(configuration):
    (configuration.deploy / "pgbouncer").mkdir()
    (configuration.deploy / "pgbouncer" / "Dockerfile").write_text("FROM debian\n")
    (configuration.deploy / "pgbouncer" / "pgbouncer.ini").write_text("[pgbouncer]\n")
    certificates = configuration.root / "django_fargate" / "certs" / "rds-global-bundle.pem"
    certificates.parent.mkdir(parents=True)
    certificates.write_text("")
    start = configuration.root / "django_fargate" / "pgbouncer" / "start.py"
    start.parent.mkdir()
    start.write_text("")


def task(given, name):
    """Return a task definition as deploy/ecs holds it, with the words that a release fills in."""
    slug, region = given["slug"], given["region"]
    roles = {"taskRoleArn": f"arn:aws:iam::ACCOUNT:role/{slug}-task"}
    role = "dbinit-execution" if name == "dbinit" else "ecs-execution"
    return {
        "family": f"{slug}-{name}",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {
            "cpuArchitecture": given["architecture"],
            "operatingSystemFamily": "LINUX",
        },
        "cpu": "512",
        "memory": "1024",
        "executionRoleArn": f"arn:aws:iam::ACCOUNT:role/{slug}-{role}",
        **({} if name in ("dbinit", "pgbouncer") else roles),
        "containerDefinitions": [
            {
                "name": name,
                "image": f"ACCOUNT.dkr.ecr.{region}.amazonaws.com/{slug}:GIT_SHA",
                "essential": True,
                "command": ["run", f"the-{name}"],
                "environment": [
                    {"name": key, "value": value} for key, value in environment(given, name)
                ],
                "secrets": [
                    {"name": key, "valueFrom": value} for key, value in secrets(given, name)
                ],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": f"/ecs/{slug}-{name}",
                        "awslogs-region": region,
                        "awslogs-stream-prefix": name,
                    },
                },
            }
        ],
    }


def web_database(given):
    """Return where the web tasks look for their database: a pooler, or a word."""
    return f"pgbouncer.{given['slug']}.internal" if given["pgbouncer"] else "RDS_ENDPOINT"


def environment(given, name):
    yield "DB_HOST", web_database(given) if name == "web" else "RDS_ENDPOINT"
    if name in ("dbinit", "pgbouncer"):
        return
    yield "ALLOWED_HOSTS", f".{given['domain']}" if given["domain"] else "ALB_DNS_NAME"
    yield "GIT_SHA", "GIT_SHA"
    if given["static"] == "s3":
        # The name of a variable may be a word, and it stays.
        yield "STATIC_URL", "STATIC_URL"
    if given["broker"] == "sqs":
        yield "CELERY_QUEUE_URL", "QUEUE_URL"
    if given["broker"] == "redis":
        yield "REDIS_HOST", "REDIS_ENDPOINT"
        yield "REDIS_PORT", "6379"


def secrets(given, name):
    prefix = f"arn:aws:secretsmanager:{given['region']}:ACCOUNT:secret:{given['slug']}"
    yield "DB_PASSWORD", f"{prefix}/db-app:password::"
    if name == "dbinit":
        yield "MASTER_USER", "MASTER_SECRET_ARN:username::"
        yield "MASTER_PASSWORD", "MASTER_SECRET_ARN:password::"
    if name in ("dbinit", "pgbouncer"):
        return
    yield "SECRET_KEY", f"{prefix}/django:SECRET_KEY::"
    if given["broker"] == "redis":
        yield "REDIS_PASSWORD", f"{prefix}/redis:password::"
