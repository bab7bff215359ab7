"""Work that happens exactly once, although its task may run twice."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from .models import Done


@contextmanager
def once(key: str) -> Iterator[bool]:
    """Give True to the first who comes with this key, False to all others.

    The mark is written in the same transaction as what the block writes: either both are there or
    none. Two at the same time: the second waits until the first has committed. It holds for what
    is in this database. A mail or a payment cannot be taken back, so give the other side the key
    (an idempotency key) where it takes one.
    """
    with transaction.atomic():
        _, created = Done.objects.get_or_create(key=key)
        yield created
