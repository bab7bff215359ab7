"""Django's own migrate in place of the emitted one: python -m systemtest.stock_migrate APP MIGRATION"""

import sys

import django
from django.core.management import call_command
from django.core.management.commands.migrate import Command

django.setup()
call_command(Command(), *sys.argv[1:], interactive=False)
