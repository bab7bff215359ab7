"""deploy/push.py, with a docker that only writes down what it was asked, and without AWS."""

import base64
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import boto3
import identity
import pytest
from botocore.stub import Stubber

ROOT = Path(__file__).resolve().parent.parent
SHA = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
REGISTRY = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
IMAGE = f"{REGISTRY}/shop:{SHA}"
CALLER = {"Account": "123456789012"}
CACHE = f"{REGISTRY}/shop:buildcache"

# Python alone, without the packages that are installed: it starts in half the time.
DOCKER = """#!{python} -IS
import json, os, shutil, sys
folder = {folder!r}
with open(os.path.join(folder, "asked"), "a") as asked:
    print(json.dumps(sys.argv[1:]), file=asked)
if sys.argv[1] == "login":
    with open(os.path.join(folder, "password"), "w") as password:
        password.write(sys.stdin.read())
if sys.argv[1] == "create":
    print("c0ffee")
if sys.argv[1] == "cp":
    shutil.copytree(os.path.join(folder, "image"), sys.argv[3], dirs_exist_ok=True)
fails = os.environ.get("DOCKER_FAILS")
sys.exit(1 if fails and fails in " ".join(sys.argv[1:]) else 0)
"""


@pytest.fixture
def push(monkeypatch, tmp_path):
    """Return deploy/push.py, which is a program and in no package, in an account of its own."""
    monkeypatch.setattr(identity, "PARAMETERS", tmp_path / "parameters.json")
    identity.PARAMETERS.write_text('{"account": "123456789012"}')
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    specification = importlib.util.spec_from_file_location("push", ROOT / "deploy" / "push.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def docker(tmp_path, monkeypatch):
    """Return a function that tells what docker was asked to do, in order."""
    program = tmp_path / "docker"
    program.write_text(DOCKER.format(python=sys.executable, folder=str(tmp_path)))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    def asked():
        file = tmp_path / "asked"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    return asked


class Session:
    """Stands for boto3.Session, with the clients that a test made."""

    def __init__(self, **clients):
        self.clients = clients

    def client(self, name, config=None):
        return self.clients.get(name) or stubbed("sts", ("get_caller_identity", {}, CALLER))


def stubbed(name, *responses):
    """Return a client that gives these responses, and checks each request by AWS's own model."""
    client = boto3.client(
        name,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    stubber = Stubber(client)
    for method, request, response in responses:
        stubber.add_response(method, response, request)
    stubber.activate()
    return client


def ecr(*images, repository="shop", tag=SHA):
    token = base64.b64encode(b"AWS:of-12-hours").decode()
    grant = {"authorizationToken": token, "proxyEndpoint": f"https://{REGISTRY}"}
    request = {"repositoryName": repository, "imageIds": [{"imageTag": tag}]}
    return stubbed(
        "ecr",
        ("get_authorization_token", {}, {"authorizationData": [grant]}),
        ("batch_get_image", request, {"images": [{"imageManifest": one} for one in images]}),
    )


@pytest.fixture
def session():
    return Session(ecr=ecr())


def test_the_image_is_built_and_pushed_by_its_commit(push, docker, session, monkeypatch, tmp_path):
    monkeypatch.setattr(push.platform, "machine", lambda: push.MACHINES[0].upper())
    push.push(session, SHA)
    login, *rest = docker()
    assert login == ["login", "--username", "AWS", "--password-stdin", REGISTRY]
    assert (tmp_path / "password").read_text() == "of-12-hours"
    build, store, last, final = rest
    assert build[:3] == ["build", "--target", "build"]
    assert build[-3:] == ["--tag", CACHE, str(ROOT)]
    assert store == ["push", "--quiet", CACHE]
    assert last == ["build", "--build-arg", f"GIT_SHA={SHA}", "--tag", IMAGE, str(ROOT)]
    assert final == ["push", IMAGE]


def test_the_cache_is_the_stage_that_installs_the_requirements():
    (stage, *_) = (ROOT / "Dockerfile").read_text().split("\nFROM ")[1:]
    assert stage.split("\n")[0].endswith(" AS build")
    assert "pip" in stage


def test_an_image_that_is_there_is_not_built_again(push, docker, capsys):
    push.push(Session(ecr=ecr("{}")), SHA)
    assert [command[0] for command in docker()] == ["login"]
    assert capsys.readouterr().out == f"{IMAGE} is there already\n"


def test_a_cache_that_cannot_be_stored_fails_nothing(push, docker, session, monkeypatch, capsys):
    monkeypatch.setenv("DOCKER_FAILS", f"push --quiet {CACHE}")
    push.push(session, SHA)
    assert docker()[-1] == ["push", IMAGE]
    assert "was not stored" in capsys.readouterr().err


@pytest.mark.parametrize("fails", ["login", "--target build", f"--tag {IMAGE}", f"push {IMAGE}"])
def test_what_fails_ends_in_one_line(push, docker, session, monkeypatch, capfd, fails):
    monkeypatch.setenv("DOCKER_FAILS", fails)
    monkeypatch.setenv("GIT_SHA", SHA)
    monkeypatch.setattr(identity, "open_session", lambda *_: session)
    assert push.main() == 1
    assert fails in " ".join(docker()[-1])
    problem = capfd.readouterr().err
    assert problem.startswith("push.py: docker ")
    assert problem.endswith(" ended with 1\n")


def test_another_account_gets_no_image(push, docker, session, monkeypatch, capsys):
    monkeypatch.setenv("GIT_SHA", SHA)
    monkeypatch.setattr(identity, "open_session", lambda *_: session)
    identity.PARAMETERS.write_text('{"account": "210987654321"}')
    assert push.main() == 2
    captured = capsys.readouterr()
    assert captured.out == "account 123456789012, region us-east-1\n"
    assert "this repository belongs to 210987654321" in captured.err
    assert docker() == []
    assert push.main(["--account", "123456789012"]) == 0


def test_another_architecture_is_emulated(push, docker, session, monkeypatch):
    monkeypatch.setattr(push.platform, "machine", lambda: "riscv64")
    push.push(session, SHA)
    builds = [command for command in docker() if command[0] == "build"]
    assert [command[1:3] for command in builds] == [["--platform", "linux/amd64"]] * 2


@pytest.mark.parametrize("machine", [None, "riscv64"])
def test_pgbouncers_image_has_a_repository_of_its_own(push, docker, monkeypatch, machine):
    monkeypatch.setattr(push.platform, "machine", lambda: machine or push.MACHINES[0])
    own = Session(ecr=ecr(repository="shop-pgbouncer", tag="0a1b2c3d4e5f"))
    monkeypatch.setattr(identity, "open_session", lambda *_: own)
    assert push.main(["--pgbouncer", "0a1b2c3d4e5f"]) == 0
    image = f"{REGISTRY}/shop-pgbouncer:0a1b2c3d4e5f"
    emulated = ["--platform", "linux/amd64"] if machine else []
    file = str(ROOT / "deploy" / "pgbouncer" / "Dockerfile")
    assert docker()[1:] == [
        ["build", *emulated, "--pull", "--file", file, "--tag", image, str(ROOT)],
        ["push", image],
    ]
    assert Path(file).is_file()


def test_a_pgbouncer_that_is_there_is_not_built_again(push, docker, capsys):
    own = ecr("{}", repository="shop-pgbouncer", tag="1")
    push.push_pgbouncer(Session(ecr=own), "1")
    assert [command[0] for command in docker()] == ["login"]
    image = f"{REGISTRY}/shop-pgbouncer:1"
    assert capsys.readouterr().out == f"{image} is there already\n"


def test_other_options_are_refused(push, docker, capsys):
    with pytest.raises(SystemExit) as ended:
        push.main(["pgbouncer", "1"])
    assert ended.value.code == 2
    assert docker() == []


@pytest.fixture
def repository(push, tmp_path, monkeypatch):
    """Return a function that runs git in a new repository with one commit, the one to be pushed."""
    folder = tmp_path / "repository"
    monkeypatch.setattr(push, "ROOT", folder)
    monkeypatch.delenv("GIT_SHA", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)

    def git(*arguments):
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    folder.mkdir()
    (folder / "file").write_text("1")
    git("init", "--quiet")
    git("add", "file")
    git("commit", "--quiet", "--message", "first")
    return git


def test_by_hand_the_commit_is_what_is_checked_out(push, repository):
    assert push.commit() == repository("rev-parse", "HEAD")


def test_what_is_in_no_commit_is_not_pushed_under_the_name_of_one(push, repository, docker, capsys):
    (push.ROOT / "file").write_text("2")
    assert push.main() == 2
    problem = capsys.readouterr().err
    assert problem.startswith("push.py: there are changes that no commit has")
    assert problem.count("\n") == 1
    assert docker() == []


def test_an_account_that_was_just_written_down_is_in_no_image(push, repository):
    (push.ROOT / "deploy").mkdir()
    (push.ROOT / "deploy" / "parameters.json").write_text("{}")
    assert push.commit() == repository("rev-parse", "HEAD")


def test_a_pipeline_names_the_commit_itself(push, repository, monkeypatch):
    (push.ROOT / "file").write_text("2")
    monkeypatch.setenv("GIT_SHA", SHA)
    assert push.commit() == SHA


def test_without_any_commit_nothing_is_pushed(push, tmp_path, monkeypatch):
    monkeypatch.setattr(push, "ROOT", tmp_path)
    monkeypatch.delenv("GIT_SHA", raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(push.Refused, match="no git repository with a commit"):
        push.commit()
