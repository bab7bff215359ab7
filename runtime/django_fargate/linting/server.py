"""What PostgreSQL is really sent: each migration is applied, in a database that is made for it.

A server knows what nothing else can say: whether it takes the migration at all, and what the code
of a RunPython or of somebody else's operation sends.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration, SeparateDatabaseAndState
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from ..postgresql.offline.collect import Part, States, mark_widened, statements_in

# The label of a migration's app, and its name.
Key = tuple[str, str]

# What Django asks, and how it holds a transaction together: no change.
QUESTIONS = ("SELECT ", "SHOW ", "SAVEPOINT ", "RELEASE SAVEPOINT ")


@contextmanager
def database_of_its_own(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let a connection use a new, empty database, which is dropped in the end."""
    home = connection.settings_dict["NAME"]
    name = f"lint_migrations_{os.getpid()}"
    quoted = connection.ops.quote_name(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {quoted}")
    except DatabaseError as error:
        raise CommandError(
            f"no database for the migrations: {' '.join(str(error).split())}. `make db` starts a"
            " server whose role may create databases; without DATABASE_URL none is needed."
        ) from error
    use(connection, name)
    try:
        yield
    finally:
        use(connection, home)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


def use(connection: BaseDatabaseWrapper, name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def apply_all(connection: BaseDatabaseWrapper) -> dict[Key, list[Part]]:
    """Apply every migration in its order, and return what each of them sent.

    One that fails is said to, and so is each that needs it. A migration that was squashed is not
    applied: the one that replaces it is.
    """
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    state = ProjectState(real_apps=executor.loader.unmigrated_apps)
    found: dict[Key, list[Part]] = {}
    failed: set[Key] = set()
    for migration, _ in executor.migration_plan(graph.leaf_nodes()):
        key = migration.app_label, migration.name
        needed = sorted(node.key for node in graph.node_map[key].parents if node.key in failed)
        if needed:
            failed.add(key)
            found[key] = [Part(problem=f"it needs {'.'.join(needed[0])}, which fails")]
            continue
        found[key] = apply(connection, migration, state)
        if any(part.problem and not part.warns for part in found[key]):
            failed.add(key)
            state = executor.loader.project_state([one for one in found if one not in failed])
    return found


def apply(connection: BaseDatabaseWrapper, migration: Migration, state: ProjectState) -> list[Part]:
    """Apply a migration as Django does, and return its parts in their order."""
    label = migration.app_label
    parts: list[Part] = []
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(str(sql))
        return execute(sql, params, many, context)

    try:
        with (
            connection.execute_wrapper(note),
            connection.schema_editor(atomic=migration.atomic) as editor,
        ):
            for operation in migration.operations:
                # Should it fail, it is the last one.
                parts.append(Part(operation))
                before = state.clone()
                operation.state_forwards(label, state)
                parts[-1:] = run(editor, sent, operation, label, (before, state))
            parts.append(Part())
            sent.clear()
        parts[-1].statements = changes(sent)
    # Whatever the database, or somebody's code, objects to.
    except Exception as error:
        last = parts[-1] if parts else Part()
        last.problem, last.warns = f"{type(error).__name__}: {' '.join(str(error).split())}", False
        return [*parts[:-1], last]
    return parts


def run(
    editor: BaseDatabaseSchemaEditor,
    sent: list[str],
    operation: Operation,
    label: str,
    states: States,
) -> list[Part]:
    """Run an operation, and return its parts: more than one where it holds others."""
    before, after = states
    if isinstance(operation, SeparateDatabaseAndState):
        parts: list[Part] = []
        for inner in operation.database_operations:
            after = before.clone()
            inner.state_forwards(label, after)
            parts += run(editor, sent, inner, label, (before, after))
            before = after
        return parts
    sent.clear()
    needs_atomic = operation.atomic and not editor.atomic_migration
    with transaction.atomic(editor.connection.alias) if needs_atomic else nullcontext():
        operation.database_forwards(label, editor, before, after)
    part = Part(operation, changes(sent))
    if not operation.reduces_to_sql:
        part.problem, part.warns = "it met no rows here, so what it does to them is not seen", True
    mark_widened(editor.connection, part, label, states)
    return [part]


def changes(sent: list[str]) -> list[str]:
    return [one for one in statements_in(sent) if not one.startswith(QUESTIONS)]
