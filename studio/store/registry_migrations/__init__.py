"""Alembic's migrations of IT's registry: `env` runs them on a connection that is handed in."""
