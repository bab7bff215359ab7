"""`manage.py check`: static files that templates name, also those that no test renders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import checks
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.base import Lexer, TokenType

from .staticfiles import CollectedNames

LITERAL = re.compile(r"(['\"])(?P<name>[^'\"]*)\1")
# Of packages that were installed: not the project's to mend, and not all of them are rendered.
INSTALLED = {"site-packages", "dist-packages"}


@checks.register(checks.Tags.staticfiles)
def check_static_names(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of each `{% static "name" %}` whose file is not there. A variable is left alone."""
    if not apps.is_installed("django.contrib.staticfiles"):
        return []
    collected = CollectedNames()
    return [
        checks.Warning(
            collected.missing(name),
            hint="In production the page fails: the manifest of static files lacks it.",
            obj=f"{file}:{line}",
            id="django_fargate.W001",
        )
        for file in sorted(set(templates()))
        for line, name in static_names(file.read_text("utf-8", errors="replace"))
        if name not in collected
    ]


def templates() -> Iterator[Path]:
    """Yield the project's own templates: the files in each folder that Django looks in."""
    for engine in engines.all():
        if isinstance(engine, DjangoTemplates):
            for folder in map(Path, folders_of(engine.engine.template_loaders)):
                if not INSTALLED.intersection(folder.parts):
                    yield from (file for file in folder.rglob("*") if file.is_file())


def folders_of(loaders: Any) -> Iterator[Any]:
    for loader in loaders:
        if hasattr(loader, "get_dirs"):
            yield from loader.get_dirs()
        # One that keeps the compiled templates of others.
        yield from folders_of(getattr(loader, "loaders", []))


def static_names(text: str) -> Iterator[tuple[int, str]]:
    """Yield each name that a template gives `static` as a literal, with its line."""
    if "static" not in text:
        return
    is_comment = False
    for token in Lexer(text).tokenize():
        if token.token_type != TokenType.BLOCK:
            continue
        tag, *arguments = token.split_contents() or [""]
        if tag in ("comment", "endcomment"):
            is_comment = tag == "comment"
        elif tag == "static" and arguments and not is_comment:
            literal = LITERAL.fullmatch(arguments[0])
            if literal:
                yield token.lineno or 0, literal["name"]
