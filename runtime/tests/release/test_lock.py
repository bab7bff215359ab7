"""What `make lock` refuses, and what it says to write instead. With uv itself: test/emitted."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from django_fargate.lock import cli, debian, declared, git_credential
from django_fargate.lock.lines import own, read
from django_fargate.lock.locked import Lock
from django_fargate.lock.uv import ways_out

COMMIT = "0123456789abcdef0123456789abcdef01234567"
ARGUMENTS = ["--python", "3.11", "--image", "3.13", "--platform", "linux/amd64"]


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Return a repository with its three pairs of files."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deploy").mkdir()
    (tmp_path / "requirements.in").write_text("# What the service needs.\ndjango>=5\n")
    (tmp_path / "deploy" / "requirements.in").write_text("boto3\n")
    dev = "-r requirements.in\n-r deploy/requirements.in\npytest\n"
    (tmp_path / "requirements-dev.in").write_text(dev)
    for name in ("apt", "apt-build"):
        (tmp_path / "deploy" / f"{name}.txt").write_text("# One a line.\n")
    return tmp_path


@pytest.fixture
def uv(root, monkeypatch):
    """Answer for uv: each lock file is what is declared; return what it was asked."""
    asked = []

    def run(command, **options):
        if command[:4] != [sys.executable, "-m", "uv", "pip"]:
            return SimpleNamespace(returncode=0, stdout=f"{COMMIT}\trefs/heads/main\n", stderr="")
        asked.append(command[4:])
        if command[4] == "compile":
            output = next(part.partition("=")[2] for part in command if "--output-file" in part)
            header = f"# by uv\n#    uv pip compile --output-file={output}\n"
            (root / output).write_text(f"{header}django==5.2.1 \\\n    --hash=sha256:00\n")
        return SimpleNamespace(returncode=0, stdout="", stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    return asked


def add(root, *lines):
    with (root / "requirements.in").open("a") as file:
        file.write("".join(f"{line}\n" for line in lines))


def fault_of(root, line):
    """Return the one complaint about a line, without its place."""
    add(root, line)
    (fault,) = declared.faults(read(root, "requirements.in"))
    place, _, text = fault.partition(": ")
    assert place == "requirements.in, line 3"
    return text


PINNED = f"lib @ git+https://example.com/lib.git@{COMMIT}"


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        (
            "--extra-index-url https://me:s3cret@pypi.example.com/simple",
            "--extra-index-url https://pypi.example.com/simple",
        ),
        (
            "lib @ https://s3cret@example.com/lib-1.0-py3-none-any.whl",
            "lib @ https://example.com/lib-1.0-py3-none-any.whl",
        ),
        (PINNED.replace("https://", "https://${s3cret}@"), PINNED),
        (f"lib @ git+ssh://git@example.com/lib.git@{COMMIT}", PINNED),
        (f"lib @ git+ssh://git@example.com:22/lib.git@{COMMIT}", PINNED),
        ("lib @ git+https://example.com/lib.git@main", PINNED),
        ("lib @ git+https://example.com/lib.git ; python_version < '4'", f"{PINNED} ; python_"),
    ],
)
def test_the_way_out_is_a_line_that_is_accepted(root, uv, line, instead):
    text = fault_of(root, line)
    assert f"\n    {instead}" in text
    assert "s3cret" not in text
    (written,) = [part for part in text.splitlines() if part.startswith(f"    {instead}")]
    (root / "requirements.in").write_text(f"{written.strip()}\n")
    assert declared.faults(read(root, "requirements.in")) == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("-e ./lib", "Put the package beside manage.py"),
        ("./lib-1.0-py3-none-any.whl", "Put the package beside manage.py"),
        ("lib @ file:///home/me/lib", "Put the package beside manage.py"),
        ("--find-links https://example.com/wheels", "--find-links would not reach the lock file"),
        ("--no-binary :all:", "name the packages"),
        ("lib @ svn+https://example.com/lib", "must be Git's, over HTTPS"),
    ],
)
def test_what_no_image_could_install_is_refused(root, uv, line, says):
    assert says in fault_of(root, line)


def test_a_machine_that_cannot_ask_for_the_commit_says_where_it_belongs(root, monkeypatch):
    monkeypatch.setenv("PATH", "")
    text = fault_of(root, "lib @ git+https://example.com/lib.git@main")
    assert "lib.git@COMMIT" in text


def test_everything_is_looked_at_before_a_file_is_written(root, uv, capsys):
    add(root, PINNED, "-e ./lib")
    (root / "deploy" / "apt.txt").write_text("libfoo\n-o Dir::Etc=/tmp\n")
    assert cli.main(ARGUMENTS) == 2
    problem = capsys.readouterr().err
    assert "requirements.in, line 4" in problem
    assert "deploy/apt.txt, line 2: '-o Dir::Etc=/tmp' is not the name" in problem
    assert "line 3: the build of the image has no Git" in problem
    # That of requirements-dev.in, which includes it, is the same one.
    assert problem.count("Put the package beside") == 1
    assert uv == []
    assert not (root / "requirements.txt").exists()


def test_a_package_from_git_is_accepted_with_git_in_the_build(root, uv, capsys):
    add(root, PINNED)
    (root / "deploy" / "apt-build.txt").write_text("git\n")
    assert cli.main(ARGUMENTS) == 0
    assert "lib is built from a commit; no hash covers it" in capsys.readouterr().out


def test_the_options_that_pip_needs_stand_in_the_lock_files(root, uv, capsys):
    add(
        root,
        "--extra-index-url https://pypi.example.com/simple",
        "--no-binary=Some_Lib",
        "some-lib",
    )
    assert cli.main(ARGUMENTS) == 0
    options = "--extra-index-url https://pypi.example.com/simple\n--no-binary Some_Lib\n"
    for name in ("requirements", "requirements-dev"):
        lines = (root / f"{name}.txt").read_text().splitlines(keepends=True)
        assert "".join(lines[2:4]) == options
    assert "--" not in (root / "deploy" / "requirements.txt").read_text().splitlines()[2][:2]
    assert "Some_Lib is built from its source" in capsys.readouterr().out


def test_each_file_is_locked_for_its_own_python(root, uv):
    assert cli.main([*ARGUMENTS[:1], "3.12", *ARGUMENTS[2:], "--upgrade"]) == 0
    compiled = [command for command in uv if command[0] == "compile"]
    pythons = [command[2] for command in compiled]
    assert pythons == ["--python-version=3.12", "--python-version=3.11", "--python-version=3.12"]
    assert all("--upgrade" in command for command in compiled)
    assert "--constraint=requirements.txt" in compiled[2]
    assert "--constraint=requirements.txt" not in compiled[0]


def test_wheels_are_asked_for_as_the_image_needs_them(root, uv):
    arguments = [*ARGUMENTS[:-1], "linux/arm64"]
    assert cli.main(arguments) == 0
    command = uv[-1]
    assert command[command.index("--python-platform") + 1] == "aarch64-manylinux_2_40"
    assert command[command.index("--python-version") + 1] == "3.13"


def test_what_is_built_is_not_asked_for_as_a_wheel(tmp_path):
    file = tmp_path / "requirements.txt"
    blocks = ["a==1 \\\n    --hash=x\n", "Some.Lib==2 \\\n    --hash=y\n", "u @ https://e/u.whl\n"]
    file.write_text("# by uv\n--no-binary some-lib\n" + "".join(blocks) + PINNED + "\n")
    assert Lock(file).wheels(["some_lib"]) == [blocks[0]]


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
@pytest.mark.parametrize(
    "message",
    [
        "hint: An index URL (https://pypi.example.com/simple) could not be queried ({status})",
        "cause: HTTP status client error ({status}) for url (https://pypi.example.com/lib.whl)",
    ],
)
def test_who_is_not_let_in_learns_of_netrc(message, status):
    (text,) = ways_out(message.format(status=status), "requirements.in")
    assert "\n    machine pypi.example.com login USER password PASSWORD\n" in text


def test_of_an_unknown_error_there_is_no_way_out():
    assert list(ways_out("error: the disk is full", "requirements.in")) == []


def test_a_file_that_uv_refuses_leaves_the_lock_files_as_they_were(root, uv, monkeypatch, capsys):
    (root / "requirements.txt").write_text("old\n")
    answer = subprocess.run

    def run(command, **options):
        done = answer(command, **options)
        if command[-1] == "requirements-dev.in":
            message = "hint: Wheels are required for `some-lib` because"
            return SimpleNamespace(returncode=1, stdout="", stderr=message)
        return done

    monkeypatch.setattr(subprocess, "run", run)
    assert cli.main(ARGUMENTS) == 2
    assert "add to requirements-dev.in:\n    --no-binary some-lib\n" in capsys.readouterr().err
    assert (root / "requirements.txt").read_text() == "old\n"
    assert not (root / "requirements-dev.txt").exists()


def test_lines_are_told_apart_as_pip_does(root):
    text = "a==1 # why\n\n# nothing\nb \\\n  >=2\nlib @ https://e/x#egg=lib\n"
    (root / "other.in").write_text(text)
    assert [(line.number, line.text) for line in own(root, "other.in")] == [
        (1, "a==1"),
        (4, "b   >=2"),
        (6, "lib @ https://e/x#egg=lib"),
    ]


@pytest.mark.parametrize("name", ["libpango-1.0-0", "g++", "postgresql-client=17+278.pgdg13+1"])
def test_debian_packages_are_named_as_debian_does(root, name):
    (root / "deploy" / "apt.txt").write_text(f"{name}  # why\n")
    assert debian.faults(debian.packages(root)) == []
    assert debian.has(debian.packages(root), name.partition("=")[0])


@pytest.mark.parametrize(
    "name", ["libpango cairo", "--allow-downgrades", "LibFoo", "a;reboot", "x"]
)
def test_other_words_are_no_debian_packages(root, name):
    (root / "deploy" / "apt.txt").write_text(f"{name}\n")
    (fault,) = debian.faults(debian.packages(root))
    assert fault.startswith("deploy/apt.txt, line 1: ")


def test_git_is_told_who_it_is_by_the_file_that_pip_reads(tmp_path):
    file = tmp_path / "netrc"
    file.write_text("machine example.com login me password s3cret\n")
    question = "protocol=https\nhost={}\npath=lib.git\n"
    answer = "username=me\npassword=s3cret\n"
    assert git_credential.answer(question.format("example.com"), str(file)) == answer
    assert git_credential.answer(question.format("example.com:8443"), str(file)) == answer
    assert git_credential.answer(question.format("example.org"), str(file)) == ""
