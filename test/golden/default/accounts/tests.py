import pytest
from django.contrib.auth import authenticate
from django.urls import reverse


def test_the_admin_adds_a_user_who_can_log_in(admin_client):
    form = {
        "username": "ada",
        "usable_password": "true",
        "password1": "seven-Lamps-burn",
        "password2": "seven-Lamps-burn",
    }
    response = admin_client.post(reverse("admin:accounts_user_add"), form, follow=True)
    assert response.status_code == 200
    assert authenticate(username="ada", password="seven-Lamps-burn") is not None


@pytest.mark.django_db
def test_the_admin_is_for_staff(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("ada"))
    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 302
