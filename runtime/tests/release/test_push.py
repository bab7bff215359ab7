"""The command push, with a docker that only writes down what it was asked, and without AWS."""

import base64
import json
import os
import subprocess
import sys

import pytest

from django_fargate.release import push
from django_fargate.release.outcomes import Refused

from .releases import asked
from .repository import ACCOUNT, write_parameters
from .shapes import SHAPES, one_shape, those, with_pgbouncer

SHA = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"

# Python alone, without the packages that are installed: it starts in half the time.
DOCKER = """#!{python} -IS
import json, os, shutil, sys
folder = {folder!r}
with open(os.path.join(folder, "asked"), "a") as asked:
    print(json.dumps(sys.argv[1:]), file=asked)
if sys.argv[1] == "login":
    with open(os.path.join(folder, "password"), "w") as password:
        password.write(sys.stdin.read())
fails = os.environ.get("DOCKER_FAILS")
sys.exit(1 if fails and fails in " ".join(sys.argv[1:]) else 0)
"""


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """Return a function that tells what docker was asked to do, in order."""
    folder = tmp_path / "docker"
    folder.mkdir()
    program = folder / "docker"
    program.write_text(DOCKER.format(python=sys.executable, folder=str(folder)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)

    def asked():
        file = folder / "asked"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    return asked


@pytest.fixture
def account(world, monkeypatch):
    """Return the account, whose registry has no image; the commit is named as in a pipeline."""
    world.registry = world.repository.partition("/")[0]
    token = base64.b64encode(b"AWS:of-12-hours").decode()
    grant = {"authorizationToken": token, "proxyEndpoint": f"https://{world.registry}"}
    world.answer("ecr", get_authorization_token={"authorizationData": [grant]})
    world.answer("ecr", batch_get_image={"images": []})
    monkeypatch.setenv("GIT_SHA", SHA)
    machine = push.MACHINES[world.configuration.architecture][0].upper()
    monkeypatch.setattr(push.platform, "machine", lambda: machine)
    return world


def looked_for(account):
    """Return which image ECR was asked for."""
    (request,) = account.client("ecr").requests("batch_get_image")
    return request


def test_the_image_is_built_and_pushed_by_its_commit(account, docker, capsys, tmp_path):
    assert account.main("push") == 0
    image, cache = f"{account.repository}:{SHA}", f"{account.repository}:buildcache"
    root = str(account.configuration.root)
    login, *rest = docker()
    assert login == ["login", "--username", "AWS", "--password-stdin", account.registry]
    assert (tmp_path / "docker" / "password").read_text() == "of-12-hours"
    build, store, last, final = rest
    assert build[:3] == ["build", "--target", "build"]
    assert build[-3:] == ["--tag", cache, root]
    assert store == ["push", "--quiet", cache]
    assert last == ["build", "--build-arg", f"GIT_SHA={SHA}", "--tag", image, root]
    assert final == ["push", image]
    assert looked_for(account) == {
        "repositoryName": account.slug,
        "imageIds": [{"imageTag": SHA}],
    }
    assert capsys.readouterr().out.endswith(f"{image} is pushed\n")


def test_an_image_that_is_there_is_not_built_again(account, docker, capsys):
    account.answer("ecr", batch_get_image={"images": [{"imageManifest": "{}"}]})
    assert account.main("push") == 0
    assert [command[0] for command in docker()] == ["login"]
    _, line = capsys.readouterr().out.splitlines()
    assert line == f"{account.repository}:{SHA} already exists"


@one_shape
def test_a_cache_that_cannot_be_stored_fails_nothing(account, docker, monkeypatch, capsys):
    monkeypatch.setenv("DOCKER_FAILS", f"push --quiet {account.repository}:buildcache")
    assert account.main("push") == 0
    assert docker()[-1] == ["push", f"{account.repository}:{SHA}"]
    assert "was not stored" in capsys.readouterr().err


@one_shape
@pytest.mark.parametrize("fails", ["login", "--target build", "--tag IMAGE", "push IMAGE"])
def test_what_fails_ends_in_one_line(account, docker, monkeypatch, capfd, fails):
    fails = fails.replace("IMAGE", f"{account.repository}:{SHA}")
    monkeypatch.setenv("DOCKER_FAILS", fails)
    assert account.main("push") == 1
    assert fails in " ".join(docker()[-1])
    problem = capfd.readouterr().err
    assert problem.startswith("failed: docker ")
    assert problem.endswith(" ended with 1\n")


def test_another_account_gets_no_image(account, docker, capsys):
    write_parameters(account.configuration, {}, account="210987654321")
    assert account.main("push") == 2
    captured = capsys.readouterr()
    region = account.configuration.region
    assert captured.out.endswith(f" account {ACCOUNT}, region {region}\n")
    assert "this repository belongs to 210987654321" in captured.err
    assert docker() == []
    assert asked(account) == ["sts:get_caller_identity"]
    assert account.main("push", "--account", ACCOUNT) == 0


def test_another_architecture_is_emulated(account, docker, monkeypatch, shape):
    monkeypatch.setattr(push.platform, "machine", lambda: "riscv64")
    assert account.main("push") == 0
    builds = [command for command in docker() if command[0] == "build"]
    platform = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}[SHAPES[shape]["architecture"]]
    assert [command[1:3] for command in builds] == [["--platform", platform]] * 2


