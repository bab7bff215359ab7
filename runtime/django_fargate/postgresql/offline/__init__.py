"""PostgreSQL's SQL without a server, for the migration linter."""
