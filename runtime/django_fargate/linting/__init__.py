"""The linter of migrations: `manage.py lint_migrations`, see the command of that name."""
