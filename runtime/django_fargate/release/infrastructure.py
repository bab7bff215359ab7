"""How the infrastructure came to be, which decides how a release reaches it."""

from __future__ import annotations

from typing import Protocol

from .aws import Aws, Revision
from .by_hand import ByHand
from .by_stacks import ByStacks
from .facts import Facts


class Infrastructure(Protocol):
    """What stands, and the way in which its services are brought to other revisions."""

    def facts(self) -> Facts:
        """Return what is known of it."""

    def states(self) -> list[str]:
        """Return lines about it for `status`."""

    def running(self, facts: Facts) -> Revision | None:
        """Return the revision that the web service is meant to run; None before the first."""

    def is_broken(self, facts: Facts) -> bool:
        """Return whether the last release failed and was left as it is."""

    def refuse_if_busy(self, facts: Facts) -> None:
        """Refuse while a release or a migration goes on: one at a time."""

    def refuse_undeployable(self, facts: Facts) -> None:
        """Refuse, before the migrations, what could not be deployed after them."""

    def deploy(self, facts: Facts, revisions: dict[str, str], automatic_rollback: bool) -> None:
        """Bring the services to their revisions, in this order, and wait until they run.

        A service that is to stop has an empty revision, one that is to stay as it is has none.
        """


def of(aws: Aws) -> Infrastructure:
    return ByStacks(aws) if aws.configuration.has_stacks else ByHand(aws)
