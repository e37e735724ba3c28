"""46elks as the tests meet it: a number there for Trelleborg, alone or beside Twilio's."""

from bot.stories.elks import Elks
from tests.bot.house import House

ELKS_NUMBER = "+46701740691"
SECRET, OLD_SECRET = "e" * 40, "o" * 40
ELKS_SETTINGS = {
    "IMORGON_ELKS_USERNAME": "u1234",
    "IMORGON_ELKS_PASSWORD": "secret-secret-secret",
    "IMORGON_ELKS_FROM_TRELLEBORG": ELKS_NUMBER,
    "IMORGON_ELKS_SECRET": SECRET,
}
NO_TWILIO = {f"IMORGON_TWILIO_{name}": "" for name in ("ACCOUNT_SID", "AUTH_TOKEN", "API_BASE", "FROM_TRELLEBORG")}
TWILIO_FIRST = {"IMORGON_SMS_FIRST_TRELLEBORG": "Twilio"}


def settings_at(elks: Elks) -> dict[str, str]:
    """A house's settings for a number at this server."""
    return {**ELKS_SETTINGS, "IMORGON_ELKS_SECRET_OLD": OLD_SECRET, "IMORGON_ELKS_API_BASE": elks.base_url}


def known_at(house: House, elks: Elks) -> None:
    """The addresses are entered for the number, as the operator is told to."""
    url = house.engine.settings.public_url
    elks.sms_url[ELKS_NUMBER] = f"{url}/sms/elks/inbound?key={SECRET}"
    elks.voice_start[ELKS_NUMBER] = f"{url}/sms/elks/call?key={SECRET}"
