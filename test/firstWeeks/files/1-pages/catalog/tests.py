import pytest
from django.urls import reverse

from .models import Product

pytestmark = pytest.mark.django_db


def test_login_page(client):
    assert client.get(reverse("login")).status_code == 200


def test_only_a_user_adds_a_product(client):
    response = client.get(reverse("add"))
    assert response["Location"] == f"{reverse('login')}?next={reverse('add')}"


def test_product_with_picture(client, user, form):
    client.force_login(user)
    assert client.post(reverse("add"), form)["Location"] == reverse("products")
    assert Product.objects.get().added_by == user
    assert Product.objects.get().picture.url in client.get(reverse("products")).text
