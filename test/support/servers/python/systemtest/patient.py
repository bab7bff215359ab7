"""Settings that let a process wait for Sentry without the plan's bound: the control."""

from .settings import *

SENTRY_FLUSH_SECONDS = 600
