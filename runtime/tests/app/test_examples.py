"""Example values of production: made up from deploy/, so that nothing is listed twice."""

import json
import sys
from pathlib import Path

import pytest

from django_fargate import dotenv, examples
from django_fargate.env import Environment


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a repository with one task, and nothing declared yet."""
    (tmp_path / "deploy" / "ecs").mkdir(parents=True)
    environment = {
        "DB_HOST": "RDS_ENDPOINT",
        "STATIC_URL": "STATIC_URL",
        "BUCKET": "media-ACCOUNT",
        "NAME": "NO_WORD",
        "LEVEL": "MEDIA_BUCKET",
    }
    container = {
        "environment": [{"name": name, "value": value} for name, value in environment.items()],
        "secrets": [{"name": name, "valueFrom": "arn:"} for name in ("SECRET_KEY", "DB_PASSWORD")],
    }
    words = {
        "RDS_ENDPOINT": "DatabaseEndpoint",
        "STATIC_URL": "StaticUrl",
        "MEDIA_BUCKET": "MediaBucketName",
    }
    write(tmp_path / "deploy" / "ecs" / "web.json", {"containerDefinitions": [container]})
    write(tmp_path / "deploy" / "release.json", {"words": words})
    monkeypatch.setattr(examples, "ROOT", tmp_path)
    return tmp_path


def write(file, value):
    file.write_text(json.dumps(value))


def declare(root, **entries):
    write(root / "deploy" / "environment.json", entries)


def test_every_word_and_every_secret_of_the_task_has_an_example(root):
    assert examples.production(root) == {
        "DB_HOST": "database-endpoint.example.com",
        "STATIC_URL": "https://static-url.example.com/",
        "BUCKET": "media-123456789012",
        "NAME": "NO_WORD",
        "LEVEL": "example-media-bucket-name",
        "SECRET_KEY": examples.SECRET_KEY,
        "DB_PASSWORD": examples.SECRET,
    }


def test_production_takes_the_example_key_for_a_good_one():
    env = Environment("test", {"SECRET_KEY": examples.SECRET_KEY})
    assert env.secret_key("SECRET_KEY") == examples.SECRET_KEY
    env.stop_if_faulty()


def test_what_is_declared_joins_for_the_task_that_has_it(root):
    declare(
        root,
        PLAIN={"value": "1"},
        LOCALLY={"value": "live", "example": "test"},
        STRIPE_KEY={"secret": True},
        DSN={"secret": True, "example": "https://key@sentry.example.com/1"},
        FOR_WORKER={"value": "2", "services": ["worker"]},
    )
    found = examples.production(root)
    assert found["PLAIN"] == "1"
    assert found["LOCALLY"] == "test"
    assert found["STRIPE_KEY"] == examples.SECRET
    assert found["DSN"] == "https://key@sentry.example.com/1"
    # The web task is not given it, so a setting that needs it must stop these tests, too.
    assert "FOR_WORKER" not in found


def test_the_switch_gives_examples_of_what_is_declared_and_not_set(root):
    declare(root, A={"secret": True}, B={"secret": True}, C={"value": "c"}, D={"value": "d"})
    given = {"EXAMPLE_VALUES": "web", "B": "mine", "D": ""}
    found = examples.filled_in(root, given)
    assert {name: found[name] for name in "ABCD"} == {
        "A": examples.SECRET,
        "B": "mine",
        "C": "c",
        "D": "",
    }
    # The control: without the switch nothing is made up.
    assert examples.filled_in(root, {"B": "mine"}) == {"B": "mine"}


@pytest.mark.parametrize("name", examples.ON_AWS)
def test_on_aws_nothing_is_made_up(root, name):
    with pytest.raises(SystemExit, match="EXAMPLE_VALUES is set on AWS"):
        examples.filled_in(root, {"EXAMPLE_VALUES": "web", name: "AWS_ECS_FARGATE"})


def test_a_faulty_declaration_ends_in_a_sentence(root):
    declare(root, A={"value": 1})
    with pytest.raises(SystemExit, match="the value of A must be a text"):
        examples.production(root)


def test_python_runs_with_the_examples_and_without_the_variables_of_the_shell(root, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://mine")
    called = []
    monkeypatch.setattr("os.execve", lambda *arguments: called.append(arguments))
    examples.main(["HTTPS=1", "DB_HOST=other", "manage.py", "check", "A=b"])
    ((program, command, environment),) = called
    assert program == sys.executable
    assert command == [sys.executable, "manage.py", "check", "A=b"]
    assert (environment["HTTPS"], environment["DB_HOST"]) == ("1", "other")
    assert environment["DB_PASSWORD"] == examples.SECRET
    assert "DATABASE_URL" not in environment
    assert "PATH" in environment


# What a developer keeps for himself.


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=sk_test_1", "sk_test_1"),
        ("export A = x y  # why", "x y"),
        ("A=a#b", "a#b"),
        ("A=", ""),
        ("A=  # nothing", ""),
        ("A='p$a\\s#s' # why", "p$a\\s#s"),
        ('A="two words"', "two words"),
        ('A="it\'s"', "it's"),
    ],
)
def test_a_line_of_dotenv_is_read_as_compose_reads_it(tmp_path, line, value):
    (tmp_path / ".env").write_text(f"\n# of my own\n{line}\n")
    environ = {}
    dotenv.load(tmp_path, environ)
    assert environ == {"A": value}


@pytest.mark.parametrize("line", ["A", "1A=x", "A='x", 'A="x\\n"', 'A="$x"', "A=x$y", "A='x' y"])
def test_a_line_that_compose_reads_otherwise_is_refused_without_its_value(tmp_path, line):
    (tmp_path / ".env").write_text(f"B=1\n{line}hunter2\n" if line == "A='x" else f"B=1\n{line}\n")
    with pytest.raises(SystemExit) as ended:
        dotenv.load(tmp_path, {})
    assert str(ended.value).startswith(".env, line 2: ")
    assert "hunter2" not in str(ended.value)


def test_the_shell_wins_and_no_file_is_no_fault(tmp_path):
    environ = {"A": "shell"}
    dotenv.load(tmp_path, environ)
    (tmp_path / ".env").write_text("A=file\nB=file\n")
    dotenv.load(tmp_path, environ)
    assert environ == {"A": "shell", "B": "file"}


@pytest.mark.parametrize(("settings", "read"), [("local", True), ("production", False)])
def test_only_development_reads_it(root, monkeypatch, settings, read):
    (root / ".env").write_text("OF_MY_OWN=1\n")
    monkeypatch.setenv("OF_MY_OWN", "")
    monkeypatch.delenv("OF_MY_OWN")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", f"shop.settings.{settings}")
    assert Environment().text("OF_MY_OWN", "none") == ("1" if read else "none")


def test_the_root_is_where_the_package_lies():
    assert Path(examples.__file__).parent.parent == examples.ROOT
