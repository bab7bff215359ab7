"""`python -m django_fargate.release`, at the root of the repository."""

import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
