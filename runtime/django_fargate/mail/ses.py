"""Mail through the API of Amazon SES, signed with the role of the task: there is no password."""

import threading
from collections.abc import Sequence
from email.encoders import encode_quopri
from email.utils import parseaddr
from functools import lru_cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.encoding import punycode

from django_fargate.breaker import Breaker
from django_fargate.mail import MailUnavailable, breakers

# As many as gunicorn has threads at most: each may send a mail.
POOL_CONNECTIONS = 16
# Making a client is not safe in several threads, using one is.
making = threading.Lock()


class EmailBackend(BaseEmailBackend):
    """Sends within `timeout` seconds a mail, or raises MailUnavailable.

    What SES refuses, such as a recipient while the account is in the sandbox, is a ClientError.
    """

    def __init__(
        self,
        fail_silently: bool = False,
        *,
        region: str | None = None,
        timeout: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fail_silently = fail_silently
        # Django 6.1 has options of a mailer, 5.2 settings.
        self.region: str = settings.SES_REGION if region is None else region
        self.timeout: float = settings.EMAIL_TIMEOUT if timeout is None else timeout

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = 0
        breaker = breakers.setdefault(f"ses {self.region}", Breaker())
        for message in email_messages:
            if not message.recipients():
                continue
            try:
                breaker.call(lambda message=message: self._send(message), MailUnavailable)  # type: ignore[misc]
                sent += 1
            except (OSError, BotoCoreError, ClientError):
                if not self.fail_silently:
                    raise
        return sent

    def _send(self, message: EmailMessage) -> None:
        try:
            with making:
                client = client_of(self.region, self.timeout)
            client.send_email(
                Destination={
                    "ToAddresses": [bare(address) for address in message.to],
                    "CcAddresses": [bare(address) for address in message.cc],
                    "BccAddresses": [bare(address) for address in message.bcc],
                },
                Content={"Raw": {"Data": seven_bits(message)}},
            )
        except (ConnectionError, HTTPClientError) as error:
            raise MailUnavailable(f"no answer from SES: {error}") from error


@lru_cache
def client_of(region: str, timeout: float) -> Any:
    """Return the process's client: making one reads megabytes and asks for the role's keys.

    Its limits leave room for two addresses that drop packets, and one try: SES may have taken a
    mail whose answer was lost, and a second try would send it twice.
    """
    limits = Config(
        connect_timeout=timeout / 5,
        read_timeout=3 * timeout / 5,
        retries={"total_max_attempts": 1},
        max_pool_connections=POOL_CONNECTIONS,
    )
    session = botocore.session.get_session()
    return session.create_client("sesv2", region_name=region, config=limits)


def bare(address: str) -> str:
    """Return an address without its name, its domain in ASCII."""
    mailbox, at, domain = parseaddr(address)[1].rpartition("@")
    return f"{mailbox}{at}{punycode(domain)}"


def seven_bits(message: EmailMessage) -> bytes:
    """Return the mail as bytes; SES asks for other than ASCII to be encoded."""
    mime = message.message()
    for part in mime.walk():
        if part["Content-Transfer-Encoding"] == "8bit":
            del part["Content-Transfer-Encoding"]
            encode_quopri(part)
    return bytes(mime.as_bytes())
