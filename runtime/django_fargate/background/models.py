from datetime import datetime

from django.db import models


class Done(models.Model):
    """A mark that the work with this key is done; see once.py."""

    key: "models.CharField[str, str]" = models.CharField(max_length=200, unique=True)
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(
        auto_now_add=True, db_index=True
    )

    def __str__(self) -> str:
        return self.key


class Tally(models.Model):
    """A number that tasks add to: the example of a task."""

    name: "models.CharField[str, str]" = models.CharField(max_length=200, unique=True)
    total: "models.BigIntegerField[int, int]" = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.total}"
