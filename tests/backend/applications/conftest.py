"""The office of the staff pages, for what staff do with an application."""

from tests.backend.staff.conftest import johan, office

__all__ = ["johan", "office"]
