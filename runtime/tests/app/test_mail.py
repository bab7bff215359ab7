"""Mail over SMTP, against servers on this machine."""

import smtplib
import socket
import threading
import time

import django
import pytest
from django.core.mail import EmailMessage

from django_fargate.mail import MailUnavailable
from django_fargate.mail.smtp import EmailBackend

# Long enough for a machine under load, short enough to wait for.
TIMEOUT_SECONDS = 0.6
# Until a test calls it hanging.
PATIENCE_SECONDS = 30


@pytest.fixture(autouse=True)
def breakers(monkeypatch):
    monkeypatch.setattr("django_fargate.mail.smtp.breakers", {})


@pytest.fixture
def listen():
    """Start a server that treats each connection as `serve` says; its port."""
    servers = []

    def listen(serve=lambda talk: None):
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)
        threading.Thread(target=accept, args=(server, serve), daemon=True).start()
        return server.getsockname()[1]

    yield listen
    for server in servers:
        server.close()


def accept(server, serve):
    kept = []
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        kept.append(connection)
        threading.Thread(target=talk, args=(connection, serve), daemon=True).start()


def talk(connection, serve):
    try:
        serve(connection.makefile("rw", newline="\r\n"))
    except OSError:
        pass


def say(talk, line):
    talk.write(f"{line}\n")
    talk.flush()


def answering(seen, pause=0.0, silent_at="", refuse=""):
    """Return a server's side of a session; `pause` before each answer, none from `silent_at` on."""

    def serve(talk):
        say(talk, "220 here")
        while line := talk.readline().strip():
            verb = line.split(" ")[0].upper()
            seen.append(verb)
            time.sleep(pause)
            if verb == silent_at:
                time.sleep(PATIENCE_SECONDS)
            elif verb == refuse:
                say(talk, "550 no such user")
            elif verb == "DATA":
                say(talk, "354 go on")
                while talk.readline().strip() != ".":
                    pass
                say(talk, "250 taken")
            else:
                say(talk, "221 bye" if verb == "QUIT" else "250 fine")

    return serve


def backend(port, host="127.0.0.1", **options):
    options = {"timeout": TIMEOUT_SECONDS, **options}
    if django.VERSION >= (6, 1):
        options["alias"] = "default"
    return EmailBackend(host=host, port=port, **options)


def a_mail():
    return EmailMessage("Subject", "Body", "shop@example.com", ["customer@example.com"])


def seconds(call):
    started = time.monotonic()
    with pytest.raises(MailUnavailable) as raised:
        call()
    return time.monotonic() - started, str(raised.value)


def test_a_mail_is_sent(listen):
    seen = []
    assert backend(listen(answering(seen))).send_messages([a_mail(), a_mail()]) == 2
    assert seen.count("DATA") == 2
    assert seen[-1] == "QUIT"


def test_a_server_that_never_answers_costs_the_timeout_once(listen):
    port = listen()
    took, said = seconds(lambda: backend(port).send_messages([a_mail()]))
    assert took >= TIMEOUT_SECONDS
    assert f"no answer from 127.0.0.1:{port}" in said
    # Now it is known: nobody waits again, in any thread.
    took, said = seconds(lambda: backend(port).send_messages([a_mail()]))
    assert took < TIMEOUT_SECONDS
    assert "last attempt failed" in said


def test_all_steps_share_one_timeout(listen):
    # Each answer comes within the timeout, all of them do not; Django's own backend waits for all.
    serve = answering([], pause=0.4 * TIMEOUT_SECONDS)
    took, _ = seconds(lambda: backend(listen(serve)).send_messages([a_mail()]))
    assert took < 2 * TIMEOUT_SECONDS


def test_all_addresses_share_one_timeout(listen, monkeypatch):
    tried = []
    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", 25))] * 4
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)

    def connect(address, timeout, source):
        tried.append(timeout)
        raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "create_connection", connect)
    seconds(lambda: backend(25, host="mail.example.com").send_messages([a_mail()]))
    assert tried == [pytest.approx(TIMEOUT_SECONDS / 4, abs=0.1)]


def test_the_goodbye_costs_a_second_at_most(listen):
    seen = []
    started = time.monotonic()
    sender = backend(listen(answering(seen, silent_at="QUIT")), timeout=PATIENCE_SECONDS / 2)
    assert sender.send_messages([a_mail()]) == 1
    assert time.monotonic() - started < PATIENCE_SECONDS / 2


def test_each_mail_of_a_connection_has_its_own_time(listen):
    # Five answers to each of three mails.
    serve = answering([], pause=TIMEOUT_SECONDS / 10)
    assert backend(listen(serve)).send_messages([a_mail(), a_mail(), a_mail()]) == 3


def test_what_the_server_answers_is_no_reason_to_stop_sending(listen):
    seen = []
    port = listen(answering(seen, refuse="RCPT"))
    for _ in range(2):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            backend(port).send_messages([a_mail()])
    assert seen.count("RCPT") == 2


def test_a_silent_failure_is_known_to_the_next(listen):
    port = listen()
    silent = backend(port)
    silent.fail_silently = True
    assert silent.send_messages([a_mail()]) == 0
    took, said = seconds(lambda: backend(port).send_messages([a_mail()]))
    assert "last attempt failed" in said
    assert silent.send_messages([a_mail()]) == 0


def test_another_server_is_another_matter(listen):
    seconds(lambda: backend(listen()).send_messages([a_mail()]))
    assert backend(listen(answering([]))).send_messages([a_mail()]) == 1
