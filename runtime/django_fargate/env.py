"""Reads settings from environment variables, and reports all that is wrong at once."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dj_database_url

from . import dotenv, examples

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
DATABASE_PARTS = ("DB_HOST", "DB_NAME", "DB_USER", "DB_PASSWORD")

# How the settings of this machine are called: development, and the linter of migrations.
LOCAL = (".local", ".lint")

# What Django's own check security.W009 asks of a SECRET_KEY.
SECRET_KEY_LENGTH = 50
SECRET_KEY_UNIQUE_CHARACTERS = 5


class Environment:
    """The environment of the settings.

    A variable that is missing or wrong is noted, and a harmless value returned in its place;
    `stop_if_faulty` then ends the process with one line that names every one of them. A variable
    set to nothing counts as missing. No value of a secret is ever printed.
    """

    def __init__(self, module: str = "", environ: Mapping[str, str] | None = None) -> None:
        if environ is None:
            # In development, .env counts as well. In an image there is none.
            if os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(LOCAL):
                dotenv.load(examples.ROOT, os.environ)
            environ = examples.filled_in(examples.ROOT, os.environ)
        self.environ = environ
        # Whom the line names: the settings that the process was started with.
        self.module = module or self.environ.get("DJANGO_SETTINGS_MODULE", "settings")
        self.missing: list[str] = []
        self.faults: list[str] = []

    def text(self, name: str, default: str | None = None) -> str:
        """Return the variable's text; without a default it is required."""
        value = self.environ.get(name, "")
        if value:
            return value
        if default is None:
            self.missing.append(name)
            return ""
        return default

    def words(self, name: str, default: str | None = None) -> list[str]:
        """Return a comma separated list, without blanks and empty items."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def number(self, name: str, default: int) -> int:
        """Return a whole number that is not negative."""
        value = self.environ.get(name, "")
        if not value:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value):
            self.faults.append(f"{name} must be a whole number, not {value[:40]!r}")
            return default
        return int(value)

    def flag(self, name: str, default: bool) -> bool:
        """Return True for 1 and False for 0."""
        return self.choice(name, ("0", "1"), "1" if default else "0") == "1"

    def choice(self, name: str, allowed: Sequence[str], default: str) -> str:
        """Return the variable's text, which must be one of `allowed`."""
        value = self.environ.get(name, "") or default
        if value not in allowed:
            self.faults.append(f"{name} must be one of {', '.join(allowed)}, not {value[:40]!r}")
            return default
        return value

    def prefix(self, name: str) -> str:
        """Return the beginning of addresses: a URL or a path on this host, with a final slash."""
        value = self.text(name)
        if value and not re.fullmatch(r"(https?://[^/?#\s]+)?/([^?#\s]*/)?", value):
            self.faults.append(
                f"{name} must be a URL or a path that ends in a slash, not {value[:40]!r}"
            )
        return value

    def dsn(self, name: str) -> str:
        """Return the address of a project in Sentry. It holds a key, so it is never printed."""
        value = self.text(name)
        if value and not re.fullmatch(r"https?://[^@/?#\s]+@[^@/?#\s]+(/[^/?#\s]+)*/[0-9]+", value):
            self.faults.append(f"{name} must read https://KEY@HOST/PROJECT, as Sentry shows it")
        return value

    def certificates(self, name: str, default: Path) -> str:
        """Return the path of a file that exists, or libpq's word "system"."""
        value = self.text(name, str(default))
        if value != "system" and not Path(value).is_file():
            self.faults.append(f"{name} must name a file; {value!r} is not one")
        return value

    def secret_key(self, name: str) -> str:
        """Return a key that Django's deployment check finds long and varied enough."""
        value = self.text(name)
        if value and (
            len(value) < SECRET_KEY_LENGTH
            or len(set(value)) < SECRET_KEY_UNIQUE_CHARACTERS
            or value.startswith("django-insecure-")
        ):
            self.faults.append(
                f"{name} is not secure: it needs {SECRET_KEY_LENGTH} random characters or more"
            )
        return value

    def database(self) -> dict[str, Any]:
        """Return HOST, PORT, NAME, USER, PASSWORD and OPTIONS, from DATABASE_URL or from parts.

        The parts need no escaping, so they suit a generated password. OPTIONS hold what the URL's
        query says.
        """
        url = self.environ.get("DATABASE_URL", "")
        if url:
            return self._database_from(url)
        if not any(self.environ.get(name) for name in DATABASE_PARTS):
            self.missing.append(f"DATABASE_URL (or {', '.join(DATABASE_PARTS)})")
            return {"OPTIONS": {}}
        return {
            "HOST": self.text("DB_HOST"),
            "PORT": self.number("DB_PORT", 5432),
            "NAME": self.text("DB_NAME"),
            "USER": self.text("DB_USER"),
            "PASSWORD": self.text("DB_PASSWORD"),
            "OPTIONS": {},
        }

    def database_url(self) -> dict[str, Any]:
        """Return the database that DATABASE_URL names, with production's engine, or nothing.

        For development, which needs no variable: only a URL that is wrong ends the process.
        """
        if not self.environ.get("DATABASE_URL"):
            return {}
        faults = len(self.faults)
        database = self.database()
        if len(self.faults) > faults:
            raise SystemExit(f"{self.module}: {self.faults[-1]}")
        return {**database, "ENGINE": "django_fargate.postgresql"}

    def _database_from(self, url: str) -> dict[str, Any]:
        fault = "DATABASE_URL must read postgresql://USER:PASSWORD@HOST:5432/NAME, with % escapes"
        try:
            # Never with ssl_require: it overwrites the URL's own sslmode by a weaker one.
            parsed: dict[str, Any] = dict(dj_database_url.parse(url))
        except ValueError:
            parsed = {}
        if "postgresql" not in parsed.get("ENGINE", "") or not parsed.get("NAME"):
            self.faults.append(fault)
            return {"OPTIONS": {}}
        parsed.setdefault("OPTIONS", {})
        return parsed

    def stop_if_faulty(self) -> None:
        """End the process (exit code 1) with one line when anything was missing or wrong."""
        problems = list(self.faults)
        if self.missing:
            verb = "is" if len(self.missing) == 1 else "are"
            problems.insert(0, f"{', '.join(self.missing)} {verb} not set")
        if problems:
            raise SystemExit(f"{self.module}: {'; '.join(problems)}")
