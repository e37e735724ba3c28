"""Stories about meetings need a town."""

from tests.backend.meetings import town

__all__ = ["town"]
