"""`secret` and `secrets`: what an operator does, and that no value ever comes out."""

import io
import json
import sys

import pytest

from .kept import Kept
from .shapes import one_shape

ARN = "arn:aws:ssm:us-east-1:123456789012:parameter/legacy/token"


class Terminal:
    """Standard input where somebody sits."""

    def isatty(self):
        return True


class Piped:
    def __init__(self, value):
        self.buffer = io.BytesIO(value)

    def isatty(self):
        return False


@pytest.fixture
def kept(world):
    return Kept(world)


@pytest.fixture
def pipe(monkeypatch):
    return lambda value: monkeypatch.setattr(sys, "stdin", Piped(value))


@pytest.fixture
def terminal(monkeypatch):
    """Let somebody type a value, and answer a question."""

    def terminal(value, answer="n"):
        monkeypatch.setattr(sys, "stdin", Terminal())
        monkeypatch.setattr("getpass.getpass", lambda prompt: value)
        monkeypatch.setattr("builtins.input", lambda prompt: answer)

    return terminal


def declare(world, **entries):
    file = world.configuration.root / "deploy" / "environment.json"
    file.write_text(json.dumps(entries))


def test_a_value_is_read_and_never_shown(world, kept, pipe, capsys):
    declare(world, STRIPE_KEY={"secret": True})
    pipe(b"hunter2\n")
    assert world.main("secret", "STRIPE_KEY") == 0
    assert kept.values == {"STRIPE_KEY": "hunter2"}
    out = capsys.readouterr()
    assert f"STRIPE_KEY is set in {world.slug}/app" in out.out
    assert "hunter2" not in out.out + out.err
    assert world.main("secrets") == 0
    out = capsys.readouterr()
    assert "STRIPE_KEY" in out.out
    assert "hunter2" not in out.out + out.err


@one_shape
@pytest.mark.parametrize(
    ("given", "value"), [(b"a\nb\n", "a\nb"), (b"a", "a"), (b"a\r\n", "a"), (b" a ", " a ")]
)
def test_only_the_end_of_the_last_line_is_left_out(world, kept, pipe, given, value):
    declare(world, KEY={"secret": True})
    pipe(given)
    assert world.main("secret", "KEY") == 0
    assert kept.values == {"KEY": value}


@one_shape
@pytest.mark.parametrize(
    ("given", "reason"),
    [(b"\n", "is empty"), (b"a\0b", "zero byte"), (b"hunter2\xff", "not text in UTF-8")],
)
def test_a_value_that_no_variable_can_have_is_refused(world, kept, pipe, given, reason, capsys):
    declare(world, KEY={"secret": True})
    pipe(given)
    assert world.main("secret", "KEY") == 2
    error = capsys.readouterr().err
    assert reason in error
    assert "hunter2" not in error
    assert kept.versions == {}


@one_shape
def test_a_terminal_is_asked_and_a_long_line_refused(world, kept, terminal, capsys):
    declare(world, KEY={"secret": True})
    terminal("typed")
    assert world.main("secret", "KEY") == 0
    assert kept.values == {"KEY": "typed"}
    terminal("x" * 1_001)
    assert world.main("secret", "KEY") == 2
    assert "NAME=KEY < FILE" in capsys.readouterr().err
    assert kept.values == {"KEY": "typed"}


@one_shape
def test_a_value_on_the_command_line_is_refused_and_not_repeated(world, kept, capsys):
    for arguments in (["KEY", "hunter2"], ["KEY=hunter2"], []):
        assert world.main("secret", *arguments) == 2
        assert "hunter2" not in capsys.readouterr().err
    assert kept.versions == {}


@one_shape
def test_an_undeclared_name_is_refused_with_the_line_to_write(world, kept, pipe, capsys):
    pipe(b"x")
    assert world.main("secret", "KEY") == 2
    assert 'write "KEY": { "secret": true } into deploy/environment.json' in capsys.readouterr().err
    assert kept.versions == {}


