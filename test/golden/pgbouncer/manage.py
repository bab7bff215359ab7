#!/usr/bin/env python
"""Django's command line. Without DJANGO_SETTINGS_MODULE it uses the local settings."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.local")
    try:
        from django.core.management import execute_from_command_line
    except ImportError as error:
        raise SystemExit('Django is not installed here: run "make dev" first.') from error
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
