"""Django's engine, except that a database which is away does not take every thread with it.

In a failover that drops packets each connect waits for its whole timeout. When every thread of a
task waits there, the load balancer's probe queues behind them and ECS replaces healthy tasks. So
after a failed connect only one thread at a time tries again, and the others fail at once.
"""

import select
import time
from typing import Any

from django.db.backends.postgresql import base

from django_fargate.breaker import Breaker

# How long a connection that was kept, or is a new one to PgBouncer, may take to answer before the
# first query of a request.
HEALTH_CHECK_SECONDS = 5.0

breakers: dict[str, Breaker] = {}


class DatabaseWrapper(base.DatabaseWrapper):
    """Connects through the breaker of its alias, and does not wait for ever to learn that it must.

    is_usable() is the health check of a kept connection (CONN_HEALTH_CHECKS). Django's has no
    limit of its own: TCP reports lost packets after tcp_user_timeout, and a server that hangs,
    say on its disk, never, for its kernel still acknowledges what we send.
    """

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        breaker = breakers.setdefault(self.alias, Breaker())
        # Set where PgBouncer is in between: it lends a server connection for one transaction.
        pooled = self.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
        connect = self._connect_and_ask if pooled else super().get_new_connection
        return breaker.call(lambda: connect(conn_params), self.Database.OperationalError)

    def _connect_and_ask(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection over which the database has answered.

        PgBouncer takes clients whether or not it reaches the database: without this question no
        connect would fail in a failover, and no thread be spared the wait.
        """
        connection = super().get_new_connection(conn_params)
        answered = False
        try:
            answered = answers(connection.pgconn, HEALTH_CHECK_SECONDS)
        finally:
            if not answered:
                connection.close()
        if not answered:
            raise self.Database.OperationalError("connected, but the database does not answer")
        return connection

    def is_usable(self) -> bool:
        if self.connection is None:
            return False
        try:
            return answers(self.connection.pgconn, HEALTH_CHECK_SECONDS)
        except self.Database.Error:
            return False


def answers(pgconn: Any, seconds: float) -> bool:
    """Return whether the server at the end of this libpq connection answers within `seconds`.

    After False the connection must be closed: its answer may still be on the way.
    """
    deadline = time.monotonic() + seconds
    pgconn.send_query(b"SELECT 1")
    pgconn.flush()
    answered = False
    while True:
        while pgconn.is_busy():
            poll = select.poll()
            poll.register(pgconn.socket, select.POLLIN)
            if not poll.poll(max(0, deadline - time.monotonic()) * 1000):
                return False
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            return answered
        answered = not result.error_message
