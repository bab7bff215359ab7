"""What is known of the infrastructure that stands: the names, addresses and ARNs it goes by."""

from __future__ import annotations

from collections.abc import Mapping

from .outcomes import Refused

STACKS_SAY = "no stack provides {}: run `make bootstrap` first"
NOBODY_SAYS = "nothing says {}: see deploy/README.md"


class Facts(dict[str, str]):
    """What AWS says, by name. One that is missing or empty is refused, with what to do."""

    def __init__(self, values: Mapping[str, str], complaint: str) -> None:
        super().__init__(values)
        self.complaint = complaint

    def __getitem__(self, name: str) -> str:
        value = self.get(name)
        if not value:
            raise Refused(self.complaint.format(name))
        return value
