"""Django's engine for PostgreSQL, which only writes down SQL: it never connects.

The migration linter reads what a migration would send. On SQLite that is something else: there
Django copies a whole table to add a column with a default, and the linter sees a dropped table.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql import base, operations
from psycopg import sql

from .introspection import DatabaseIntrospection


class DatabaseOperations(operations.DatabaseOperations):
    def compose_sql(self, query: str, params: Any) -> str:
        if isinstance(params, dict):
            return query % {name: sql.quote(value) for name, value in params.items()}
        return query % tuple(sql.quote(value) for value in params) if params else query


class EmptyCursor:
    """A cursor of a database that has nothing in it: no extension, for instance."""

    rowcount = 0

    def execute(self, query: str, params: Any = None) -> None:
        pass

    def fetchone(self) -> None:
        return None

    def fetchall(self) -> list[Any]:
        return []

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def offline(connection: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """Return the engine that only writes SQL down, for the major version of a server's."""
    if isinstance(connection, DatabaseWrapper) or not isinstance(connection, base.DatabaseWrapper):
        return connection
    major = connection.pg_version // 10_000
    return DatabaseWrapper({**connection.settings_dict, "POSTGRES_MAJOR": major}, connection.alias)


class DatabaseWrapper(base.DatabaseWrapper):
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations

    @property
    def pg_version(self) -> int:
        """The server's number, 17_00_00: the database's setting POSTGRES_MAJOR says which major."""
        return int(self.settings_dict["POSTGRES_MAJOR"]) * 10_000

    def cursor(self) -> Any:
        return nullcontext(EmptyCursor())

    def ensure_connection(self) -> None:
        pass

    def get_autocommit(self) -> bool:
        return True

    def set_autocommit(
        self, autocommit: bool, force_begin_transaction_with_broken_autocommit: bool = False
    ) -> None:
        pass

    def commit(self) -> None:
        pass
