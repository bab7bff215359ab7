import logging

from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from shop import urls as emitted

from .models import Item

logger = logging.getLogger(__name__)
handler500 = emitted.handler500


def plain(request):
    return HttpResponse("without the database")


def sleep(request):
    """A query that takes ?seconds=."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [float(request.GET["seconds"])])
    return HttpResponse("slept")


def setting(request):
    """PostgreSQL's own setting ?name=, as this connection has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [request.GET["name"]])
        return HttpResponse(cursor.fetchone()[0])


def items(request):
    return HttpResponse(str(Item.objects.values_list("name").first()))


@csrf_exempt
def upload(request):
    for name, file in request.FILES.items():
        default_storage.save(file.name, file)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("kept")


def who(request):
    """Who asked, as every reader of the request sees it; with a line in the log."""
    logger.warning("asked")
    meta = request.META
    return HttpResponse(f"{meta['REMOTE_ADDR']} {meta.get('HTTP_X_FORWARDED_FOR')}")


def fail(request):
    raise ValueError("planted")


urlpatterns = [
    path("who", who),
    path("fail", fail),
    path("plain", plain),
    path("sleep", sleep),
    path("setting", setting),
    path("items", items),
    path("upload", upload),
    *emitted.urlpatterns,
]
