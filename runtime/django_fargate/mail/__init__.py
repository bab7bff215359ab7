"""Mail that never holds a thread for long: backends with a deadline, for SMTP servers and for SES.

Django's own SMTP backend waits its whole timeout at every step of a session and for every address
of the server, and for ever without a timeout. Each slot that sends mail then waits, and the load
balancer's probe behind them. These backends end within the timeout that the settings give, and
after a server did not answer only one thread at a time tries again: the others fail at once.
"""

from django_fargate.breaker import Breaker

# By server. Every thread of the process shares what is known of it.
breakers: dict[str, Breaker] = {}


class MailUnavailable(OSError):
    """The mail server was not reached or did not answer. The same mail may succeed later.

    When it answered half-way, it may have taken the mail: sending again may send it twice.
    """
