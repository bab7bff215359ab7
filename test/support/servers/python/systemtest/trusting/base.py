"""The emitted engine, except that a connect to PgBouncer counts before the database answers."""

from django.db.backends.postgresql.base import DatabaseWrapper as Stock
from django_fargate.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def _connect_and_ask(self, conn_params):
        return Stock.get_new_connection(self, conn_params)
