import pytest

from .models import Product


@pytest.mark.django_db
def test_products_by_tag(user):
    Product.objects.create(name="Chair", code="C1", added_by=user, tags=["wood", "old"])
    Product.objects.create(name="Stool", code="C1", added_by=user)
    assert [found.name for found in Product.objects.filter(tags__contains=["wood"])] == ["Chair"]
