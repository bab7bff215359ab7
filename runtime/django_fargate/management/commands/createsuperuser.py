"""`createsuperuser` that fails where it cannot ask, as in a one-off task on ECS."""

import os
import sys
from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.core.management.base import CommandError

PASSWORD = "DJANGO_SUPERUSER_PASSWORD"  # noqa: S105
NO_TERMINAL = (
    "There is no terminal here, so nobody can be asked for a password; nothing was created. Run"
    " this in a shell: `make shell`, then `python manage.py createsuperuser`. Or give --noinput"
    f" with --username and --email, and the password in {PASSWORD}."
)


class Command(createsuperuser.Command):
    """Django's own, which skips its work without a terminal and ends as if it had done it."""

    def handle(self, *args: Any, **options: Any) -> None:
        stdin = options.get("stdin") or sys.stdin
        if options["interactive"] and not stdin.isatty():
            raise CommandError(NO_TERMINAL)
        super().handle(*args, **options)
        if not options["interactive"] and PASSWORD not in os.environ:
            self.stdout.write(
                f"The user has no password, because {PASSWORD} is not set, and cannot log in before"
                " `python manage.py changepassword` in a shell, or a reset by mail."
            )
