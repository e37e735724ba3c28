"""What a text costs before it is sent: its parts, its length, and its price where the municipality's is known."""

from backend.calendar import day_in_sweden
from backend.locales import Sms
from backend.staff.desk import Seat

_HUNDRED = 100


def size(here: Seat, channel: str | None, sms: Sms) -> str:
    """``2 sms, 97 av 134 tecken, 1,00 kr``. Other channels cost nothing a message; an unknown price is not guessed."""
    if channel != "sms":
        return f"{sms.characters} tecken"
    said = f"{sms.segments} sms, {sms.characters} av {sms.room * sms.segments} tecken"
    town = here.database
    price = town.municipality.sms_price_on(day_in_sweden(here.now), examples=town.demo)
    if price is None:
        return said
    kronor, ore = divmod(price.ore * sms.segments, _HUNDRED)
    return f"{said}, {kronor},{ore:02} kr{' (exempel)' if price.status == 'example' else ''}"
