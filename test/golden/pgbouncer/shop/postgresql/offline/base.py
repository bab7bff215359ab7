"""Django's engine for PostgreSQL, which only writes down SQL: it never connects.

The migration linter reads what a migration would send. On SQLite that is something else: there
Django copies a whole table to add a column with a default, and the linter sees a dropped table.
"""

from contextlib import nullcontext

from django.db.backends.postgresql import base, operations
from psycopg import sql

from .introspection import DatabaseIntrospection


class DatabaseOperations(operations.DatabaseOperations):
    def compose_sql(self, query, params):
        if isinstance(params, dict):
            return query % {name: sql.quote(value) for name, value in params.items()}
        return query % tuple(sql.quote(value) for value in params) if params else query


class EmptyCursor:
    """A cursor of a database that has nothing in it: no extension, for instance."""

    rowcount = 0

    def execute(self, query, params=None):
        pass

    def fetchone(self):
        return None

    def fetchall(self):
        return []

    def __iter__(self):
        return iter(())


class DatabaseWrapper(base.DatabaseWrapper):
    pg_version = 17_00_00
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations

    def cursor(self):
        return nullcontext(EmptyCursor())

    def ensure_connection(self):
        pass

    def get_autocommit(self):
        return True

    def set_autocommit(self, autocommit, force_begin_transaction_with_broken_autocommit=False):
        pass

    def commit(self):
        pass
