"""What a browser does with the form of docs/uploads.md. Prints what came of it, as JSON."""

import json
import re
import urllib.error
import urllib.request
from html import unescape

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from videos.models import Video  # noqa: E402


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def send(form, content):
    """Send the form as a browser does, its file last; return the status and where it leads."""
    [url] = re.findall(r'<form action="([^"]*)" method="post" enctype="multipart/form-data">', form)
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    parts = [f'--x\r\nContent-Disposition: form-data; name="{unescape(name)}"\r\n\r\n{unescape(value)}\r\n' for name, value in fields]
    head = "".join(parts) + '--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\nContent-Type: video/mp4\r\n\r\n'
    body = head.encode() + content + b"\r\n--x--\r\n"
    request = urllib.request.Request(unescape(url), body, {"Content-Type": "multipart/form-data; boundary=x"})
    try:
        with urllib.request.build_opener(Stay).open(request) as response:
            return response.status, response.headers.get("Location", "")
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Location", "")


call_command("migrate", run_syncdb=True, verbosity=0)
users = [get_user_model().objects.create_user(name, password="x") for name in ("ada", "bob")]
ada, bob = (Client(SERVER_NAME="localhost") for _ in users)
ada.force_login(users[0])
bob.force_login(users[1])
status, location = send(ada.get("/videos/new").content.decode(), b"moving" * 1000)
path = location.removeprefix("http://localhost")
stranger = bob.get(path).status_code
before = Video.objects.count()
after = ada.get(path).status_code
[video] = Video.objects.all()
print(
    json.dumps(
        {
            "anonymous": Client(SERVER_NAME="localhost").get("/videos/new").status_code,
            "status": status,
            "stranger": stranger,
            "before": before,
            "after": after,
            "missing": ada.get(f"/videos/sent?key=videos/{users[0].pk}/none.mp4").status_code,
            "name": video.file.name,
            "owner": video.owner.username,
            "size": default_storage.size(video.file.name),
            "url": video.file.url,
        }
    )
)
