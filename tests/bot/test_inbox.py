"""What people write: in once, in order, acknowledged only when committed."""

from bot.stories.twilio import Twilio
from tests.bot.house import NUMBER, SARA, House


async def test_a_text_is_answered(house: House, twilio: Twilio) -> None:
    assert await twilio.write(SARA, NUMBER, "Hej, jag behöver hjälp") == 204
    await house.work()
    await twilio.reported()
    assert [text.body for text in twilio.sent_to(SARA)] == ["Du skrev: Hej, jag behöver hjälp"]
    assert await house.states() == ["delivered"]
