"""Static files in development and tests: what production would not know is an error here, too."""

from difflib import get_close_matches
from typing import cast
from urllib.parse import unquote, urldefrag, urlsplit

from django.apps import apps
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import StaticFilesStorage as Unhashed


class CollectedNames:
    """The names of the files that collectstatic finds now, and that its manifest will hold.

    Not what the finders find: on a file system that takes "Logo.png" for "logo.png" they find
    both, and they find hidden files, which are not collected.
    """

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __contains__(self, name: str) -> bool:
        path = path_of(name)
        if urlsplit(urldefrag(name).url).path.endswith("/"):
            # A folder: it is not looked up in the manifest.
            return True
        if path not in self.names:
            # It may have been added since.
            self.names = collected_names()
        return path in self.names

    def missing(self, name: str) -> str:
        """Return what is wrong with a name that is not there, in a sentence."""
        near = get_close_matches(path_of(name), self.names, n=1)
        nearest = f" Nearest: {near[0]!r}." if near else ""
        return (
            f"No static file {path_of(name)!r}: it lies in no app's folder 'static', nor in"
            f" STATICFILES_DIRS.{nearest}"
        )


class StaticFilesStorage(Unhashed):
    """Django's own, which serves files from where they lie, without collectstatic.

    A missing file is a ValueError, as it is from the storage with a manifest.
    """

    collected = CollectedNames()

    def url(self, name: str | None) -> str:
        if name is not None and name not in self.collected:
            raise ValueError(f"{self.collected.missing(name)} In production this page fails.")
        return super().url(name)


def path_of(name: str) -> str:
    """Return a name as the manifest has it: without query and fragment."""
    return urlsplit(unquote(urldefrag(name).url)).path.strip().replace("\\", "/")


def collected_names() -> set[str]:
    config = cast(StaticFilesConfig, apps.get_app_config("staticfiles"))
    names = set()
    for finder in get_finders():
        for path, storage in finder.list(config.ignore_patterns):
            prefix = getattr(storage, "prefix", None)
            names.add(f"{prefix}/{path}" if prefix else path)
    return {name.replace("\\", "/") for name in names}
