"""No page: what these tests ask for is answered by middleware, or is not there."""

from typing import Any

urlpatterns: list[Any] = []
