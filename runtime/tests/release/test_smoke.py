"""The look at /readyz behind a real server, over plain HTTP and without pauses."""

import json
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from django_fargate.release.facts import STACKS_SAY, Facts
from django_fargate.release.outcomes import Failed
from django_fargate.release.smoke import ask

from .shapes import one_shape
from .world import HEAD, OLD

pytestmark = one_shape


def facts_of(address):
    return Facts({"LoadBalancerDnsName": address}, STACKS_SAY)


@pytest.fixture
def site():
    """A server whose answers are used up; the last stays."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            Handler.hosts.append(self.headers["Host"])
            code, body = Handler.answers.pop(0) if len(Handler.answers) > 1 else Handler.answers[0]
            self.send_response(code)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *arguments):
            pass

    Handler.answers, Handler.hosts = [], []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    # It looks so often, in seconds, whether it should end.
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield Handler, facts_of(f"127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def answer(sha, code=200):
    return code, json.dumps({"status": "ok", "git_sha": sha})


def test_the_new_release_must_answer_three_times_in_a_row(site, configuration):
    handler, facts = site
    new, old = answer(HEAD), answer(OLD)
    handler.answers += [(503, ""), old, new, new, old, new, (200, "<html>"), new, new, new, old]
    ask(configuration, facts, HEAD)
    assert handler.answers == [old]
    assert set(handler.hosts) == {"127.0.0.1"}


@pytest.mark.parametrize("wrong", [answer(OLD), answer(HEAD, 503), (200, "[]"), (301, "")])
def test_another_answer_is_not_enough(site, configuration, wrong):
    handler, facts = site
    handler.answers.append(wrong)
    with pytest.raises(Failed, match="rollback"):
        ask(replace(configuration, smoke_seconds=0.1), facts, HEAD)


def test_no_answer_is_not_enough(configuration):
    with pytest.raises(Failed):
        ask(replace(configuration, smoke_seconds=0.1), facts_of("127.0.0.1:1"), HEAD)
