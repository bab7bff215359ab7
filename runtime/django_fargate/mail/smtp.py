"""Django's SMTP backend with one deadline for the whole mail."""

import smtplib
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends import smtp

from django_fargate.breaker import Breaker
from django_fargate.mail import MailUnavailable, breakers

# The mail is sent; this is only for the goodbye.
GOODBYE_SECONDS = 1.0
# A socket's timeout of 0 would mean something else: not to block.
SHORTEST_SECONDS = 0.001


class Session(smtplib.SMTP):
    """A session that ends with its mail's time, however many steps it has, or addresses to try."""

    def __init__(self, *args: Any, left: Callable[[], float], **kwargs: Any) -> None:
        self._left = left
        super().__init__(*args, **kwargs)

    def connect(self, host: str = "", port: int = 0, source_address: Any = None) -> Any:
        # A connect that is dropped on the way takes its whole timeout, at each address of the host.
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        self.timeout = max(self._left() / len(addresses), SHORTEST_SECONDS)
        return super().connect(host, port, source_address)

    def getreply(self) -> tuple[int, bytes]:
        self._hurry()
        return super().getreply()

    def send(self, s: Any) -> None:
        self._hurry()
        super().send(s)

    def _hurry(self) -> None:
        if self.sock:
            self.sock.settimeout(max(self._left(), SHORTEST_SECONDS))


class TlsSession(Session, smtplib.SMTP_SSL):
    """The same with TLS from the first byte on."""


class EmailBackend(smtp.EmailBackend):
    """Sends within `timeout` seconds a mail, from the connect on, or raises MailUnavailable."""

    _ends = 0.0

    @property
    def connection_class(self) -> Any:
        if self.timeout is None:
            return super().connection_class
        return partial(TlsSession if self.use_ssl else Session, left=self._left)

    def open(self) -> bool | None:
        self._start()
        # send_messages() must know of a failure even where it is to be silent about it.
        silently, self.fail_silently = self.fail_silently, False
        try:
            return super().open()
        finally:
            self.fail_silently = silently

    def close(self) -> None:
        self._ends = min(self._ends, time.monotonic() + GOODBYE_SECONDS)
        super().close()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        breaker = breakers.setdefault(f"{self.host}:{self.port}", Breaker())
        self._start()
        try:
            return breaker.call(lambda: self._attempt(email_messages), MailUnavailable)
        except OSError:
            if not self.fail_silently:
                raise
            return 0

    def _attempt(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            return super().send_messages(email_messages) or 0
        except OSError as error:
            # What the server answered is for who sent the mail: a wrong password, an address.
            answered = isinstance(error, smtplib.SMTPException)
            if answered and not isinstance(error, smtplib.SMTPServerDisconnected):
                raise
            raise MailUnavailable(f"no answer from {self.host}:{self.port}: {error}") from error

    def _send(self, email_message: EmailMessage) -> bool:
        try:
            return bool(super()._send(email_message))  # type: ignore[misc]
        finally:
            # The next mail over this connection has its own time.
            self._start()

    def _start(self) -> None:
        self._ends = time.monotonic() + (self.timeout or 0)

    def _left(self) -> float:
        return self._ends - time.monotonic()
