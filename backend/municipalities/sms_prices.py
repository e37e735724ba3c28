"""What a text message costs the municipality at its provider, by the day a price begins."""

from datetime import date
from typing import Literal

from pydantic import Field

from backend.contract import Value


class SmsPrice(Value):
    """The price of one part of a text message to a Swedish number, in öre without VAT, from a day on."""

    provider: str
    since: date
    ore: int = Field(gt=0, le=1000)
    source: str
    status: Literal["verified", "not-verified", "example"]
