import io

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from .models import Supplier


@pytest.fixture
def user():
    return get_user_model().objects.create_user("ada", password="correct horse")


@pytest.fixture
def form():
    """A product as a browser sends it."""
    data = io.BytesIO()
    Image.new("RGB", (3, 2)).save(data, "PNG")
    picture = SimpleUploadedFile("chair.png", data.getvalue(), "image/png")
    supplier = Supplier.objects.create(name="Thonet")
    return {"name": "Chair", "code": "C1", "supplier": supplier.pk, "picture": picture}
