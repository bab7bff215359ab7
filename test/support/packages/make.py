"""Writes into a folder what a private index holds: `python make.py FOLDER`. Prints the commit.

simple/  acme-private (a wheel), acme-source (Python without a wheel), acme-sodium (C without a wheel),
         acme-mac (a wheel for another system)
git/     acme-git.git, as a plain web server hands it out
"""

import base64
import hashlib
import io
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

PYPROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "{name}"
version = "1.0"

[tool.setuptools]
py-modules = [{modules}]
"""
SETUP = """\
from setuptools import Extension, setup

setup(ext_modules=[Extension("acme_sodium", ["acme_sodium.c"], libraries=["sodium"])])
"""
SOURCE = """\
#include <Python.h>
#include <sodium.h>

static PyObject *version(PyObject *self, PyObject *arguments) {
    return PyUnicode_FromString(sodium_version_string());
}
static PyMethodDef methods[] = {{"version", version, METH_NOARGS, ""}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "acme_sodium", "", -1, methods};
PyMODINIT_FUNC PyInit_acme_sodium(void) { return PyModule_Create(&module); }
"""


def metadata(name: str) -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"


def wheel(folder: Path, name: str, tag: str) -> None:
    module = name.replace("-", "_")
    info = f"{module}-1.0.dist-info"
    files = {
        f"{module}.py": f"name = {name!r}\n",
        f"{info}/METADATA": metadata(name),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = ""
    with zipfile.ZipFile(folder / f"{module}-1.0-{tag}.whl", "w") as archive:
        for path, text in files.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
            record += f"{path},sha256={digest.decode().rstrip('=')},{len(text)}\n"
            archive.writestr(path, text)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")


def source(name: str) -> dict[str, str]:
    module = name.replace("-", "_")
    c = {"setup.py": SETUP, f"{module}.c": SOURCE}
    python = {f"{module}.py": f"name = {name!r}\n"}
    modules = "" if name == "acme-sodium" else f'"{module}"'
    return {
        "pyproject.toml": PYPROJECT.format(name=name, modules=modules),
        **(c if name == "acme-sodium" else python),
    }


def sdist(folder: Path, name: str) -> None:
    top = f"{name.replace('-', '_')}-1.0"
    with tarfile.open(folder / f"{top}.tar.gz", "w:gz") as archive:
        for path, text in {**source(name), "PKG-INFO": metadata(name)}.items():
            entry = tarfile.TarInfo(f"{top}/{path}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))


def repository(folder: Path, work: Path, name: str) -> str:
    work.mkdir()
    for path, text in source(name).items():
        (work / path).write_text(text)
    who = ["-c", "user.name=acme", "-c", "user.email=acme@example.com"]

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(work), *who, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet", "--initial-branch=main")
    git("add", "--all")
    git("commit", "--quiet", "--message", "1.0")
    bare = folder / f"{name}.git"
    git("clone", "--quiet", "--bare", str(work), str(bare))
    git("-C", str(bare), "update-server-info")
    return git("rev-parse", "HEAD")


def main(root: Path) -> None:
    files, repositories = root / "files", root / "git"
    files.mkdir()
    repositories.mkdir()
    wheel(files, "acme-private", "py3-none-any")
    wheel(files, "acme-mac", "py3-none-macosx_11_0_arm64")
    sdist(files, "acme-source")
    sdist(files, "acme-sodium")
    print(repository(repositories, root / "work", "acme-git"))


main(Path(sys.argv[1]))
