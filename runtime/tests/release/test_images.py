"""The build of an image that a release asks for."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from django_fargate.release import images

from .repository import ACCOUNT


@pytest.fixture
def absent(world):
    missing = world.client("ecr").exceptions.ImageNotFoundException({}, "DescribeImages")
    world.answer("ecr", describe_images=missing)


def test_an_image_whose_build_never_ends_is_a_failure(world, absent, capsys, monkeypatch):
    def never(command, **_):
        raise subprocess.TimeoutExpired(command, 3600)

    monkeypatch.setattr(images.subprocess, "run", never)
    assert world.main("release", "--build") == 1
    assert "the image was not built within 60 minutes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("ended", "code", "message"),
    [
        (1, 1, "failed: the build of the image ended with 1\n"),
        (2, 2, "refused: the image was not built: the line above says why\n"),
        (0, 2, "push it first, or let --build do it\n"),
    ],
)
def test_how_the_build_ended_is_how_the_release_does(
    world, absent, capsys, monkeypatch, ended, code, message
):
    def run(command, **options):
        runs.append((command, options["cwd"], options["env"].get("AWS_PROFILE")))
        return SimpleNamespace(returncode=ended)

    runs = []
    world.profile_name = "mine"
    monkeypatch.setattr(images.subprocess, "run", run)
    assert world.main("release", "--build") == code
    assert capsys.readouterr().err.endswith(message)
    push = [sys.executable, "-m", "django_fargate.release", "push", "--account", ACCOUNT]
    assert runs == [(push, world.configuration.root, "mine")]
