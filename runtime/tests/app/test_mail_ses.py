"""Mail over the API of SES, against a server on this machine that records what it is asked."""

import base64
import email
import email.policy
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import django
import pytest
from botocore.exceptions import ClientError
from django.core.mail import EmailMultiAlternatives

from django_fargate.mail import MailUnavailable, ses

TIMEOUT_SECONDS = 1.0


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch):
    monkeypatch.setattr(ses, "breakers", {})
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    ses.client_of.cache_clear()
    yield
    ses.client_of.cache_clear()


@pytest.fixture
def service(monkeypatch):
    """Start something that answers as SES does; `answer` decides how, `asked` holds what it got."""

    class Service(BaseHTTPRequestHandler):
        asked = []
        answer = (200, {"MessageId": "1"})
        waits = threading.Event()

        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.asked.append((self.path, body))
            if self.answer is None:
                self.waits.wait(30)
                return
            status, said = self.answer
            text = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL_SESV2", f"http://127.0.0.1:{server.server_port}")
    yield Service
    Service.waits.set()
    server.shutdown()
    server.server_close()


def backend(**options):
    options = {"region": "eu-central-1", "timeout": TIMEOUT_SECONDS, **options}
    if django.VERSION >= (6, 1):
        options["alias"] = "default"
    return ses.EmailBackend(**options)


def a_mail(**changes):
    parts = {
        "subject": "Grüße",
        "body": "Fünf Äpfel",
        "from_email": "Shop <shop@example.com>",
        "to": ["Customer <customer@bücher.example>"],
        "cc": ["copy@example.com"],
        "bcc": ["hidden@example.com"],
        **changes,
    }
    return EmailMultiAlternatives(**parts)


def test_a_mail_is_sent_whole(service):
    message = a_mail()
    message.attach_alternative("<p>Fünf Äpfel</p>", "text/html")
    message.attach("list.csv", "Äpfel;5", "text/csv")
    assert backend().send_messages([message]) == 1
    ((path, asked),) = service.asked
    assert path == "/v2/email/outbound-emails"
    assert asked["Destination"] == {
        "ToAddresses": ["customer@xn--bcher-kva.example"],
        "CcAddresses": ["copy@example.com"],
        "BccAddresses": ["hidden@example.com"],
    }
    raw = base64.b64decode(asked["Content"]["Raw"]["Data"])
    assert raw.isascii()
    assert b"hidden" not in raw
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert parsed["Subject"] == "Grüße"
    assert parsed["From"] == "Shop <shop@example.com>"
    assert parsed.get_body(("plain",)).get_content().strip() == "Fünf Äpfel"
    assert "Fünf Äpfel" in parsed.get_body(("html",)).get_content()
    (attached,) = parsed.iter_attachments()
    assert attached.get_content().strip() == "Äpfel;5"


def test_a_mail_to_nobody_is_not_sent(service):
    assert backend().send_messages([a_mail(to=[], cc=[], bcc=[])]) == 0
    assert service.asked == []


def test_one_client_serves_all_mails(service):
    assert backend().send_messages([a_mail(), a_mail()]) == 2
    assert backend().send_messages([a_mail()]) == 1
    assert ses.client_of.cache_info().misses == 1


def test_a_service_that_never_answers_costs_the_timeout_once(service):
    service.answer = None
    started = time.monotonic()
    with pytest.raises(MailUnavailable, match="no answer from SES"):
        backend().send_messages([a_mail()])
    assert time.monotonic() - started < 10 * TIMEOUT_SECONDS
    # One try: SES may have taken the mail.
    assert len(service.asked) == 1
    with pytest.raises(MailUnavailable, match="last attempt failed"):
        backend().send_messages([a_mail()])
    assert len(service.asked) == 1


def test_what_the_service_refuses_is_told_and_stops_nothing(service):
    service.answer = (400, {"__type": "MessageRejected", "message": "not verified"})
    for _ in range(2):
        with pytest.raises(ClientError, match="not verified"):
            backend().send_messages([a_mail()])
    assert len(service.asked) == 2


def test_a_silent_backend_counts_what_was_sent(service):
    service.answer = None
    silent = backend()
    silent.fail_silently = True
    assert silent.send_messages([a_mail(), a_mail()]) == 0
    assert len(service.asked) == 1
