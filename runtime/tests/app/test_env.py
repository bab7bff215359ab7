"""Settings from environment variables: what is missing or wrong is named, all at once."""

from pathlib import Path

import pytest

from django_fargate.env import Environment


def problems(read, **variables):
    """Return the line with which the process ends when `read` takes its settings from these."""
    env = Environment("test", variables)
    read(env)
    with pytest.raises(SystemExit) as ended:
        env.stop_if_faulty()
    return ended.value.code


def test_words_are_trimmed_and_blanks_dropped():
    env = Environment("test", {"HOSTS": " a.example.com, ,b.example.com,"})
    assert env.words("HOSTS") == ["a.example.com", "b.example.com"]


def test_what_is_right_stops_nothing():
    env = Environment("test", {"A": "1", "B": "x", "URL": "https://static.example.com/"})
    assert (env.number("A", 2), env.flag("A", False), env.text("B")) == (1, True, "x")
    assert (env.number("NONE", 2), env.flag("NONE", True), env.text("NONE", "y")) == (2, True, "y")
    assert env.prefix("URL") == "https://static.example.com/"
    env.stop_if_faulty()


def test_all_that_is_missing_or_wrong_is_named_in_one_line():
    def read(env):
        env.text("KEY")
        env.words("HOSTS")
        env.number("PORT", 1)

    assert problems(read, PORT="five") == (
        "test: KEY, HOSTS are not set; PORT must be a whole number, not 'five'"
    )


@pytest.mark.parametrize("url", ["https://static.example.com", "static.example.com/", "/a?b/"])
def test_a_prefix_ends_in_a_slash(url):
    assert "URL must be a URL or a path" in problems(lambda env: env.prefix("URL"), URL=url)


@pytest.mark.parametrize(
    "dsn",
    [
        "sentry.io/7",
        "https://sentry.io/7",
        "https://hunter2@sentry.io",
        "https://hunter2@sentry.io/x",
        "ftp://hunter2@sentry.io/7",
    ],
)
def test_an_address_of_sentry_has_a_key_and_a_project(dsn):
    line = problems(lambda env: env.dsn("SENTRY_DSN"), SENTRY_DSN=dsn)
    assert "SENTRY_DSN must read https://KEY@HOST/PROJECT" in line
    assert "hunter2" not in line


def test_the_database_comes_from_its_parts_or_from_a_url():
    parts = {"DB_HOST": "db", "DB_NAME": "app", "DB_USER": "app", "DB_PASSWORD": "p@ss/w:rd"}
    assert Environment("test", parts).database()["PASSWORD"] == "p@ss/w:rd"
    url = {"DATABASE_URL": "postgresql://app:p%40ss@db/app?sslmode=require"}
    database = Environment("test", url).database()
    assert (database["HOST"], database["PASSWORD"]) == ("db", "p@ss")
    assert database["OPTIONS"] == {"sslmode": "require"}
    line = "test: DATABASE_URL (or DB_HOST, DB_NAME, DB_USER, DB_PASSWORD) is not set"
    assert problems(lambda env: env.database()) == line


def test_no_secret_is_printed():
    line = problems(lambda env: env.database(), DATABASE_URL="mysql://app:hunter2@db/app")
    assert "hunter2" not in line
    assert "x" * 60 not in problems(lambda env: env.secret_key("KEY"), KEY="x" * 60)


def test_certificates_are_a_file_or_those_of_the_system():
    assert Environment("test", {"C": "system"}).certificates("C", Path("/none")) == "system"
    line = problems(lambda env: env.certificates("C", Path("/no/such/file.pem")))
    assert line.startswith("test: C ")


def test_development_takes_a_url_and_needs_none():
    assert Environment("test", {}).database_url() == {}
    parts = {"DB_HOST": "db", "DB_NAME": "app", "DB_USER": "app", "DB_PASSWORD": "x"}
    assert Environment("test", parts).database_url() == {}
    missing = Environment("test", {"DATABASE_URL": "postgresql://app:x@db/app"})
    missing.text("KEY")
    assert missing.database_url()["ENGINE"] == "django_fargate.postgresql"
    with pytest.raises(SystemExit, match="^test: DATABASE_URL must read") as ended:
        Environment("test", {"DATABASE_URL": "mysql://app:hunter2@db/app"}).database_url()
    assert "hunter2" not in str(ended.value)
