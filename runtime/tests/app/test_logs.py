import json
import logging
import sys

from gunicorn.glogging import SafeAtoms

from django_fargate.logs import (
    AccessFormatter,
    HealthCheckFilter,
    JsonFormatter,
    logging_config,
)


def record(message, *arguments, **extra):
    made = logging.LogRecord("app", logging.WARNING, __file__, 1, message, arguments, None)
    vars(made).update(extra)
    return made


def access(**atoms):
    """Return a record as gunicorn makes one for each request."""
    usual = {"m": "GET", "U": "/orders", "q": "token=secret", "s": "200", "M": 12}
    usual |= {"h": "10.0.0.5", "a": "curl/8", "{host}i": "www.example.com"}
    return record("%(r)s", SafeAtoms(usual | atoms))


def test_a_record_is_one_line_of_json():
    line = JsonFormatter().format(record("no\nsuch %s", "order", order=7, level="mine"))
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["message"] == "no\nsuch order"
    assert entry["level"] == "WARNING"
    assert entry["order"] == 7
    assert entry["time"].endswith("+00:00")


def test_an_exception_stays_on_the_line():
    made = record("failed", request=object())
    try:
        raise ValueError("broken")
    except ValueError:
        made.exc_info = sys.exc_info()
    line = JsonFormatter().format(made)
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["exception"].endswith("ValueError: broken")
    assert "request" not in entry


def test_a_request_is_logged_without_its_query():
    entry = json.loads(AccessFormatter().format(access()))
    assert entry["method"] == "GET"
    assert entry["path"] == "/orders"
    assert entry["status"] == 200
    assert entry["milliseconds"] == 12
    assert entry["client"] == "10.0.0.5"
    assert "secret" not in json.dumps(entry)


def test_the_trace_of_a_request_is_in_its_line_and_is_short():
    made = access(**{"{x-amzn-trace-id}i": "Self=1-67891233-12;Root=1-" + "a" * 7000})
    trace_id = json.loads(AccessFormatter().format(made))["trace"]
    assert trace_id.startswith("Self=1-67891233-12;Root=1-")
    assert len(trace_id) == 200


def test_good_probes_are_not_logged():
    assert not HealthCheckFilter().filter(access(U="/healthz"))
    assert HealthCheckFilter().filter(access(U="/healthz", s="500"))
    assert HealthCheckFilter().filter(access(U="/healthz/"))
    assert HealthCheckFilter().filter(access())


def test_the_configuration_is_valid():
    configurator = logging.config.DictConfigurator(logging_config("INFO"))
    assert configurator.configure_handler(configurator.config["handlers"]["access"]).filters
