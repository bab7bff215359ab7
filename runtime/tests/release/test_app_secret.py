"""The project's secret: two operators lose nothing, and a release reads no value."""

import json

import pytest

from django_fargate.release.app_secret import AppSecret
from django_fargate.release.outcomes import Failed, Refused

from .kept import Kept
from .shapes import one_shape

pytestmark = one_shape


@pytest.fixture
def kept(world):
    return Kept(world)


def add(world, **more):
    return AppSecret(world.aws).change(lambda values: {**values, **more})


def test_the_first_value_and_the_next_ones_are_noted(world, kept):
    assert add(world, A="1") == ["A"]
    assert add(world, B="2") == ["A", "B"]
    assert kept.values == {"A": "1", "B": "2"}
    assert kept.description == f"Names at version {kept.labels['AWSCURRENT']}: A B"
    assert AppSecret(world.aws).faults(["A", "B"]) == []


@pytest.mark.parametrize("before", [{}, {"A": "1"}])
def test_what_somebody_else_sets_at_the_same_time_stays(world, kept, before, capsys):
    if before:
        kept.set(before)
    kept.meanwhile = [lambda: kept.set({**before, "THEIRS": "t"}, "theirs")]
    add(world, OURS="o")
    assert kept.values == {**before, "THEIRS": "t", "OURS": "o"}
    assert "somebody else" in capsys.readouterr().out
    assert AppSecret(world.aws).faults(["THEIRS", "OURS"]) == []


def test_the_control_a_blind_write_would_have_lost_it(world, kept):
    kept.set({"A": "1"})
    version, values = AppSecret(world.aws).read()
    kept.set({"A": "1", "THEIRS": "t"}, "theirs")
    assert AppSecret(world.aws).put(version, {**values, "OURS": "o"}) is False
    assert kept.values == {"A": "1", "THEIRS": "t"}


def test_it_gives_up_where_it_is_changed_all_the_time(world, kept):
    kept.set({})
    kept.meanwhile = [lambda n=n: kept.set({"N": str(n)}, f"v{n}") for n in range(9)]
    with pytest.raises(Failed, match="try again later"):
        add(world, A="1")


def test_a_note_that_is_late_is_written_again(world, kept):
    kept.set({"A": "1"})
    update = kept.update

    def late(request):
        if not kept.description:
            kept.set({"A": "1", "B": "2"}, "newer")
        return update(request)

    world.answer("secretsmanager", update_secret=late)
    assert AppSecret(world.aws).note_names() == ["A", "B"]
    assert kept.description == f"Names at version {'newer'.ljust(32, '-')}: A B"


def test_a_name_that_is_missing_is_refused_and_no_value_is_read(world, kept):
    add(world, A="1")
    world.client("secretsmanager").calls.clear()
    assert AppSecret(world.aws).faults(["A", "B"]) == [
        "the secret shop/app has no B: run `make secret NAME=B`"
    ]
    asked = {name for name, _ in world.client("secretsmanager").calls}
    assert asked == {"describe_secret"}


def test_an_empty_secret_has_no_name(world, kept):
    (problem,) = AppSecret(world.aws).faults(["A"])
    assert problem.endswith("has no A: run `make secret NAME=A`")


def test_a_change_in_the_console_is_noticed(world, kept):
    add(world, A="1")
    kept.set({"B": "2"})
    (problem,) = AppSecret(world.aws).faults(["A"])
    assert "run `make secrets`" in problem
    AppSecret(world.aws).note_names()
    (problem,) = AppSecret(world.aws).faults(["A", "B"])
    assert "has no A" in problem


def test_what_is_no_text_or_empty_is_no_value(world, kept):
    kept.set({"A": "", "B": 1, "C": "c"})
    assert AppSecret(world.aws).note_names() == ["C"]


@pytest.mark.parametrize("text", ["hunter2", '["hunter2"]'])
def test_what_is_no_object_is_refused_without_its_text(world, kept, text):
    kept.set(text)
    with pytest.raises(Refused, match="does not hold a JSON object") as refused:
        add(world, A="1")
    assert "hunter2" not in str(refused.value)


def test_limits_are_told_before_anything_is_written(world, kept):
    with pytest.raises(Refused, match="Secrets Manager takes 65536"):
        add(world, A="x" * 65_536)
    with pytest.raises(Refused, match="there is room for 2048"):
        add(world, **{f"A_RATHER_LONG_NAME_{n:03}": "x" for n in range(100)})
    assert kept.versions == {}
    add(world, A="x" * (65_536 - len(json.dumps({"A": ""}))))
    assert kept.description


def test_without_a_secret_the_stacks_make_it(world):
    Kept(world, is_there=False)
    with pytest.raises(Refused, match="no secret shop/app: run `make bootstrap`"):
        add(world, A="1")


def test_one_that_is_being_deleted_is_refused(world, kept):
    world.answer("secretsmanager", describe_secret={"ARN": kept.arn, "DeletedDate": "x"})
    with pytest.raises(Refused, match="restore-secret"):
        add(world, A="1")
