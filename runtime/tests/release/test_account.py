"""Whose account it is: the first thing that every command looks at."""

import pytest

from django_fargate.release import identity

from .releases import asked
from .repository import ACCOUNT, write_parameters
from .shapes import SHAPES, with_stacks

COMMANDS = ("release", "rollback", "migrate", "run", "status", "logs", "verify")
# Each kind, and each command that it knows.
every_command = pytest.mark.parametrize(
    ("shape", "command"),
    [
        (shape, command)
        for shape, given in SHAPES.items()
        for command in [*COMMANDS, *["bootstrap"][: len(given["stacks"])]]
    ],
)


@every_command
def test_another_account_is_asked_nothing_but_its_number(world, capsys, command):
    write_parameters(world.configuration, {}, account="210987654321")
    assert world.main(command) == 2
    captured = capsys.readouterr()
    assert f"account {ACCOUNT}, region {world.configuration.region}" in captured.out
    assert "this repository belongs to 210987654321" in captured.err
    assert asked(world) == ["sts:get_caller_identity"]


@every_command
def test_another_region_is_asked_nothing_at_all(world, capsys, monkeypatch, command):
    monkeypatch.setenv("AWS_REGION", "eu-south-9")
    assert world.main(command) == 2
    assert "AWS_REGION is eu-south-9" in capsys.readouterr().err
    assert asked(world) == []


@every_command
def test_an_account_that_nobody_named_is_asked_nothing_but_its_number(world, capsys, command):
    write_parameters(world.configuration, {}, account="")
    assert world.main(command) == 2
    assert f"{ACCOUNT}" in capsys.readouterr().err
    assert asked(world) == ["sts:get_caller_identity"]


def test_another_account_can_be_named(world):
    write_parameters(world.configuration, {}, account="210987654321")
    assert world.main("status", "--account", ACCOUNT) == 0


@with_stacks
def test_the_first_bootstrap_writes_the_account_down(world):
    write_parameters(world.configuration, {}, account="")
    assert world.main("bootstrap", "--account", ACCOUNT) == 0
    assert identity.parameters(world.configuration) == {"account": ACCOUNT}
    assert world.main("release") == 0
