"""Whose account this is, and as whom a pipeline comes. AWS is made up."""

import json
from types import SimpleNamespace

import pytest

from django_fargate.release import cli, identity, push
from django_fargate.release.outcomes import Refused

from .shapes import shapes

ACCOUNT = "123456789012"

pytestmark = shapes("stacks-beat")


@pytest.fixture
def parameters(configuration):
    """Return the path of deploy/parameters.json, which is not there yet."""
    configuration.parameters_file.unlink()
    return configuration.parameters_file


@pytest.fixture
def answers(monkeypatch):
    """Let somebody sit at a terminal who answers so; return what was asked."""

    def answers(answer):
        asked = []
        monkeypatch.setattr(identity.sys, "stdin", SimpleNamespace(isatty=lambda: True))
        monkeypatch.setattr("builtins.input", lambda text: asked.append(text) or answer)
        return asked

    return answers


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_DEFAULT_REGION"])
def test_another_region_is_refused(configuration, monkeypatch, name):
    identity.refuse_another_region(configuration)
    monkeypatch.setenv(name, configuration.region)
    identity.refuse_another_region(configuration)
    monkeypatch.setenv(name, "eu-south-9")
    with pytest.raises(Refused, match=f"{name} is eu-south-9, but .* {configuration.region}"):
        identity.refuse_another_region(configuration)


@pytest.mark.parametrize(
    ("written", "given", "wanted"),
    [
        (None, None, ""),
        ("{}", None, ""),
        ('{"account": ""}', None, ""),
        (f'{{"account": "{ACCOUNT}"}}', None, ACCOUNT),
        (f'{{"account": "{ACCOUNT}"}}', "210987654321", "210987654321"),
    ],
)
def test_the_account_is_the_one_that_was_named(configuration, parameters, written, given, wanted):
    if written is not None:
        parameters.write_text(written)
    assert identity.wanted_account(configuration, given) == wanted


@pytest.mark.parametrize(
    ("written", "given", "message"),
    [
        ("{", None, "is not JSON"),
        ("[]", None, "is not an object"),
        (f'{{"account": {ACCOUNT}}}', None, '"account" is 123456789012: write the 12 digits'),
        ('{"account": "1234-5678-9012"}', None, '"account" is .*: write the 12 digits'),
        ("{}", "mine", "--account is 'mine': write the 12 digits"),
    ],
)
def test_what_names_no_account_is_refused(configuration, parameters, written, given, message):
    parameters.write_text(written)
    with pytest.raises(Refused, match=message):
        identity.wanted_account(configuration, given)


def test_another_account_is_refused(configuration):
    identity.refuse_another_account(ACCOUNT, ACCOUNT)
    with pytest.raises(Refused, match="account 210987654321, but .* 123456789012"):
        identity.refuse_another_account("210987654321", ACCOUNT)
    with pytest.raises(Refused, match='write "account": "210987654321" there'):
        identity.refuse_another_account("210987654321", "")


@pytest.mark.parametrize(
    "written",
    [
        None,
        "{}\n",
        '{\n  "account": "",\n  "data": {"Existing": "é"}\n}\n',
        '{"data": {"Existing": "é"}, "account" : ""}',
        '{\n  "data": {"Existing": "é"}\n}\n',
    ],
)
def test_the_first_bootstrap_writes_the_account_down_and_leaves_the_rest(
    configuration, parameters, answers, written
):
    before = json.loads(written or "{}")
    if written:
        parameters.write_text(written, encoding="utf-8")
    asked = answers("y")
    identity.note_account(configuration, ACCOUNT, None)
    assert ACCOUNT in asked[0]
    text = parameters.read_text(encoding="utf-8")
    assert json.loads(text) == {**before, "account": ACCOUNT}
    assert "é" in text or "é" not in (written or "")
    identity.note_account(configuration, "210987654321", None)
    assert parameters.read_text(encoding="utf-8") == text
    assert len(asked) == 1


@pytest.mark.parametrize("answer", ["", "n", "what?"])
def test_without_a_yes_nothing_is_written(configuration, parameters, answers, answer):
    answers(answer)
    with pytest.raises(Refused, match="nothing was created"):
        identity.note_account(configuration, ACCOUNT, None)
    assert not parameters.exists()


def test_where_nobody_can_be_asked_the_account_is_named(configuration, parameters, monkeypatch):
    monkeypatch.setattr(identity.sys, "stdin", SimpleNamespace(isatty=lambda: False))
    with pytest.raises(Refused, match=f"name it with --account {ACCOUNT}"):
        identity.note_account(configuration, ACCOUNT, None)
    assert not parameters.exists()
    identity.note_account(configuration, ACCOUNT, ACCOUNT)
    assert json.loads(parameters.read_text()) == {"account": ACCOUNT}


# --- As whom a pipeline comes


class Sessions:
    """In place of boto3.Session: what sessions were made of, and what was asked of STS."""

    def __init__(self):
        self.made, self.asked = [], []

    def __call__(self, *keys, **options):
        self.made.append((keys, options))
        return SimpleNamespace(client=lambda name, config: self)

    def assume_role_with_web_identity(self, **request):
        self.asked.append(request)
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
        return {"Credentials": dict(zip(names, "abc", strict=True))}


@pytest.fixture
def sessions(monkeypatch, tmp_path):
    sessions = Sessions()
    monkeypatch.setattr(identity.boto3, "Session", sessions)
    token = tmp_path / "token"
    token.write_text("of-this-job\n")
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:role")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(token))
    return sessions


def test_a_token_is_traded_once_for_as_long_as_the_job_may_take(configuration, sessions):
    identity.open_session(configuration, None, 7200)
    (request,) = sessions.asked
    assert request == {
        "RoleArn": "arn:role",
        "RoleSessionName": f"{configuration.slug}-pipeline",
        "WebIdentityToken": "of-this-job",
        "DurationSeconds": 7200,
    }
    # No session is left that would present the token again.
    assert sessions.made[-1] == (("a", "b", "c"), {"region_name": configuration.region})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ROLE_ARN", ""),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", ""),
        ("AWS_PROFILE", "mine"),
        ("AWS_ACCESS_KEY_ID", "mine"),
    ],
)
def test_other_credentials_are_found_as_the_aws_cli_finds_them(
    configuration, sessions, monkeypatch, name, value
):
    monkeypatch.setenv(name, value)
    identity.open_session(configuration, None, 7200)
    assert sessions.asked == []
    assert sessions.made == [((), {"profile_name": None, "region_name": configuration.region})]


@pytest.mark.parametrize(
    ("command", "seconds"), [("push", push.SESSION_SECONDS), ("status", cli.SESSION_SECONDS)]
)
def test_no_role_of_the_pipeline_is_asked_for_more_than_it_allows(
    configuration, monkeypatch, command, seconds
):
    def open_session(*given):
        opened.append(given)
        raise Refused("it was opened")

    opened = []
    # What a role allows that says nothing.
    assert push.SESSION_SECONDS <= 3600 < cli.SESSION_SECONDS
    monkeypatch.setenv("GIT_SHA", "a" * 40)
    monkeypatch.setattr(identity, "open_session", open_session)
    assert cli.main([command], None, configuration) == 2
    assert opened == [(configuration, None, seconds)]
