"""The SQL of a migration, operation by operation, without a server.

Django's `sqlmigrate` does the same against a database. It stops with a traceback where the database
does not know a table yet, and runs the Python of a RunPython inside SeparateDatabaseAndState.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AlterField, Migration, RunPython, SeparateDatabaseAndState
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# The models before and after an operation.
States = tuple[ProjectState, ProjectState]

# Quoted names stay; texts, dollar-quoted ones too, become '' and comments go.
PIECES = re.compile(
    r"""(?P<name>"(?:[^"]|"")*")
    | (?P<text>'(?:[^']|'')*' | (?P<dollar>\$\w*\$).*?(?P=dollar))
    | (?P<comment>--[^\n]* | /\*.*?\*/)
    | (?P<end>;)
    | (?P<space>\s+)
    | (?P<other>[\w.]+ | .)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass
class Part:
    """What one operation sends; the last part of a migration has none: what Django puts off."""

    operation: Operation | None = None
    # One statement each, its words in capitals, without comments and texts.
    statements: list[str] = field(default_factory=list)
    # What is not known of it, and whether that is no more than a warning.
    problem: str = ""
    warns: bool = False


def collect(
    connection: BaseDatabaseWrapper, loader: MigrationLoader, migration: Migration
) -> list[Part]:
    """Return the parts of a migration in their order."""
    label = migration.app_label
    state = loader.project_state((label, migration.name), at_end=False)
    parts: list[Part] = []
    with connection.schema_editor(collect_sql=True, atomic=migration.atomic) as editor:
        for operation in migration.operations:
            before = state.clone()
            operation.state_forwards(label, state)
            parts += parts_of(connection, editor, operation, label, (before, state))
        put_off = len(editor.collected_sql)
    return [*parts, Part(statements=statements_in(editor.collected_sql[put_off:]))]


def parts_of(
    connection: BaseDatabaseWrapper,
    editor: BaseDatabaseSchemaEditor,
    operation: Operation,
    label: str,
    states: States,
) -> list[Part]:
    """Return the parts of an operation: more than one where it holds others."""
    before, after = states
    if isinstance(operation, SeparateDatabaseAndState):
        parts: list[Part] = []
        for inner in operation.database_operations:
            after = before.clone()
            inner.state_forwards(label, after)
            parts += parts_of(connection, editor, inner, label, (before, after))
            before = after
        return parts
    part = Part(operation)
    if not operation.reduces_to_sql:
        part.problem, part.warns = "its Python is not run here", isinstance(operation, RunPython)
        return [part]
    start = len(editor.collected_sql)
    introspection: Any = connection.introspection
    introspection.states = states
    try:
        operation.database_forwards(label, editor, before, after)
    # An operation of somebody else's may do whatever it likes.
    except Exception as error:
        part.problem = f"{type(error).__name__}: {' '.join(str(error).split())}"
    # Django 6.1 remembers what was renamed, since a real database was not told.
    getattr(editor, "collected_table_renames", {}).clear()
    part.statements = statements_in(editor.collected_sql[start:])
    mark_widened(connection, part, label, states)
    return [part]


def mark_widened(connection: BaseDatabaseWrapper, part: Part, label: str, states: States) -> None:
    """Say that a column was widened where the statement only says that it gets another type."""
    operation = part.operation
    if isinstance(operation, AlterField) and widens(connection, operation, label, states):
        part.statements = [one.replace(" TYPE ", " WIDENED TO ") for one in part.statements]


def statements_in(texts: Iterable[Any]) -> list[str]:
    """Return single statements in one spelling: RunSQL holds several, in small letters."""
    found = [""]
    for text in texts:
        for match in PIECES.finditer(text):
            kind, piece = match.lastgroup or "", match[0]
            if kind == "end":
                found.append("")
            elif kind in ("space", "comment"):
                found[-1] = found[-1].rstrip() + " "
            else:
                found[-1] += {"name": piece, "text": "''", "dollar": "''"}.get(kind, piece.upper())
        found.append("")
    return [one.strip() for one in found if one.strip()]


def widens(
    connection: BaseDatabaseWrapper, operation: AlterField, label: str, states: States
) -> bool:
    """Return whether a column takes all that it took before, which PostgreSQL does at once.

    A longer varchar, text in its place, and a numeric with more digits before the point are no
    rewriting of the table: https://www.postgresql.org/docs/current/sql-altertable.html, "Notes",
    and https://www.postgresql.org/docs/release/9.2.0/ for which types.
    """
    old, new = (
        state.apps.get_model(label, operation.model_name)._meta.get_field(operation.name)
        for state in states
    )
    collations = [one.db_parameters(connection).get("collation") for one in (old, new)]
    if collations[0] != collations[1]:
        return False
    before, after = (one.db_type(connection) or "" for one in (old, new))
    if before == after:
        return True
    if text := re.fullmatch(r"varchar(?:\((\d+)\))?", before):
        longer = re.fullmatch(r"varchar(?:\((\d+)\))?", after)
        if longer is None:
            return after == "text"
        return longer[1] is None or (text[1] is not None and int(text[1]) <= int(longer[1]))
    if before == "text":
        return after == "varchar"
    if isinstance(old, models.DecimalField) and isinstance(new, models.DecimalField):
        return old.decimal_places == new.decimal_places and (
            new.max_digits is None
            or (old.max_digits is not None and old.max_digits <= new.max_digits)
        )
    return False
