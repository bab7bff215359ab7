"""Which commit a release is of, and what an image could not be built from."""

import shutil
import subprocess

import pytest

from django_fargate.release import bootstrap, checkout, identity
from django_fargate.release.bootstrap import refuse_if_unbuildable
from django_fargate.release.checkout import account_is_in_no_commit, commit
from django_fargate.release.outcomes import Refused

from .releases import refuses
from .repository import ACCOUNT, write_parameters
from .shapes import SHAPES, with_stacks
from .world import HEAD, OLD


def test_a_commit_that_is_not_checked_out_is_refused(configuration, shape, monkeypatch):
    (configuration.root / ".git").mkdir()
    answers = {"HEAD": HEAD, "v1^{commit}": OLD}
    answer = lambda configuration, *arguments: answers.get(arguments[-1], "")  # noqa: E731
    monkeypatch.setattr(checkout, "git", answer)
    assert commit(configuration, None) == HEAD
    with pytest.raises(Refused, match="not checked out"):
        commit(configuration, "v1")
    # What is looked at last.
    beside = ":(exclude)deploy/parameters.json" if SHAPES[shape]["stacks"] else "deploy"
    answers[beside] = "M deploy/ecs/web.json"
    with pytest.raises(Refused, match="uncommitted changes"):
        commit(configuration, None)
    (configuration.root / ".git").rmdir()
    monkeypatch.setenv("GIT_SHA", HEAD)
    assert commit(configuration, None) == HEAD
    with pytest.raises(Refused):
        commit(configuration, "v1")


@pytest.fixture
def repository(configuration, monkeypatch):
    """Return a function that runs git in the repository, which has one commit of all its files."""
    root = str(configuration.root)

    def git(*arguments):
        who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com"]
        subprocess.run(["git", "-C", root, *who, *arguments], check=True, capture_output=True)

    git("init", "--quiet")
    text = '{\n  "account": "",\n  "data": {"RestoredAt": ""}\n}\n'
    configuration.parameters_file.write_text(text)
    git("add", "--all")
    git("commit", "--quiet", "--message=first")
    return git


@pytest.mark.parametrize("name", ["cli.py", "new.py"])
@pytest.mark.parametrize("folder", ["django_fargate/release", "django_fargate/pgbouncer"])
def test_a_program_that_is_in_no_commit_releases_nothing(configuration, repository, folder, name):
    program = configuration.root / folder
    program.mkdir(parents=True, exist_ok=True)
    (program / "cli.py").write_text("")
    repository("add", "--all")
    repository("commit", "--quiet", "--message=program")
    head = commit(configuration, None)
    # The image has the rest of it, which is looked at where that is built.
    (configuration.root / "django_fargate" / "logs.py").write_text("")
    assert commit(configuration, None) == head
    (program / name).write_text("print()\n")
    with pytest.raises(Refused, match=f"^{folder}/ has uncommitted changes"):
        commit(configuration, None)
    repository("add", "--all")
    with pytest.raises(Refused, match=f"^{folder}/ has uncommitted changes"):
        commit(configuration, None)
    repository("commit", "--quiet", "--message=changed")
    assert commit(configuration, None) != head


@with_stacks
def test_a_commit_is_released_also_when_bootstrap_has_just_noted_the_account(
    configuration, repository
):
    file = configuration.parameters_file
    head = commit(configuration, None)
    assert not account_is_in_no_commit(configuration)
    identity.note_account(configuration, ACCOUNT, ACCOUNT)
    assert commit(configuration, None) == head
    assert account_is_in_no_commit(configuration)
    text = file.read_text()
    file.write_text(text.replace('""', '"2026-01-31T12:00:00Z"'))
    with pytest.raises(Refused, match="uncommitted changes"):
        commit(configuration, None)
    file.write_text(text)
    repository("commit", "--quiet", "--all", "--message=account")
    assert commit(configuration, None) != head
    assert not account_is_in_no_commit(configuration)
    # Another account is no note of the first bootstrap.
    file.write_text(text.replace(ACCOUNT, "210987654321"))
    with pytest.raises(Refused, match="uncommitted changes"):
        commit(configuration, None)
    repository("rm", "--quiet", "--cached", "deploy/parameters.json")
    repository("commit", "--quiet", "--allow-empty", "--message=without")
    with pytest.raises(Refused, match="uncommitted changes"):
        commit(configuration, None)


@with_stacks
@pytest.mark.parametrize(
    ("docker", "message"),
    [
        (None, "docker is not installed"),
        ("exit 1", "Docker does not answer"),
        ("exit 0", "an image is built from a commit"),
    ],
)
def test_an_image_that_could_not_be_built_is_refused_before_the_first_stack(
    world, repository, capsys, monkeypatch, tmp_path, docker, message
):
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").symlink_to(shutil.which("git"))
    if docker:
        (folder / "docker").write_text(f"#!/bin/sh\n{docker}\n")
        (folder / "docker").chmod(0o755)
    if docker == "exit 0":
        (world.configuration.root / "new.py").touch()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(bootstrap, "refuse_if_unbuildable", refuse_if_unbuildable)
    write_parameters(world.configuration, {})
    refuse_if_unbuildable(world.aws, HEAD)  # It is there, and nothing is built.
    world.stacks.clear()
    refuses(world, capsys, message)
