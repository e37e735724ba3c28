"""The basic inquiry (grundutredning) of somebody new: made by a human alone, in talk and papers."""

from collections.abc import Mapping

from backend.contract import SendApplication
from backend.controls.registers import Register, parts

PLACE = 5


def _of(sent: SendApplication) -> Mapping[str, object]:
    return parts(
        sent,
        *("applies_alone", "partner", "children", "housing", "lived_on", "worked_last_year", "plans", "asset_kinds"),
    )


REGISTER = Register(
    "basic-inquiry",
    "Grundutredning",
    "För den som är ny: bakgrund, försörjning och planer",
    of=_of,
    may_differ={
        "household": "Hushållet är ett annat",
        "support": "Har levt på något annat",
        "assets": "Äger något som inte står i ansökan",
        "other": "Något annat än i ansökan",
    },
    new_only=True,
)
