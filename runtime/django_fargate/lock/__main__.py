"""`python -m django_fargate.lock`, at the root of the repository."""

import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
