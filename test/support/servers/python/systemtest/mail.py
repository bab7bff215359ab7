"""The emitted production settings with a view that sends a mail; and the same by Django's own backend, without limits."""

import os

from django.core.mail import send_mail
from django.http import HttpResponse
from django.urls import path
from shop.settings.production import *
from shop.settings.production import MIDDLEWARE

from django_fargate.mail import MailUnavailable

ROOT_URLCONF = "systemtest.mail"
# Neither a database nor the address that was asked for plays a part.
MIDDLEWARE = [name for name in MIDDLEWARE if "Health" in name or "DatabaseUnavailable" in name]
ALLOWED_HOSTS = ["*"]

if os.environ.get("STOCK_MAIL") == "1":
    STOCK = "django.core.mail.backends.smtp.EmailBackend"
    if "MAILERS" in globals():
        address = {key: MAILERS["default"]["OPTIONS"][key] for key in ("host", "port")}  # noqa: F405
        MAILERS = {"default": {"BACKEND": STOCK, "OPTIONS": address}}
    else:
        EMAIL_BACKEND, EMAIL_TIMEOUT = STOCK, None
        EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["EMAIL_PORT"])


def send(request):
    """Send a mail from the sender of the settings."""
    try:
        send_mail("Hello", "Fünf Äpfel", request.GET.get("from"), ["customer@example.com"])
    except MailUnavailable as error:
        return HttpResponse(f"not sent: {error}", status=503)
    return HttpResponse("sent")


urlpatterns = [path("send", send)]
