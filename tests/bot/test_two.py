"""A code to apply together: what it opens, for whom it opens nothing, and that neither of two reads of the other."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from backend.contract import PhraseDigest
from bot.conversation import turn
from bot.conversation.elsewhere import DID_NOT_FIT
from bot.conversation.putting import JOIN
from bot.conversation.together import SHOWS_THE_OTHER
from bot.hearing.diverter import divert
from bot.messages import Run, Said, State, Two, load_outgoing
from bot.persons import codes
from bot.text import languages, render, say, words
from tests.bot.house import MONDAY, OMAR, SARA, TOWN, House, numbers_of
from tests.bot.persons.test_helping import changed, lines_of, reads, state_of, writes

HERS, HIS, STRANGER = ("sms", SARA), ("sms", OMAR), ("sms", numbers_of(3)[2])
HER_PAGE = ("web", "her page")
JOINT, RUN = UUID(int=17), UUID(int=18)
WRONG = render(say(DID_NOT_FIT), "sv")
ONLY_HERS, ONLY_HIS = "säljer bröd hemma", "kör taxi ibland"
PHRASE = PhraseDigest(salt="00" * 16, digest="00" * 32, letters=20)

RECEIPT = {"joint": str(JOINT), "answer_by": MONDAY.date().isoformat()}
STANDING = {
    "joint": str(JOINT),
    "joined": False,
    "own_version": 1,
    "other_version": None,
    "own_attested": False,
    "other_attested": False,
    "ended": False,
    "shows_the_other": {},
}


@pytest.fixture
def house(house: House) -> House:
    """With the real conversation, and a backend where her part is kept and nobody has joined."""
    house.engine.turn = turn
    house.office.answers["joint-applications"] = STANDING
    house.office.answers["free-times"] = {"times": [], "within_promise": True}
    return house


def has_invited(state: State) -> State:
    """As if she had answered and confirmed her part."""
    run = Run(RUN, "application", MONDAY, "sv", state="closed", answers={"own_name": "Sara", "lived_on": ONLY_HERS})
    two = Two("inviter", JOINT, RUN, kept=MONDAY)
    return state.with_run(run).with_person(two=two).with_thread(shared=False, greeted=True, open=None, run=None)


async def invites(house: House) -> None:
    await writes(house, HERS, "hej, behöver hjälp")
    await changed(house, HERS, has_invited)


async def code_for(house: House) -> str:
    """Ask for a code by the word, and read it as it left."""
    await writes(house, HERS, "ihop")
    await house.work()
    codec = await house.engine.codec(TOWN)
    rows = await house.rows("select id, message from outbox where kind = 'together-code' order by seq")
    message = load_outgoing(codec.open(rows[-1].message, "outbox", "message", rows[-1].id))
    return str(message.text.values["code"])


async def is_invited(house: House, who: tuple[str, str] = HIS) -> bool:
    return (await state_of(house, who)).person.two is not None


async def test_the_partner_writes_the_word_and_the_code_and_is_asked(house: House) -> None:
    await invites(house)
    code = await code_for(house)
    assert "Läser någon annan" in await reads(house, HIS, f"ihop {code}")
    told = await reads(house, HIS, "1")
    assert render(say(SHOWS_THE_OTHER), "sv") in told
    assert render(say(JOIN.text, name="Sara"), "sv") in told
    await house.work()
    his = str((await state_of(house, HIS)).person.id)
    # Nothing of him reaches the backend before his own yes.
    assert his not in str(house.office.asked)


@pytest.mark.parametrize("language", languages())
async def test_the_word_tells_the_language_that_is_written_back(house: House, language: str) -> None:
    await invites(house)
    code = await code_for(house)
    word = words(language, "together")[0]
    assert divert(f"{word} {code}", None).found == ()
    await writes(house, HIS, f"{word} {code}".translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
    assert (await state_of(house, HIS)).thread.language == language


async def test_the_code_stands_in_no_line_of_either(house: House) -> None:
    await invites(house)
    code = await code_for(house)
    await writes(house, HIS, f"ihop {code}")
    for who in (HERS, HIS):
        for by in ("bot", "person"):
            assert not [line for line in await lines_of(house, who, by) if code in line]


async def used_twice(house: House, code: str) -> None:
    await writes(house, STRANGER, code)


async def expired(house: House, _: str) -> None:
    await house.change("update link_codes set expires_at = now()")


async def followed_by_another(house: House, _: str) -> None:
    await code_for(house)


def with_her(**person: Any) -> Callable[[House, str], Any]:
    async def change(house: House, _: str) -> None:
        await changed(house, HERS, lambda state: state.with_person(**person))

    return change


def with_him(**person: Any) -> Callable[[House, str], Any]:
    async def change(house: House, _: str) -> None:
        await writes(house, HIS, "hej")
        await changed(house, HIS, lambda state: state.with_person(**person))

    return change


@pytest.mark.parametrize(
    "meanwhile",
    [
        used_twice,
        expired,
        followed_by_another,
        with_her(agreed=(PHRASE,)),
        with_her(silent_for_safety=MONDAY),
        with_her(two=None),
        with_her(two=Two("inviter", JOINT, RUN, joined=True)),
        with_him(agreed=(PHRASE,)),
        with_him(two=Two("partner", UUID(int=99), joined=True)),
    ],
    ids=[
        "used twice",
        "expired",
        "followed by another",
        "she agreed on a phrase",
        "she is silent for her safety",
        "she does not apply together any more",
        "somebody has joined",
        "he agreed on a phrase",
        "he applies with another",
    ],
)
async def test_a_code_that_opens_nothing_is_answered_alike(house: House, meanwhile: Callable[..., Any]) -> None:
    await invites(house)
    code = await code_for(house)
    await meanwhile(house, code)
    before = await is_invited(house) if meanwhile.__name__ == "change" and await _knows(house, HIS) else False
    assert WRONG in await reads(house, HIS, f"ihop {code}")
    assert await is_invited(house) == before


async def _knows(house: House, who: tuple[str, str]) -> bool:
    return bool(await lines_of(house, who, "person"))


async def test_who_was_invited_and_writes_the_code_again_is_told_how_it_stands(house: House) -> None:
    await invites(house)
    code = await code_for(house)
    await writes(house, HIS, f"ihop {code}")
    await writes(house, HIS, "1")
    assert render(say(JOIN.text, name="Sara"), "sv") in await reads(house, HIS, f"ihop {code}")
    done = Two("partner", JOINT, joined=True, kept=MONDAY)
    await changed(house, HIS, lambda state: state.with_person(two=done).with_thread(open=None))
    assert WRONG not in await reads(house, HIS, f"ihop {code}")
    assert (await state_of(house, HIS)).person.two == done
    # It opens nothing for anybody else, nor is a wrong one taken for it.
    assert WRONG in await reads(house, STRANGER, f"ihop {code}")
    assert WRONG in await reads(house, HIS, "ihop 30000001")


async def test_what_is_finished_keeps_nobody_from_applying_together_again(house: House) -> None:
    await invites(house)
    code = await code_for(house)
    await writes(house, HIS, "hej")
    done = Two("partner", UUID(int=99), joined=True, kept=MONDAY, complete=True)
    await changed(house, HIS, lambda state: state.with_person(two=done))
    assert WRONG not in await reads(house, HIS, f"ihop {code}")
    two = (await state_of(house, HIS)).person.two
    assert two is not None
    assert two.joint == JOINT


async def test_her_own_code_makes_her_nobodys_partner(house: House) -> None:
    await invites(house)
    code = await code_for(house)
    assert WRONG in await reads(house, HERS, code)
    two = (await state_of(house, HERS)).person.two
    assert two is not None
    assert two.side == "inviter"


async def test_a_day_is_how_long_it_lasts(house: House) -> None:
    await invites(house)
    await code_for(house)
    (row,) = await house.rows("select expires_at - now() as left from link_codes where ended_at is null")
    assert timedelta(hours=23) < row.left <= timedelta(hours=24)


async def test_who_guesses_is_stopped_and_then_the_right_one_does_not_fit_either(house: House) -> None:
    await invites(house)
    for guess in ("ihop 30000001", "30000002", "ihop 30000003"):
        assert WRONG in await reads(house, STRANGER, guess)
    code = await code_for(house)
    assert WRONG in await reads(house, STRANGER, f"ihop {code}")
    assert not await is_invited(house, STRANGER)


async def test_a_code_to_go_on_never_makes_one_of_two_the_other(house: House) -> None:
    """Whoever applies together is somebody: her place is not joined to anybody's by a code."""
    await invites(house)
    await writes(house, HIS, f"ihop {await code_for(house)}")
    await writes(house, HERS, "byt telefon")
    codec = await house.engine.codec(TOWN)
    rows = await house.rows("select id, message from outbox where kind = 'code' order by seq")
    message = load_outgoing(codec.open(rows[-1].message, "outbox", "message", rows[-1].id))
    await writes(house, HIS, str(message.text.values["code"]))
    assert (await state_of(house, HIS)).person.id != (await state_of(house, HERS)).person.id


