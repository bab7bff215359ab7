"""The migrations of a repository, read from their texts."""

import shutil
from pathlib import Path

import django_fargate
from django_fargate.release.migrations import Migrations


def write_migration(root, app, name, body):
    folder = root / app / "migrations"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").touch()
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    (folder / f"{name}.py").write_text(f"class Migration(migrations.Migration):\n{lines}\n")


def test_migrations_are_read_without_being_imported(tmp_path):
    write_migration(tmp_path, "site", "0001_initial", "dependencies = []")
    write_migration(
        tmp_path,
        "site",
        "0002_drop",
        'linter_override: str = "nothing reads it"\n'
        'dependencies: ClassVar[list] = [("site", "0001_initial"), swappable_dependency(USER)]',
    )
    needs_auth = 'dependencies = [("auth", "0001_initial")]'
    write_migration(tmp_path, "site/blog", "0001_initial", needs_auth)
    write_migration(
        tmp_path,
        "site/blog",
        "0002_more",
        'dependencies = [("journal", "0001_initial"), ("site", "0002_drop")]\n'
        "operations = [linter.IgnoreMigration(), migrations.RunSQL('')]",
    )
    (tmp_path / "site/blog/apps.py").write_text('class A(AppConfig):\n    label: str = "journal"\n')
    write_migration(tmp_path, ".venv/site-packages/other", "0001_initial", "dependencies = []")
    found = Migrations.read(tmp_path)
    assert found.leaves() == ["site.0002_drop", "site.blog.0002_more"]
    assert found.overrides == {
        "site.0002_drop": "nothing reads it",
        "site.blog.0002_more": "IgnoreMigration()",
    }
    assert found.until(["site.0002_drop", "gone.0001"]) == {"site.0001_initial", "site.0002_drop"}
    assert len(found.until(["site.blog.0002_more"])) == 4


def test_a_migration_may_need_one_of_the_apps_that_every_repository_gets(tmp_path):
    own = Path(django_fargate.__file__).parent / "background"
    shutil.copytree(own, tmp_path / "django_fargate" / "background")
    needs_own = 'dependencies = [("background", "0001_initial")]'
    write_migration(tmp_path, "shop/blog", "0001_initial", needs_own)
    needed = "django_fargate.background.0001_initial"
    found = Migrations.read(tmp_path)
    assert found.until(["shop.blog.0001_initial"]) == {"shop.blog.0001_initial", needed}
    assert found.leaves() == [needed, "shop.blog.0001_initial"]
