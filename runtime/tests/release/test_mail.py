"""What `bootstrap` and `status` say of mail that goes through SES."""

from dataclasses import replace

import pytest

from django_fargate.release.mail import mail_states

from .client import error
from .shapes import shapes

pytestmark = shapes("stacks")

PENDING = {
    "VerifiedForSendingStatus": False,
    "DkimAttributes": {"Status": "PENDING", "Tokens": ["one", "two", "three"]},
}
VERIFIED = {"VerifiedForSendingStatus": True, "DkimAttributes": {"Status": "SUCCESS"}}


@pytest.fixture
def sends(world):
    """Make mail go through SES; what SES answers."""
    world.configuration = replace(world.configuration, mail_identity="example.com")

    def sends(identity, **account):
        account = {"ProductionAccessEnabled": True, "SendingEnabled": True, **account}
        world.answer("sesv2", get_email_identity=identity, get_account=account)

    return sends


def test_without_ses_nothing_is_asked_or_said(world):
    assert mail_states(world.aws) == []
    assert world.client("sesv2").calls == []


def test_a_verified_identity_takes_one_line(world, sends):
    sends(VERIFIED)
    assert mail_states(world.aws) == ["mail       SES sends from example.com"]


@pytest.mark.parametrize("zone", ["", "dkim.eu-south-2.amazonses.com"])
def test_the_records_that_are_missing_are_printed(world, sends, zone):
    dkim = {**PENDING["DkimAttributes"], "SigningHostedZone": zone}
    sends({**PENDING, "DkimAttributes": dkim})
    first, *records = mail_states(world.aws)
    assert "does not send from example.com yet (DKIM PENDING)" in first
    end = zone or "dkim.amazonses.com"
    assert [record.strip() for record in records] == [
        f"{token}._domainkey.example.com CNAME {token}.{end}" for token in ("one", "two", "three")
    ]


def test_the_sandbox_is_told(world, sends):
    sends(VERIFIED, ProductionAccessEnabled=False)
    assert "sandbox: only verified addresses get mail" in mail_states(world.aws)[1]


def test_an_account_that_may_not_send_is_told(world, sends):
    sends(VERIFIED, SendingEnabled=False)
    assert "has stopped" in mail_states(world.aws)[1]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("NotFoundException", "SES does not know example.com: make bootstrap"),
        ("AccessDeniedException", "not looked at: "),
    ],
)
def test_what_cannot_be_seen_is_said_and_stops_nothing(world, sends, capsys, code, says):
    sends(error(code, "not authorized"))
    assert world.main("status") == 0
    assert says in capsys.readouterr().out


def test_bootstrap_ends_with_the_records(world, sends, capsys):
    sends(PENDING)
    assert world.main("bootstrap") == 0
    out = capsys.readouterr().out
    assert "one._domainkey.example.com CNAME one.dkim.amazonses.com" in out
    assert out.index("one._domainkey") < out.index("the infrastructure is ready")
