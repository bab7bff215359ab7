from django.db import models


class Effect(models.Model):
    """What a task did, each time that it did it."""

    key = models.CharField(max_length=100)
