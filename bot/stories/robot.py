"""Somebody applies and meets; the case system hears all of it, signed, also what happened while it was down.

Its robot tells how far it is and what it has counted; what it may not tell, and what does not add up, is refused line
by line. The case system tells the decision and the money. She hears that there is something new, and reads it herself;
what the two do not agree on is looked at by a human.
"""

import re
from typing import Any
from uuid import UUID, uuid5

from bot.conversation.notices.something_new import HEAR, NEW_LINES, READ_HERE
from bot.stories import Story
from bot.stories.application_first import FORM, HELLO
from bot.stories.desk import confirm_interpreter, give_code, is_waiting_for, open_case, write_note
from bot.stories.in_step import InStep
from bot.stories.world import Applicant, Staff, StoryError, World

DECEMBER, DECIDED_ON = "2026-12-01", "2026-12-01"
GRANTED = 7485
LINES = (("Riksnorm", 4180), ("Hyra", 5850), ("Hushållsel", 420), ("Lön", -2965))
ANNA = "Anna Ek"
DISAGREES = "Ärendesystemet säger något annat än ärendet här"
BEFORE_IT_ALL = "2020-01-01T00:00:00Z"
_OURS = UUID("00000000-0000-4000-8000-0000000000f1")


async def robot(world: World) -> None:
    beside = world.in_step
    if beside is None:
        raise StoryError("there is no case system in this story")
    await world.until(30, 11, 14, 30)
    before = await beside.hears()  # the town has others in it
    amal = world.applicant("Amal", "+46701740631")
    await _applies(amal)
    heard = (await beside.hears())[len(before) :]
    _is_told(heard, "call_for_help.received", "application.received")
    about = heard[0]["data"]["case"]
    world.stage("ärendesystemet får veta, signerat: en begäran om hjälp och en ansökan")

    beside.server.status = 503
    world.stage("ärendesystemet går ner")
    await amal.picks_first()
    await amal.chooses("No")
    await beside.hears()
    maria, case, code = await _is_met(world, amal)
    await beside.hears()
    await world.until(1, 12, 12, 30)
    await _gets_up(world, beside)

    await world.until(1, 12, 13)
    await _robot_tells(world, beside, about)
    await world.minute()
    decision = await _system_decides(beside, about)
    world.stage(f"ärendesystemet säger beslutet, som {ANNA} har skrivit under där")
    await world.settled()
    said = await amal.expects(HEAR.text)
    await amal.chooses("I read it")
    await amal.expects(READ_HERE)
    await world.reads_with_code(code)
    _is_told(await beside.hears(), "decision.signed")
    world.stage("ärendesystemet får tillbaka att beslutet står här")

    await world.minute()
    await _system_pays(beside, about, decision)
    world.stage("ärendesystemet säger att pengarna betalas 2 december, och säger det en gång till")
    await world.settled()
    page = await maria.opens(f"{case}?reason=follow-up")
    for words in ("Ärendesystemet: utredning pågår", "Beräkning för december 2026"):
        if words not in page.text:
            raise StoryError(f"the case says nothing of {words!r}:\n{page.text}")
    world.stage("handläggaren läser i ärendet vad ärendesystemet har sagt")
    await _disagrees(beside, about)
    await is_waiting_for(maria, amal, DISAGREES)
    world.stage("ärendesystemet säger en annan summa: inget ändras, och handläggaren ser det i sin lista")
    if re.search(r"7\s?485", said + await amal.reads()):
        raise StoryError("the sum was written in a message")


async def _applies(amal: Applicant) -> None:
    await amal.begins(**HELLO)
    await amal.chooses("Apply")
    await amal.chooses("No")
    await amal.fills_in(FORM)
    await amal.attests()
    await amal.expects("Decision: at the latest one working day after the meeting, when everything is in.")


async def _is_met(world: World, amal: Applicant) -> tuple[Staff, str, str]:
    """Who met her, the way to her case, and the code she was given."""
    if world.language != "sv":
        elin = await world.staff("Tolkbokning")
        world.stage("tolkbokningen bekräftar tolken")
        await confirm_interpreter(elin, world.language, amal.hour)
    await world.until(1, 12, 11)
    maria = await world.staff("Handläggare")
    case = await open_case(maria, amal)
    world.stage("mötet är hållet, handläggaren skriver sin anteckning")
    await write_note(maria, case)
    code = await give_code(maria, case)
    await amal.expects(NEW_LINES)
    return maria, case, code