async def test_neither_of_two_is_sent_a_word_of_what_the_other_answered(house: House) -> None:
    await invites(house)
    await writes(house, HIS, f"ihop {await code_for(house)}")
    await writes(house, HIS, "1")
    house.office.answers["joint-applications"] = RECEIPT
    await writes(house, HIS, "ja")
    await house.work()
    house.office.answers["joint-applications"] = {**STANDING, "joined": True}
    asked = (await state_of(house, HIS)).thread.open
    assert asked is not None
    assert asked.question == "has_income"
    await writes(house, HIS, "SENARE")
    for _ in range(12):
        opened = (await state_of(house, HIS)).thread.open
        if opened is None or opened.question.startswith("confirm:"):
            break
        await writes(house, HIS, ONLY_HIS if opened.question == "lived_on" else "SENARE")
    assert any(ONLY_HIS in line for line in await lines_of(house, HIS))
    await writes(house, HERS, "ihop")
    await house.work()
    assert not [line for line in await lines_of(house, HIS) if ONLY_HERS in line]
    assert not [line for line in await lines_of(house, HERS) if ONLY_HIS in line]
    # Nor does one of them reach the backend under the other's name.
    for person, secret in ((HERS, ONLY_HIS), (HIS, ONLY_HERS)):
        told = [body for body in house.office.told("") if str((await state_of(house, person)).person.id) in str(body)]
        assert secret not in json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("said", ["ihop", "söka ihop om 48217730 kronor", "min kod 48217730", "hej 48217730"])
def test_other_words_before_figures_are_no_code(said: str) -> None:
    assert codes.read(Said(said)) is None


def test_a_word_that_two_languages_share_tells_none() -> None:
    shared = [one for language in languages() for one in words(language, "together")]
    assert len(shared) == len(set(shared))
    assert codes.written_in(Said("48217730")) is None
    assert codes.written_in(Said("разом 48217730")) == "uk"
