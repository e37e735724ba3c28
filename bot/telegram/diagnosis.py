"""Asks Telegram who our bots are and what it knows of their webhooks, and says what is wrong."""

from datetime import UTC, datetime, timedelta

from aiogram.exceptions import TelegramNotFound, TelegramUnauthorizedError
from aiogram.methods import GetMe, GetWebhookInfo
from aiogram.types import WebhookInfo

from bot.telegram.calling import ERRORS, Bots
from bot.watching.findings import Finding

MANY_WAIT = 100
LATELY = timedelta(hours=1)


async def diagnose(bots: Bots, municipality: str, webhook: str | None) -> list[Finding]:
    """One municipality's bot. ``webhook``: where Telegram is to call; ``None`` when we ask for updates."""
    name = f"Telegram's bot of {municipality}"
    try:
        me = await bots.call(municipality, GetMe())
        info = await bots.call(municipality, GetWebhookInfo())
    except (TelegramUnauthorizedError, TelegramNotFound):
        setting = f"IMORGON_TELEGRAM_TOKEN_{municipality.upper()}"
        return [
            Finding(f"{name}: Telegram does not know its token: give the one of BotFather in {setting}.", wrong=True)
        ]
    except ERRORS as error:
        return [Finding(f"{name}: Telegram does not answer ({type(error).__name__}).", wrong=True)]
    findings = [Finding(f"{name} is @{me.username}; its token is good.")]
    if me.can_join_groups:
        findings.append(
            Finding(f"{name} may be put into groups: forbid it at BotFather (Allow Groups: off).", wrong=True)
        )
    return [*findings, *_webhook(name, info, webhook)]


def _webhook(name: str, info: WebhookInfo, webhook: str | None) -> list[Finding]:
    findings = []
    if webhook is None:
        if info.url:
            words = f"{name} has a webhook, and we ask for updates: what people write goes elsewhere. Restart a worker."
            findings.append(Finding(words, wrong=True))
    elif not info.url:
        findings.append(Finding(f"{name} has no webhook: a worker sets it when it starts.", wrong=True))
    elif info.url != webhook:
        findings.append(Finding(f"{name} has another's webhook: what people write goes there, not to us.", wrong=True))
    else:
        findings.append(Finding(f"{name}: its webhook leads to us."))
    if info.pending_update_count:
        many = info.pending_update_count >= MANY_WAIT
        findings.append(Finding(f"{name}: {info.pending_update_count} updates wait at Telegram.", wrong=many))
    when = info.last_error_date
    if isinstance(when, datetime) and datetime.now(UTC) - when < LATELY:
        said = info.last_error_message or "it does not say why"
        findings.append(Finding(f"{name}: at {when:%H:%M} UTC Telegram could not reach us: {said}.", wrong=True))
    return findings
