"""Alembic's entry: it works on the connection :func:`backend.migrations.migrate` gives it."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from alembic import context

import backend
from backend import access, persons, promises, tasks  # noqa: F401  # their tables belong to the metadata
from backend.database import metadata

for room in iter_modules(backend.__path__):
    if room.ispkg and find_spec(f"backend.{room.name}.models"):
        import_module(f"backend.{room.name}.models")

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
