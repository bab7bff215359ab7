"""The migrations of a repository, read without importing them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Migrations:
    """The migrations of this repository, read without importing them.

    A migration is named after its folder: `site.blog.0002_title` is in site/blog/migrations.
    """

    dependencies: dict[str, frozenset[str]]
    # By migration, why it may break the release before it.
    overrides: dict[str, str]

    @classmethod
    def read(cls, root: Path) -> Migrations:
        trees: dict[str, ast.Module] = {}
        apps: dict[str, str] = {}
        for path in sorted(root.rglob("migrations/*.py")):
            parts = path.relative_to(root).parts
            hidden = any(part.startswith(".") or part == "site-packages" for part in parts)
            if hidden or path.name.startswith("_"):
                continue
            app = ".".join(parts[:-2])
            trees[f"{app}.{path.stem}"] = ast.parse(path.read_text(encoding="utf-8"), str(path))
            apps[app_label(path.parent.parent)] = app
        dependencies, overrides = {}, {}
        for name, tree in trees.items():
            body = migration_class(tree)
            pairs = [*tuples_in(body, "dependencies"), *tuples_in(body, "replaces")]
            wanted = {f"{apps[label]}.{other}" for label, other in pairs if label in apps}
            dependencies[name] = frozenset(wanted & trees.keys())
            reason = override_in(body)
            if reason is not None:
                overrides[name] = reason
        return cls(dependencies, overrides)

    def leaves(self) -> list[str]:
        """Return the last migration of each app."""
        inner = {
            other
            for name, others in self.dependencies.items()
            for other in others
            if other.rpartition(".")[0] == name.rpartition(".")[0]
        }
        return sorted(self.dependencies.keys() - inner)

    def until(self, leaves: list[str]) -> set[str]:
        """Return these migrations and all that they need."""
        found: set[str] = set()
        left = [name for name in leaves if name in self.dependencies]
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += self.dependencies[name]
        return found


def app_label(folder: Path) -> str:
    """Return Django's name of an app: that of its folder unless its AppConfig has another."""
    config = folder / "apps.py"
    text = config.read_text(encoding="utf-8") if config.is_file() else ""
    label = re.search(r"""^\s+label\s*(?::[^=\n]+)?=\s*["'](\w+)["']""", text, re.MULTILINE)
    return label[1] if label else folder.name


def migration_class(tree: ast.Module) -> list[ast.stmt]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            return node.body
    return []


def assigned(body: list[ast.stmt], name: str) -> ast.expr | None:
    """Return what a name of the class is set to, with an annotation or without."""
    for node in body:
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node.value  # type: ignore[attr-defined, no-any-return]
    return None


def tuples_in(body: list[ast.stmt], name: str) -> Iterator[tuple[str, str]]:
    """Yield the (app label, migration) pairs of a list; others, such as swappable, are left out."""
    value = assigned(body, name)
    for item in value.elts if isinstance(value, ast.List | ast.Tuple) else []:
        if isinstance(item, ast.Tuple) and len(item.elts) == 2:
            words = [word.value for word in item.elts if isinstance(word, ast.Constant)]
            if len(words) == 2:
                yield str(words[0]), str(words[1])


def override_in(body: list[ast.stmt]) -> str | None:
    """Return why the migration linter was told to let a migration pass; None when it was not."""
    reason = assigned(body, "linter_override")
    if reason is not None:
        return str(reason.value) if isinstance(reason, ast.Constant) else "no reason given"
    operations = assigned(body, "operations")
    for node in ast.walk(operations) if operations is not None else []:
        name = node.func if isinstance(node, ast.Call) else None
        if getattr(name, "attr", getattr(name, "id", None)) == "IgnoreMigration":
            return "IgnoreMigration()"
    return None
