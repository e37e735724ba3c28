"""Her comment before a decision, written on the page below what was found out; it adds to what she has said.

It is kept nowhere on the way: what cannot be received stands in the page that says so, and what she sent when her right
was over is laid by, for her alone.
"""

from uuid import UUID, uuid5

from fastapi import APIRouter, Request, Response

from backend.contract import CommentReceipt, ContractError, ProblemCode, WriteComment
from bot.engine import Engine
from bot.pages import page, secure
from bot.pages.secure import COMMENT
from bot.text import N_

LONGEST = 4000
"""Characters at once."""

_TOLD = {
    "in-time": N_("We have your answer, and weigh it before we decide."),
    "day-passed": N_("The day has passed, but we have not decided yet. We have your answer, and weigh it."),
    "decided": N_("We had already decided when your answer came. It is not lost: a human reads it."),
}
_EMPTY = N_("Write what you want to say first, or choose that you have nothing to add.")
_NOT_EMPTY = N_("You have written something. Send it, or empty the field.")
_TOO_LONG = N_("That is too long to send at once. Send it in two parts.")


def router(engine: Engine) -> APIRouter:
    """The form, and the page that says how it went."""
    routes = APIRouter(route_class=secure.kind_of_route(engine), include_in_schema=False)

    @routes.get(COMMENT)
    async def told(request: Request, came: str = "") -> Response:
        return await secure.read_page(engine, request, told=_TOLD.get(came, ""))

    @routes.post(COMMENT)
    async def write(request: Request) -> Response:
        request.state.kept = fields = await page.fields(request)
        return await _write(engine, request, fields)

    return routes


async def _write(engine: Engine, request: Request, fields: page.Fields) -> Response:
    right = secure.right_of(engine, request)
    if right is None:
        return await secure.lay_by(engine, request, fields)
    try:
        person = (await engine.backend.readable(right.municipality, right.token)).person
        hers = secure.taken_up(engine, fields, person)
        if hers is None:
            return page.go("/s/read")
        # What was laid by is what is kept, should it not be received now.
        given = dict(hers)
        words = "\n".join(given.get("words", "").splitlines()).strip()
        speak = bool(given.get("speak"))
        if wrong := _wrong(words, speak=speak, nothing=given.get("say") == "nothing"):
            return await secure.read_page(engine, request, wrong=wrong, written=words, speak=speak)
        receipt = await _send(
            engine,
            right,
            given,
            WriteComment(
                comment=_id(given.get("comment", "")),
                language=page.language_of(request),
                words=words,
                wants_to_speak=speak,
            ),
        )
    except ContractError as problem:
        if problem.code is ProblemCode.GRANT_EXPIRED:
            return await secure.lay_by(engine, request, fields)
        raise page.Refused(422) from None
    return page.go(f"{COMMENT}?came={receipt.came}")


async def _send(engine: Engine, right: secure.Right, given: dict[str, str], said: WriteComment) -> CommentReceipt:
    # The same form with the same words is one comment, however often it is sent; with other words it is another.
    key = uuid5(_id(given.get("press", "")), said.model_dump_json())
    return await engine.backend.write_comment(right.municipality, right.token, key, said)


def _wrong(words: str, *, speak: bool, nothing: bool) -> str:
    """Why a form is not sent, as a source sentence; empty: it is."""
    if nothing:
        return _NOT_EMPTY if words else ""
    if len(words) > LONGEST:
        return _TOO_LONG
    return "" if words or speak else _EMPTY


def _id(given: str) -> UUID:
    """Raises Refused for what is none."""
    try:
        return UUID(given)
    except ValueError:
        raise page.Refused(422) from None
