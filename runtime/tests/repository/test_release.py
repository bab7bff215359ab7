"""Whether the release program and an emitted repository fit together: REPOSITORY names its folder.

The account is made up, the files are as they were emitted.
"""

import json
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from django_fargate.release import cli, identity, push
from django_fargate.release.aws import Image
from django_fargate.release.configuration import Configuration
from django_fargate.release.definitions import render
from django_fargate.release.migrations import Migrations
from django_fargate.release.names import planned
from django_fargate.release.parameters import declared, file_of

from ..release.releases import take_for_granted, values_of
from ..release.repository import ACCOUNT
from ..release.world import DIGEST, HEAD, World

ROOT = Path(os.environ["REPOSITORY"])
read_migrations = Migrations.read


@pytest.fixture
def configuration():
    return replace(Configuration.read(ROOT), poll_seconds=0)


@pytest.fixture
def world(configuration, monkeypatch):
    """Return an account that has all that the service's stack is told by earlier ones."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(identity, "parameters", lambda configuration: {"account": ACCOUNT})
    world = World(configuration)
    about = declared(file_of(configuration, "service")) if configuration.stacks else {}
    told = {name: "told" for name, text in about.items() if "Default" not in text}
    world.facts = {**told, **world.facts}
    take_for_granted(world, monkeypatch)
    return world


def registered(world):
    return world.client("ecs").requests("register_task_definition")


def test_a_release_and_a_command_find_all_that_they_read(world):
    assert world.main("release") == 0
    assert world.main("run", "--", "true") == 0
    assert world.main("status") == 0
    names = [request["family"] for request in registered(world)]
    beside = [world.configuration.named(name) for name in world.names]
    ops, migrate, web = (world.configuration.named(name) for name in ("ops", "migrate", "web"))
    assert names == [ops, migrate, *beside, web, ops]


def test_no_word_is_left_in_a_rendered_task_definition(world):
    assert world.main("release") == 0
    assert len(registered(world)) == 3 + len(world.names)
    for request in registered(world):
        text = json.dumps({**request, "containerDefinitions": []})
        values = [*values_of(request).values(), text]
        for word in ("ACCOUNT", "GIT_SHA", "RDS_ENDPOINT", "ALB_DNS_NAME", "STATIC_URL"):
            assert not [value for value in values if word in value]
        for word in world.configuration.words:
            assert not [value for value in values if word in value]


def test_every_task_definition_is_rendered(world):
    image = Image(HEAD, f"{world.repository}@{DIGEST}", world.slug, DIGEST)
    names = sorted(file.stem for file in (ROOT / "deploy" / "ecs").glob("*.json"))
    assert {"migrate", "ops", "web", *world.names} <= set(names)
    for name in names:
        definition = render(world.aws, name, world.as_facts, image)
        assert definition["family"] == world.configuration.named(name)
        assert not re.search(r"\b(ACCOUNT|\w+_ENDPOINT|\w+_SECRET_ARN)\b", json.dumps(definition))


def test_every_secret_is_given_by_its_whole_arn(world):
    assert world.main("release") == 0
    assert world.main("run", "--", "true") == 0
    values = [
        item["valueFrom"]
        for request in registered(world)
        for item in request["containerDefinitions"][0]["secrets"]
    ]
    assert f"{world.secret_arn(world.slug)}/django-A1b2C3:SECRET_KEY::" in values
    assert all("-A1b2C3:" in value for value in values)


def test_every_task_gets_the_broker(world):
    assert world.main("release") == 0
    for request in registered(world):
        values = values_of(request)
        (container,) = request["containerDefinitions"]
        secrets = {item["name"]: item["valueFrom"] for item in container["secrets"]}
        if world.configuration.broker == "sqs":
            assert values["CELERY_QUEUE_URL"] == world.facts["QueueUrl"]
        if world.configuration.broker == "redis":
            assert values["REDIS_HOST"] == world.facts["RedisEndpoint"]
            assert values["REDIS_PORT"] == "6379"
            password = f":secret:{world.slug}/redis-A1b2C3:password::"
            assert secrets["REDIS_PASSWORD"].endswith(password)


def test_the_web_tasks_find_their_database(world):
    assert world.main("release") == 0
    (web,) = world.registered("web")
    pooler = f"pgbouncer.{world.slug}.internal"
    host = pooler if world.configuration.pgbouncer else "db.example.com"
    assert values_of(web)["DB_HOST"] == host


def test_the_names_of_this_repository_are_all_read(world, capsys):
    found = [item for stack in world.stacks for item in planned(world.aws, stack)]
    assert "not checked" not in capsys.readouterr().out
    names = {item.name for item in found}
    wanted = {world.slug, f"{world.slug}/django", f"/ecs/{world.slug}-web"}
    assert wanted <= names if world.stacks else not names


def test_every_stack_of_this_repository_is_understood(configuration):
    found = {}
    for name in configuration.stacks:
        text = file_of(configuration, name)
        assert len(text.encode()) <= 51_200, "CloudFormation takes no larger text"
        found[name] = declared(text)
        assert bool(found[name]) == ("\nParameters:\n" in text)
    if configuration.stacks:
        for service in configuration.services:
            assert found["service"][service.parameter]["Default"] == ""
        assert found["service"]["AutomaticRollback"]["Default"] == "true"
        assert "Default" not in found["service"]["ClusterName"]


def test_the_migrations_of_this_repository_are_read():
    leaves = read_migrations(ROOT).leaves()
    assert isinstance(leaves, list)


def test_the_cache_is_the_stage_that_installs_the_requirements():
    (stage, *_) = (ROOT / "Dockerfile").read_text().split("\nFROM ")[1:]
    assert stage.split("\n")[0].endswith(" AS build")
    assert "pip" in stage


def test_pgbouncers_image_is_built_from_a_file_that_is_there(configuration):
    file = ROOT / "deploy" / "pgbouncer" / "Dockerfile"
    assert file.is_file() == (configuration.pgbouncer is not None)


# --- How long a pipeline's credentials are valid


def minutes_of(found):
    return int(found[-1])


def test_the_role_of_the_stacks_allows_a_release_to_take_its_time(configuration):
    assert push.SESSION_SECONDS <= 3600 < cli.SESSION_SECONDS
    if configuration.stacks:
        text = file_of(configuration, "platform")
        roles = re.findall(r"^      MaxSessionDuration: (\d+)$", text, re.MULTILINE)
        assert [int(seconds) for seconds in roles] == [cli.SESSION_SECONDS]


def test_no_job_takes_longer_than_its_credentials():
    seconds, hours = cli.SESSION_SECONDS, cli.SESSION_SECONDS // 3600
    github = ROOT / ".github" / "workflows" / "deploy.yml"
    gitlab, bitbucket = ROOT / ".gitlab-ci.yml", ROOT / "bitbucket-pipelines.yml"
    if github.is_file():
        text = github.read_text()
        (asked,) = re.findall(r"^ +role-duration-seconds: (\d+)$", text, re.MULTILINE)
        assert int(asked) == seconds
        assert minutes_of(re.findall(r"timeout-minutes: (\d+)", text)) * 60 <= seconds
    if gitlab.is_file():
        assert re.findall(r"timeout: (\d+) hours", gitlab.read_text()) == [str(hours)]
    if bitbucket.is_file():
        found = re.findall(r"max-time: (\d+)", bitbucket.read_text())
        assert minutes_of(found) * 60 <= seconds
