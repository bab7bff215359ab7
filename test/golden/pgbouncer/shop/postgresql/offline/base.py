"""Django's engine for PostgreSQL, which only writes down SQL: it never connects.

The migration linter reads what a migration would send. On SQLite that is something else: there
Django copies a whole table to add a column with a default, and the linter sees a dropped table.
"""

from contextlib import nullcontext

from django.db.backends.postgresql import base, introspection, operations
from psycopg import sql


class DatabaseIntrospection(introspection.DatabaseIntrospection):
    def table_names(self, cursor=None, include_views=False):
        # So no migration was applied yet, and each is looked at.
        return []


class DatabaseOperations(operations.DatabaseOperations):
    def compose_sql(self, query, params):
        return query % tuple(sql.quote(value) for value in params) if params else query


class DatabaseWrapper(base.DatabaseWrapper):
    pg_version = 17_00_00
    introspection_class = DatabaseIntrospection
    ops_class = DatabaseOperations

    def cursor(self):
        return nullcontext()

    def ensure_connection(self):
        pass

    def get_autocommit(self):
        return True

    def set_autocommit(self, autocommit, force_begin_transaction_with_broken_autocommit=False):
        pass

    def commit(self):
        pass
