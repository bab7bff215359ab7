import time

from django.db import connection
from django.http import HttpResponse
from django.urls import path
from shop import urls as emitted

handler500 = emitted.handler500


def compute(milliseconds):
    """Keep this thread on the CPU for so long; time that it waits for its turn does not count."""
    end = time.thread_time() + milliseconds / 1000
    number = 1
    while time.thread_time() < end:
        for _ in range(200):
            number = number * 31 % 65521


def workload(request, cpu_ms, wait_ms):
    """Half of the CPU time, a query that takes `wait_ms`, the other half."""
    compute(cpu_ms / 2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [wait_ms / 1000])
    compute(cpu_ms / 2)
    return HttpResponse("done")


urlpatterns = [path("workload/<int:cpu_ms>/<int:wait_ms>", workload), *emitted.urlpatterns]
