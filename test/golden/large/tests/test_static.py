"""Static files: pages ask the bucket's address for the hashed names in the image's manifest."""

import json
import re

import pytest
from django.core.management import call_command
from django.templatetags.static import static

from shop.settings import build


@pytest.fixture
def collected(settings, tmp_path):
    """Collect the static files as the image's build does; then look at them as production does."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = build.STORAGES
    call_command("collectstatic", interactive=False, verbosity=0)
    settings.STATIC_URL = "https://static.example.com/"
    return tmp_path


def test_the_address_comes_from_the_environment(production, production_variables, refusal):
    assert production()["STATIC_URL"] == production_variables["STATIC_URL"]
    assert production(STATIC_URL="/static/")["STATIC_URL"] == "/static/"
    assert refusal(STATIC_URL=None).endswith(": STATIC_URL is not set")


def test_the_build_and_production_name_files_alike(production):
    assert production()["STORAGES"]["staticfiles"] == build.STORAGES["staticfiles"]


def test_a_page_asks_the_bucket_for_a_hashed_name(collected):
    url = static("admin/css/base.css")
    name = re.fullmatch(r"https://static\.example\.com/(admin/css/base\.[0-9a-f]{12}\.css)", url)
    assert name is not None, url
    assert (collected / name[1]).is_file()


def test_a_style_sheet_names_only_files_that_are_there(collected):
    manifest = json.loads((collected / "staticfiles.json").read_text())
    sheets = [name for name in manifest["paths"].values() if name.endswith(".css")]
    assert sheets
    for sheet in sheets:
        text = (collected / sheet).read_text()
        for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", text):
            # Relative, so that a file is found wherever STATIC_URL puts it.
            assert not address.startswith(("/", "http")), f"{sheet}: {address}"
            if not address.startswith(("data:", "#")):
                target = (collected / sheet).parent / re.sub(r"[?#].*", "", address)
                assert target.is_file(), f"{sheet}: {address}"


def test_a_name_that_was_not_collected_is_an_error(collected):
    with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
        static("no/such/file.css")
