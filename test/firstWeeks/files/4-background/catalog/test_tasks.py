import pytest
from django.urls import reverse

from . import tasks
from .models import Product


@pytest.mark.django_db(transaction=True)
def test_a_new_picture_is_measured(client, user, form, monkeypatch):
    # Runs at once, in place of a worker.
    monkeypatch.setattr(tasks.measure, "delay", tasks.measure)
    client.force_login(user)
    client.post(reverse("add"), form)
    assert (Product.objects.get().width, Product.objects.get().height) == (3, 2)
