"""How the command ends."""

from __future__ import annotations


class Refused(Exception):
    """Nothing was changed. Exit code 2."""
