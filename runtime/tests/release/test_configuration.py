"""deploy/release.json, as the generator writes it."""

import json

import pytest

from django_fargate.release import cli
from django_fargate.release.configuration import Configuration
from django_fargate.release.outcomes import Refused

from .shapes import SHAPES, shapes, words_of


def test_all_that_it_says_is_known(configuration, shape):
    given = SHAPES[shape]
    for name in ("slug", "region", "partition", "domain", "architecture"):
        assert getattr(configuration, name) == given[name]
    assert configuration.broker == given["broker"]
    assert configuration.static == given["static"]
    assert configuration.stacks == tuple(given["stacks"])
    assert configuration.words == words_of(given)
    services = [(one.name, one.parameter) for one in configuration.services]
    assert services == [(one["name"], one["parameter"]) for one in given["services"]]
    counts = [(one.tasks, one.peak_tasks) for one in configuration.services]
    assert counts == [(one["tasks"], one["peakTasks"]) for one in given["services"]]
    assert (configuration.pgbouncer is None) == (given["pgbouncer"] is None)
    assert configuration.web == f"{given['slug']}-web"


@shapes("stacks", "stacks-worker")
def test_a_deployment_is_watched_for_so_long(configuration):
    assert configuration.deployment_minutes == 45


@shapes("stacks-beat", "by-hand-beat")
def test_it_is_watched_longer_where_a_busy_task_is_spared(configuration):
    assert configuration.deployment_minutes == 45 + 30


@shapes("stacks-beat")
def test_a_revision_of_the_web_task_names_the_others(configuration):
    assert [one.note for one in configuration.companions] == ["RELEASE_WORKER", "RELEASE_BEAT"]


@shapes("stacks")
def test_how_often_aws_is_asked_can_be_said(configuration, monkeypatch):
    assert Configuration.read(configuration.root).poll_seconds == 5
    monkeypatch.setenv("RELEASE_POLL_SECONDS", "0.1")
    assert Configuration.read(configuration.root).poll_seconds == 0.1


@shapes("stacks")
@pytest.mark.parametrize(
    ("written", "message"),
    [
        (None, "there is no deploy/release.json here: run this at the root of the repository"),
        ("{", "deploy/release.json is not JSON"),
        ("without slug", "deploy/release.json does not say 'slug'"),
    ],
)
def test_one_that_cannot_be_used_is_refused(configuration, monkeypatch, capsys, written, message):
    file = configuration.deploy / "release.json"
    given = json.loads(file.read_text())
    if written is None:
        file.unlink()
    elif written == "without slug":
        file.write_text(json.dumps({key: given[key] for key in given if key != "slug"}))
    else:
        file.write_text(written)
    with pytest.raises(Refused, match=message):
        Configuration.read(configuration.root)
    monkeypatch.chdir(configuration.root)
    assert cli.main(["status"]) == 2
    assert message in capsys.readouterr().err
