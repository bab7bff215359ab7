"""Routes. /healthz and /readyz are not here: HealthMiddleware answers them before any routing."""

from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

# Answers 503 instead of 500 when the reason is an unavailable database.
handler500 = "django_fargate.middleware.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", RedirectView.as_view(pattern_name="admin:index")),
    # Uploads, in development only.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
