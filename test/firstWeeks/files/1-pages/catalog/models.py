from django.conf import settings
from django.db import models


class Supplier(models.Model):
    name = models.CharField(max_length=100, unique=True)

    def __str__(self):
        return self.name


class Product(models.Model):
    name = models.CharField(max_length=100)
    code = models.CharField(max_length=20, unique=True)
    supplier = models.ForeignKey(Supplier, on_delete=models.PROTECT)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    picture = models.ImageField(upload_to="pictures/")
    manual = models.FileField(upload_to="manuals/", blank=True)

    def __str__(self):
        return self.name
