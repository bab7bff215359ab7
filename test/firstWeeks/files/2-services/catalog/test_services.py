import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_question(client, mailoutbox):
    form = {"email": "grace@example.com", "question": "How high is it?"}
    assert client.post(reverse("ask"), form).status_code == 302
    [mail] = mailoutbox
    assert mail.to == ["grace@example.com"]
    assert "How high is it?" in mail.body


def test_warehouse_needs_its_key(client, settings):
    settings.WAREHOUSE_KEY = "right"
    for key, status in {"": 403, "wrong": 403, "right": 204}.items():
        response = client.post(reverse("stock"), headers={"X-Warehouse-Key": key})
        assert response.status_code == status


def test_a_manual_is_a_pdf(client, user, form):
    client.force_login(user)
    form["manual"] = SimpleUploadedFile("manual.pdf", b"<html>", "application/pdf")
    response = client.post(reverse("add"), form)
    assert response.context["form"].errors["manual"] == ["A manual is a PDF."]


def test_api_is_throttled(client):
    cache.clear()
    statuses = [client.get(reverse("api")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
