"""The identity in SES that mail is sent from: whether SES takes mail, and what it lacks."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from .aws import Aws
from .outcomes import reason_of, say, show


def mail_states(aws: Aws) -> list[str]:
    """Return lines about mail for `status`: nothing where no mail goes through SES."""
    domain = aws.configuration.mail_identity
    if not domain:
        return []
    try:
        identity = aws.sesv2.get_email_identity(EmailIdentity=domain)
        account = aws.sesv2.get_account()
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "NotFoundException":
            return [f"mail       SES does not know {domain}: make bootstrap"]
        return [f"mail       not looked at: {reason_of(error)}"]
    except BotoCoreError as error:
        return [f"mail       not looked at: {error}"]
    lines = [f"mail       {state_of_identity(domain, identity)}"]
    lines += [f"           {record}" for record in missing_records(domain, identity)]
    if not account.get("ProductionAccessEnabled"):
        lines.append("mail       sandbox: only verified addresses get mail; see deploy/README.md")
    if not account.get("SendingEnabled", True):
        lines.append("mail       SES has stopped this account's sending: see its console")
    return lines


def state_of_identity(domain: str, identity: dict[str, Any]) -> str:
    if identity.get("VerifiedForSendingStatus"):
        return f"SES sends from {domain}"
    status = identity.get("DkimAttributes", {}).get("Status", "unknown")
    return f"SES does not send from {domain} yet (DKIM {status}); its DNS must have:"


def missing_records(domain: str, identity: dict[str, Any]) -> list[str]:
    """Return the DNS records that SES looks for; none once it has found them."""
    if identity.get("VerifiedForSendingStatus"):
        return []
    dkim = identity.get("DkimAttributes", {})
    zone = dkim.get("SigningHostedZone") or "dkim.amazonses.com"
    return [f"{token}._domainkey.{domain} CNAME {token}.{zone}" for token in dkim.get("Tokens", [])]


def tell_of_mail(aws: Aws) -> None:
    """Say after the stacks are there what mail still lacks."""
    lines = mail_states(aws)
    if lines:
        say("mail, as `make status` says it again later:")
    for line in lines:
        show(line)