@one_shape
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, '{\n  "KEY": { "secret": true }\n}\n'),
        ("{}\n", '{\n  "KEY": { "secret": true }\n}\n'),
        (
            '{\n  "A": {\n    "value": "1" }\n}\n',
            '{\n  "A": {\n    "value": "1" },\n  "KEY": { "secret": true }\n}\n',
        ),
    ],
)
def test_on_a_terminal_it_is_declared_after_a_question(world, kept, terminal, before, after):
    file = world.configuration.root / "deploy" / "environment.json"
    if before is not None:
        file.write_text(before)
    terminal("typed")
    assert world.main("secret", "KEY") == 2
    assert (file.read_text() if file.exists() else None) == before
    terminal("typed", "y")
    assert world.main("secret", "KEY") == 0
    assert file.read_text() == after
    assert kept.values == {"KEY": "typed"}


@one_shape
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("SECRET_KEY", "stands in deploy/ecs/web.json"),
        ("DB_HOST", "stands in deploy/ecs/web.json"),
        ("PLAIN", "a plain value"),
        ("OWN", f"the ARN {ARN}"),
        ("1ST", "does not begin with a digit"),
        ("RELEASE_SHA", "sets this itself"),
    ],
)
def test_a_name_that_is_something_else_is_refused(world, kept, pipe, name, reason, capsys):
    declare(world, PLAIN={"value": "1"}, OWN={"secret": ARN})
    pipe(b"x")
    assert world.main("secret", name) == 2
    assert reason in capsys.readouterr().err
    assert kept.versions == {}


def test_by_hand_the_secret_is_created(world, pipe, capsys):
    kept = Kept(world, is_there=False)
    declare(world, KEY={"secret": True})
    pipe(b"x")
    if world.configuration.stacks:
        assert world.main("secret", "KEY") == 2
        assert "make bootstrap" in capsys.readouterr().err
    else:
        assert world.main("secret", "KEY") == 0
        assert kept.values == {"KEY": "x"}


@one_shape
def test_what_a_task_reads_is_not_removed(world, kept, capsys):
    kept.set({"OLD": "1", "KEY": "2"})
    declare(world, KEY={"secret": True})
    assert world.main("secret", "KEY", "--remove") == 2
    assert "take it out there" in capsys.readouterr().err
    describe = world.describe_definition

    def reads(request):
        answer = describe(request)
        (container,) = answer["taskDefinition"]["containerDefinitions"]
        container["secrets"] = [{"name": "X", "valueFrom": f"{kept.arn}:OLD::"}]
        return answer

    world.answer("ecs", describe_task_definition=reads)
    assert world.main("secret", "OLD", "--remove") == 2
    assert "still start with OLD" in capsys.readouterr().err
    world.answer("ecs", describe_task_definition=describe)
    assert world.main("secret", "OLD", "--remove") == 0
    assert kept.values == {"KEY": "2"}
    assert world.main("secret", "OLD", "--remove") == 2
    assert "has no OLD" in capsys.readouterr().err


@one_shape
def test_the_list_says_what_is_set_where_and_what_is_left_over(world, kept, capsys):
    kept.set({"SET": "hunter2", "LEFT": "hunter2", "EMPTY": ""})
    declare(
        world,
        PLAIN={"value": "1"},
        SET={"secret": True, "services": ["web"]},
        EMPTY={"secret": True},
        OWN={"secret": ARN},
    )
    world.answer("ssm", describe_parameters={"Parameters": [{"Name": "/legacy/token"}]})
    assert world.main("secrets") == 0
    out = capsys.readouterr().out
    lines = {line.split()[0]: line.split(maxsplit=2)[1:] for line in out.splitlines()[1:]}
    assert lines == {
        "SET": ["set", "shop/app, declared in deploy/environment.json for web"],
        "EMPTY": ["MISSING", "shop/app, declared in deploy/environment.json"],
        "OWN": ["set", f"{ARN}, declared in deploy/environment.json"],
        "LEFT": [
            "unused",
            "in shop/app, not in deploy/environment.json: declare it, or: make secret NAME=LEFT"
            " ARGS=--remove",
        ],
    }
    assert "hunter2" not in out
    assert kept.description == f"Names at version {kept.labels['AWSCURRENT']}: LEFT SET"


@one_shape
def test_a_secret_that_was_emptied_is_noted_too(world, kept):
    kept.description = "Names at version before: KEY"
    kept.set({})
    assert world.main("secrets") == 0
    assert kept.description == f"Names at version {kept.labels['AWSCURRENT']}: "


@one_shape
def test_nothing_is_listed_where_there_is_nothing(world, capsys):
    Kept(world, is_there=False)
    assert world.main("secrets") == 0
    assert "no secret is declared" in capsys.readouterr().out
