"""Service accounts: which robots and systems of the municipality may call us, and what each of them may do."""

from typing import Literal

from pydantic import Field

from backend.contract import Value

Scope = Literal["status", "calculation", "decision", "payment", "events", "moves"]
"""What an account may tell us; ``events``: it may ask that what happened is sent again. ``moves``: it is the
municipality of its name, and hands people over to us or takes them (see ``moving``)."""


class ServiceAccount(Value):
    """One of the municipality's robots or systems. It is let in where the environment gives it a token."""

    slug: str = Field(pattern=r"^[a-z]+$")
    name: str = Field(min_length=1, max_length=60, description="as staff read it")
    scopes: tuple[Scope, ...] = Field(min_length=1)

    @property
    def code(self) -> str:
        """The account's part of a setting's name."""
        return self.slug.upper()