async def _gets_up(world: World, beside: InStep) -> None:
    """All that happened meanwhile comes, once and in order; and what it asks for again it knows already."""
    server = beside.server
    known, asked = len(server.taken), len(server.asked)
    server.status = 0
    heard = await beside.hears()
    _is_told(heard[known:], "meeting.booked", "meeting.noted", "case.changed")
    numbers = [one["data"]["number"] for one in heard]
    if numbers != sorted(numbers) or server.asked[asked:] != list(server.taken)[known:]:
        raise StoryError(f"it did not come once and in order: {numbers}")
    world.stage("ärendesystemet är uppe igen: allt som hände kommer, i ordning och en gång")
    answer = await beside.system.posts("replays", {"since": BEFORE_IT_ALL, "ways": ["webhook"]})
    again = await beside.hears()
    if answer.json() != {"events": len(heard)} or again != heard:
        raise StoryError(f"not all of it had come: {len(heard)}, then {answer.text} and {len(again)}")
    if any(len(bodies) != 1 for bodies in server.bodies.values()):
        raise StoryError("the same event was told in two ways")
    wire = b"".join(body for bodies in server.bodies.values() for body in bodies)
    if any(person.number.encode() in wire or person.name.encode() in wire for person in world.people):
        raise StoryError("somebody's name or number was sent")
    world.stage("det ber om allt en gång till, och känner igen vartenda ord")


async def _robot_tells(world: World, beside: InStep, case: str) -> None:
    found = await beside.robot.tells(
        _line(beside, case, "status", status="investigated"),
        _calculation(beside, case, GRANTED + 100),
        _line(beside, case, "calculation", month="december", lines=[], result=1),
        _calculation(beside, case, GRANTED),
        _decision(beside, case),
    )
    states = [one["state"] for one in found]
    if states != ["taken", "refused", "refused", "taken", "refused"]:
        raise StoryError(f"the robot was answered: {found}")
    details = [one["problem"]["detail"] for one in found if one["state"] == "refused"]
    for words, detail in zip((f"result={GRANTED + 100}", "month", "scope=decision"), details, strict=True):
        if words not in detail:
            raise StoryError(f"{words!r} does not stand in why it was refused: {detail}")
    world.stage("roboten säger hur långt det är och vad som är räknat; tre rader tas inte emot, var och en med svar:")
    for detail in details:
        world.stage(f"  {detail}")


async def _system_decides(beside: InStep, case: str) -> str:
    (signed,) = await beside.system.tells(_decision(beside, case))
    if signed["state"] != "taken":
        raise StoryError(f"the decision was not taken: {signed}")
    return str(signed["decision"])


async def _system_pays(beside: InStep, case: str, decision: str) -> None:
    """And tells it twice, as the answer might have been lost."""
    payment = _line(beside, case, "payment", decision=decision, kronor=GRANTED, paid_on="2026-12-02")
    for state in ("taken", "known"):
        (paid,) = await beside.system.tells(payment)
        if paid["state"] != state:
            raise StoryError(f"the payment was not {state}: {paid}")


async def _disagrees(beside: InStep, case: str) -> None:
    (other,) = await beside.system.tells(_decision(beside, case, kronor=5000))
    if other["state"] != "refused" or not other["problem"]["title"].startswith(DISAGREES):
        raise StoryError(f"another sum was not refused: {other}")


def _is_told(heard: list[dict[str, Any]], *kinds: str) -> None:
    missing = set(kinds) - {one["type"] for one in heard}
    if missing:
        raise StoryError(f"it was not told of {missing}, but of {[one['type'] for one in heard]}")


def _line(beside: InStep, case: str, kind: str, **given: object) -> dict[str, Any]:
    """A line about the case it has heard of, under an id that is the same each time it is told."""
    told = {"kind": kind, "case": case, "at": beside.clock().isoformat(), **given}
    return {"id": str(uuid5(_OURS, repr(sorted(told.items())))), **told}


def _calculation(beside: InStep, case: str, result: int) -> dict[str, Any]:
    lines = [{"what": what, "kronor": kronor} for what, kronor in LINES]
    return _line(beside, case, "calculation", month=DECEMBER, lines=lines, result=result)


def _decision(beside: InStep, case: str, kronor: int = GRANTED) -> dict[str, Any]:
    granted = {"outcome": "bifall", "month": DECEMBER, "kronor": kronor, "decided_on": DECIDED_ON}
    return _line(beside, case, "decision", signed_by=ANNA, **granted)


STORY = Story(
    "robot",
    "the case system hears everything, also after it was down; its robot and it tell back, and one thing disagrees",
    robot,
    channels=("sms",),
    in_step=True,
)