@with_pgbouncer
@pytest.mark.parametrize("machine", [None, "riscv64"])
def test_pgbouncers_image_has_a_repository_of_its_own(account, docker, monkeypatch, machine):
    if machine:
        monkeypatch.setattr(push.platform, "machine", lambda: machine)
    assert account.main("push", "--pgbouncer", "0a1b2c3d4e5f") == 0
    image = f"{account.repository}-pgbouncer:0a1b2c3d4e5f"
    emulated = ["--platform", "linux/amd64"] if machine else []
    root = account.configuration.root
    file = str(root / "deploy" / "pgbouncer" / "Dockerfile")
    assert docker()[1:] == [
        ["build", *emulated, "--pull", "--file", file, "--tag", image, str(root)],
        ["push", image],
    ]
    assert looked_for(account) == {
        "repositoryName": f"{account.slug}-pgbouncer",
        "imageIds": [{"imageTag": "0a1b2c3d4e5f"}],
    }


@with_pgbouncer
def test_a_pgbouncer_that_is_there_is_not_built_again(account, docker, capsys):
    account.answer("ecr", batch_get_image={"images": [{"imageManifest": "{}"}]})
    assert account.main("push", "--pgbouncer", "1") == 0
    assert [command[0] for command in docker()] == ["login"]
    image = f"{account.repository}-pgbouncer:1"
    assert capsys.readouterr().out.splitlines()[-1] == f"{image} already exists"


def test_other_options_are_refused(account, docker):
    with pytest.raises(SystemExit) as ended:
        account.main("push", "pgbouncer", "1")
    assert ended.value.code == 2
    assert docker() == []


@those(lambda given: not given["pgbouncer"])
def test_without_a_pgbouncer_there_is_none_to_be_pushed(account, docker):
    with pytest.raises(SystemExit) as ended:
        account.main("push", "--pgbouncer", "1")
    assert ended.value.code == 2
    assert docker() == []


@pytest.fixture
def repository(account, monkeypatch):
    """Return a function that runs git in the repository, whose one commit is to be pushed."""
    root = account.configuration.root
    monkeypatch.delenv("GIT_SHA")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)

    def git(*arguments):
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    (root / "file").write_text("1")
    account.configuration.parameters_file.unlink()
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "first")
    return git


@one_shape
def test_by_hand_the_commit_is_what_is_checked_out(configuration, repository):
    assert push.commit(configuration) == repository("rev-parse", "HEAD")


@one_shape
def test_what_is_in_no_commit_is_not_pushed_under_the_name_of_one(
    account, repository, docker, capsys
):
    (account.configuration.root / "file").write_text("2")
    assert account.main("push") == 2
    problem = capsys.readouterr().err
    assert problem.startswith("refused: there are uncommitted changes")
    assert problem.count("\n") == 1
    assert docker() == []
    assert asked(account) == []


@one_shape
def test_an_account_that_was_just_written_down_is_in_no_image(configuration, repository):
    configuration.parameters_file.write_text("{}")
    assert push.commit(configuration) == repository("rev-parse", "HEAD")


@one_shape
def test_a_pipeline_names_the_commit_itself(configuration, repository, monkeypatch):
    (configuration.root / "file").write_text("2")
    monkeypatch.setenv("GIT_SHA", SHA)
    assert push.commit(configuration) == SHA


@one_shape
def test_without_any_commit_nothing_is_pushed(configuration, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(configuration.root.parent))
    with pytest.raises(Refused, match="not a git repository with a commit"):
        push.commit(configuration)


@one_shape
@pytest.mark.parametrize("where", ["file", "NETRC", "PACKAGES_NETRC"])
def test_the_build_is_lent_who_may_read_a_private_index(account, docker, monkeypatch, where):
    file = account.configuration.root / ".netrc"
    secret = f"id=netrc,src={file}"
    if where == "PACKAGES_NETRC":
        monkeypatch.setenv(where, "machine pypi.example.com login me password s3cret")
        secret = f"id=netrc,env={where}"
    else:
        file.write_text("machine pypi.example.com login me password s3cret\n")
        if where == "NETRC":
            monkeypatch.setenv("NETRC", str(file.rename(file.with_name("mine"))))
            secret = f"id=netrc,src={file.with_name('mine')}"
    assert account.main("push") == 0
    builds = [command for command in docker() if command[0] == "build"]
    assert len(builds) == 2
    for command in builds:
        assert command[command.index("--secret") + 1] == secret
        assert "s3cret" not in " ".join(command)
