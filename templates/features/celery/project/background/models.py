from django.db import models


class Done(models.Model):
    """A mark that the work with this key is done; see once.py."""

    key = models.CharField(max_length=200, unique=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self):
        return self.key


class Tally(models.Model):
    """A number that tasks add to: the example of tasks.py."""

    name = models.CharField(max_length=200, unique=True)
    total = models.BigIntegerField(default=0)

    def __str__(self):
        return f"{self.name}: {self.total}"
