"""She writes the phrase that was agreed with her: staff know at once, nothing leaves to her, and nobody can see it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event

from backend.contract import (
    AgreedPhrase,
    HandedBack,
    Meeting,
    MeetingNotice,
    MeetingStatus,
    Merged,
    NoticeKind,
    PhraseDigest,
    Policy,
    SafeAgain,
    SomethingNew,
    StaffMessage,
    phrase_digest,
    phrase_words,
)
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.conversation import turn
from bot.conversation.elsewhere import DID_NOT_FIT
from bot.conversation.notices import tellings
from bot.conversation.running import A_PERSON_READS
from bot.hearing import agreed
from bot.leaving.carriers import Outcome
from bot.leaving.kinds import KINDS
from bot.leaving.settling import receive_receipt
from bot.messages import Event, Person, Said, State, Turn, load_outgoing
from bot.stories.telegram import Telegram
from bot.text import languages, render, say
from bot.turning import threads
from bot.turning.turns import HANDED_BACK, TAKEN_OVER
from bot.watching import metrics
from tests.bot.house import MONDAY, OMAR, SARA, TOWN, House, reply
from tests.planted import Heard, hearing

PHRASE = "Hälsa moster Karin från mig"
READ = "En människa läser det du skrev och svarar dig."
SALT = bytes(range(16))
_ids = iter(range(1, 10_000))


def kept(phrase: str = PHRASE) -> PhraseDigest:
    words = phrase_words(phrase)
    return PhraseDigest(salt=SALT.hex(), digest=phrase_digest(words, SALT).hex(), letters=len("".join(words)))


@dataclass
class Home:
    """Somebody who has agreed on a phrase, where she writes, and what comes of it."""

    house: House
    meeting: Meeting = field(init=False)

    async def begins(self, phrase: str = PHRASE) -> None:
        """She asks for help by SMS, is given a time and agrees on a phrase."""
        await self.writes("hej, behöver hjälp")
        person = await self.person()
        self.meeting = Meeting(
            id=uuid4(),
            person=person,
            start=MONDAY + timedelta(days=1),
            end=MONDAY + timedelta(days=1, minutes=30),
            address="Exempelgatan 4, Trelleborg",
            status=MeetingStatus.BOOKED,
        )
        self.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=self.meeting))
        self.tells(NoticeKind.AGREED_PHRASE, AgreedPhrase(phrase=kept(phrase)))
        await self.house.work()

    def tells(self, kind: NoticeKind, body: Any, person: UUID | None = None) -> None:
        self.house.office.tells(kind, person or self.meeting.person, body)

    async def writes(self, words: str, where: str = "sms", who: str = SARA, **said: Any) -> None:
        inbound = Inbound(TOWN, where, who, f"{next(_ids)}", Said(words, **said))  # type: ignore[arg-type]
        await inbox.receive(self.house.engine, inbound)
        await self.house.work()

    async def thread(self, where: str = "sms", who: str = SARA) -> UUID:
        found = await threads.find(self.house.engine, TOWN, where, who)  # type: ignore[arg-type]
        assert found is not None
        return found

    async def state(self, where: str = "sms", who: str = SARA) -> State:
        return await threads.state(self.house.engine, await self.thread(where, who))

    async def person(self) -> UUID:
        return (await self.state()).person.id

    async def also_reads(self, where: str, who: str) -> None:
        """She writes from there too, and is known to be the same."""
        await self.writes("hej", where, who)
        stranger = (await self.state(where, who)).person.id
        self.tells(NoticeKind.PERSONS_MERGED, Merged(person=stranger, into=await self.person()), stranger)
        await self.house.work()
        assert (await self.state(where, who)).person.id == await self.person()

    async def code(self, words: str) -> str:
        """Ask for a code on her page, and read it as it was shown."""
        await self.writes(words, "web", "her page")
        codec = await self.house.engine.codec(TOWN)
        *_, row = await self.house.rows("select id, message from outbox where channel = 'web' order by seq")
        message = load_outgoing(codec.open(row.message, "outbox", "message", row.id))
        return str(message.text.values["code"])

    async def is_silent(self) -> bool:
        return (await self.state()).person.silent_for_safety is not None

    @property
    def texts(self) -> list[str]:
        return [text.body for text in self.house.twilio.sent_to(SARA)]

    @property
    def alarms(self) -> list[str]:
        return [one["reason"] for one in self.house.office.told("handovers")]

    @property
    def held(self) -> list[str]:
        return [one["swedish"] for one in self.house.office.told("held")]

    async def lines(self, where: str = "sms", who: str = SARA) -> list[str]:
        return [line.original for line in await threads.lines(self.house.engine, await self.thread(where, who))]


@pytest.fixture
async def sara(telegram_house: House) -> Home:
    telegram_house.engine.turn = turn
    telegram_house.office.answers["free-times"] = {"times": [], "within_promise": True}
    home = Home(telegram_house)
    await home.begins()
    return home


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    with hearing(monkeypatch) as listening:
        yield listening


# --- What is the phrase -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        PHRASE,
        "hälsa moster karin från mig!!",
        "HALSA  MOSTER KARIN\nFRANMIG.",
        "Hej! Hälsa moster Karin från mig, tack så mycket",
        "ha\u0308lsa moster\u200b Karin från mig 🙂",
    ],
)
async def test_it_is_heard_however_it_is_written(sara: Home, words: str) -> None:
    before = sara.texts
    await sara.writes(words)
    assert await sara.is_silent()
    assert sara.alarms[-1] == "agreed-phrase"
    assert sara.texts == [*before, READ]
    assert (await sara.lines())[-2:] == [words, READ], "the line says what she wrote, and nothing marks it"


@pytest.mark.parametrize(
    "words",
    [
        "Hälsa moster Karin",
        "Hälsa moster Karin från honom",
        "Kan du hälsa moster Karin från mig",
        "Hälsa moster Karin från mig. Och när är mötet?",
        "hej",
    ],
)
async def test_other_words_are_other_words(sara: Home, words: str) -> None:
    await sara.writes(words)
    assert not await sara.is_silent()
    assert "agreed-phrase" not in sara.alarms


@pytest.mark.parametrize(
    ("phrase", "written"),
    [
        ("سلّمي على خالتي الكبيرة", "السلام عليكم، سلمي علی خالتی الكبيرة"),
        ("دایی من از تبریز می‌آید", "دايي من از تبريز می آید"),
        ("Eeddaday waxay dooneysaa shaah macaan", "eeddaday WAXAY dooneysaa shaah macaan. Mahadsanid"),
        ("Тітка спекла пиріг із вишнями", "тітка спекла пиріг із вишнями!"),
    ],
)
async def test_in_her_own_language(phrase: str, written: str) -> None:
    person = Person(uuid4(), agreed=(kept(phrase),))
    told = await agreed.heard(person, Said(written))
    assert isinstance(told, Said)
    assert told.agreed
    other = await agreed.heard(Person(uuid4(), agreed=(kept(),)), Said(written))
    assert isinstance(other, Said)
    assert not other.agreed


def test_politeness_is_left_out_at_the_ends_and_few_ways_are_tried() -> None:
    words = phrase_words("Hej hej hälsa moster Karin från mig tack tack")
    assert list(agreed.said_politely(words, 23)) == [("halsa", "moster", "karin", "fran", "mig")]
    assert list(agreed.said_politely(words[:3], 23)) == []
    assert len(list(agreed.said_politely(("hej",) * 40, 3 * 35))) == agreed.MOST_TRIES


async def test_only_messages_that_are_as_long_are_hashed(sara: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def must_not(*_: object) -> bytes:
        raise AssertionError("hashed")

    monkeypatch.setattr(agreed, "phrase_digest", must_not)
    for words in ("hej", "1", "När är mitt möte igen, och var är det", "STOPP", "START"):
        await sara.writes(words)
    await sara.writes("fem ord som ingen avtalat", question="token")  # a button
    assert [row.state for row in await sara.house.rows("select state from inbox")] == ["done"] * 2


async def test_who_has_agreed_on_nothing_pays_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick way is gone, in its two round trips, and nothing is hashed; with a phrase the long way is."""

    def must_not(*_: object) -> bytes:
        raise AssertionError("hashed")

    monkeypatch.setattr(agreed, "phrase_words", must_not)
    home, slow = Home(house), list[str]()
    house.engine.turn = turn
    house.office.answers["free-times"] = {"times": [], "within_promise": True}
    await home.writes("hej, behöver hjälp")
    alone = inbox._alone

    async def long_way(*given: Any) -> Any:
        slow.append("taken")
        return await alone(*given)

    monkeypatch.setattr(inbox, "_alone", long_way)
    await home.writes(PHRASE)
    assert slow == []
    assert not await home.is_silent()


async def test_a_phrase_costs_no_query_neither_to_have_one_nor_not(sara: Home) -> None:
    """A turn the long way asks the database the same with one and without."""
    counted: list[str] = []
    event.listen(
        sara.house.engine.database._engine.sync_engine,
        "before_cursor_execute",
        lambda _, __, statement, *___: counted.append(statement),
    )

    async def queries_of(words: str) -> list[str]:
        await inbox._alone(sara.house.engine, Inbound(TOWN, "sms", SARA, f"{next(_ids)}", Said(words)), MONDAY)
        await sara.house.work()
        counted.clear()
        await inbox._alone(sara.house.engine, Inbound(TOWN, "sms", SARA, f"{next(_ids)}", Said(words)), MONDAY)
        return list(counted)

    with_one = await queries_of("när har ni öppet?")
    sara.tells(NoticeKind.AGREED_PHRASE, AgreedPhrase(phrase=None))
    await sara.house.work()
    assert await queries_of("när har ni öppet?") == with_one


# --- Where she writes it ----------------------------------------------------------------------------------------------


async def test_also_from_another_place_of_hers(sara: Home) -> None:
    await sara.also_reads("web", "her page")
    before = sara.texts
    await sara.writes(PHRASE, "web", "her page")
    assert await sara.is_silent()
    assert (await sara.lines("web", "her page"))[-2:] == [PHRASE, READ]
    sara.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=sara.meeting))
    await sara.house.work()
    assert sara.texts == before, "nor by SMS"


async def test_whoever_else_writes_it_is_nobody_in_danger(sara: Home) -> None:
    await sara.writes(PHRASE, "sms", OMAR)
    assert "agreed-phrase" not in sara.alarms
    assert not await sara.is_silent()


async def test_also_while_staff_answer_and_then_nothing_is_said(sara: Home) -> None:
    thread = await sara.thread()
    sara.tells(
        NoticeKind.STAFF_MESSAGE, StaffMessage(thread=thread, message=uuid4(), text="Hej Sara", swedish="Hej Sara")
    )
    await sara.house.work()
    before = sara.texts
    sara.house.clock.forward(hours=12)  # nobody is there: elsewhere she would be told so
    await sara.writes(PHRASE)
    assert await sara.is_silent()
    assert sara.alarms[-1] == "agreed-phrase"
    assert sara.texts == before


async def test_also_when_she_has_said_stop(sara: Home) -> None:
    await sara.writes("STOPP")
    before = sara.texts
    await sara.writes(PHRASE)
    assert await sara.is_silent()
    assert sara.alarms[-1] == "agreed-phrase"
    assert sara.texts == before


# --- What leaves then -------------------------------------------------------------------------------------------------


WORDS = "Exempelgatan 4 kl 9.30"
TOLD = sorted(kind.name for kind in KINDS.values() if kind.proactive and kind.lost != "nothing")


def of_every_kind(sara: Home) -> Callable[[State, Event, Policy, datetime], Turn]:
    """A turn that says a message of each kind there is, to where the thread is."""

    def says(state: State, *_: object) -> Turn:
        every = [
            reply(
                f"{WORDS} {name}",
                name,
                reference=sara.meeting.person if name == "confirm-contact" else sara.meeting.id,
                staff_message=uuid4() if name == "staff" else None,
                swedish=f"{WORDS} {name}" if name == "staff" else None,
            )
            for name in KINDS
        ]
        return Turn(state.with_thread(shared=False), says=tuple(every))

    return says


@pytest.mark.parametrize("where", ["sms", "telegram", "web"])
async def test_nothing_leaves_of_any_kind(sara: Home, telegram: Telegram, where: str) -> None:
    """What waited when she wrote it, and what comes after; wherever she reads. The numbers in danger to life may."""
    house, account = sara.house, telegram.account("Sara", SARA, "sv")
    who = {"sms": SARA, "telegram": str(account.id), "web": "her page"}[where]
    if where != "sms":
        await sara.also_reads(where, who)
    # Nothing leaves for a while, and much is due.
    await house.change("insert into sending (paused) values (true) on conflict (one) do update set paused = true")
    house.engine.turn = of_every_kind(sara)
    await sara.writes("nu", where, who)
    house.engine.turn = turn
    await sara.writes(PHRASE, where, who)
    assert await sara.is_silent()
    lines = len(await sara.lines(where, who))
    house.engine.turn = of_every_kind(sara)
    thread = await sara.thread(where, who)
    sara.tells(NoticeKind.HANDED_BACK, HandedBack(thread=thread))
    await house.change("update sending set paused = false")
    await house.work()
    house.engine.turn = turn
    house.clock.forward(days=8)
    await house.work()

    left = [*sara.texts, *(sent.text for sent in telegram.sent_to(account, TOWN))]
    assert {words for words in left if WORDS in words} <= {f"{WORDS} acute"}
    assert READ in left or where == "web"
    assert len(await sara.lines(where, who)) == lines, "nor does anything more stand on a page of hers"
    rows = await house.rows(
        "select kind, state, reason from outbox where thread = :thread and kind <> 'acute'", thread=thread
    )
    waited = [row for row in rows if row.state not in ("delivered", "sent")]
    assert {(row.state, row.reason) for row in waited} == {("dropped", "held")}
    assert {row.kind for row in rows} >= {kind for kind in KINDS if kind != "acute"}
    told = [*TOLD, "staff", *TOLD, *(["staff"] if where != "web" else [])]  # on a page it stands there at once
    assert sorted(words.removeprefix(f"{WORDS} ") for words in sara.held) == sorted(told)


async def test_every_notice_there_is_says_nothing(sara: Home) -> None:
    """Told by the backend one after the other while she is silent, with their examples and timers."""
    await sara.writes(PHRASE)
    before, lines, thread = sara.texts, await sara.lines(), await sara.thread()
    for kind, telling in tellings().items():
        for body in telling.examples(sara.meeting):
            sara.tells(kind, body)
    sara.tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision", refusal=True, meeting=sara.meeting))
    sara.tells(NoticeKind.STAFF_MESSAGE, StaffMessage(thread=thread, message=uuid4(), text="Hej", swedish="Hej där"))
    sara.tells(NoticeKind.HANDED_BACK, HandedBack(thread=thread))
    await sara.house.work()
    for _ in range(40):
        sara.house.clock.forward(hours=20)
        await sara.house.work()
    assert sara.texts == before
    markers = {render(say(mark), "sv") for mark in (TAKEN_OVER, HANDED_BACK)}
    assert [line for line in await sara.lines() if line not in markers] == lines
    assert "Hej där" in sara.held
    for word in ("nytt", "Ditt möte har en ny tid", "Tolken är klar", "Viktig dag"):
        assert any(word in words for words in sara.held), (word, sara.held)


async def test_what_did_not_arrive_before_becomes_no_letter(sara: Home) -> None:
    """It left before she wrote it, and fails after: nothing is sent to where she lives either, and staff are told."""
    sara.tells(NoticeKind.SOMETHING_NEW, SomethingNew(what="decision"))
    await sara.house.work()
    sent = sara.house.twilio.sent_to(SARA)[-1]
    (row,) = await sara.house.rows("select id, state from outbox where kind = 'something-new'")
    await sara.house.change("update outbox set state = 'sent' where id = :id", id=row.id)
    await sara.writes(PHRASE)
    alarms = list(sara.alarms)
    await receive_receipt(sara.house.engine, row.id, Outcome("failed", reference=sent.sid), "undelivered")
    await sara.house.work()
    assert sara.alarms == alarms
    assert any("nytt" in words for words in sara.held)


async def test_a_number_she_gave_gets_no_text(sara: Home) -> None:
    """It waits to be asked whether it is hers: nobody is asked now."""
    await sara.house.change("insert into sending (paused) values (true) on conflict (one) do update set paused = true")
    asked = reply("Är det ditt nummer?", "confirm-contact", reference=await sara.person(), telephone=OMAR)
    sara.house.engine.turn = lambda state, *_: Turn(state, says=(asked,))
    await sara.writes("mitt andra nummer")
    sara.house.engine.turn = turn
    await sara.writes(PHRASE)
    await sara.house.change("update sending set paused = false")
    await sara.house.work()
    assert sara.house.twilio.sent_to(OMAR) == []


async def asks_at(sara: Home, number: str, where: str, who: str) -> None:
    """Somebody writes and gives a number as hers; whether it is will be asked as soon as anything leaves."""

    def turned(state: State, *_: object) -> Turn:
        asked = reply("Är det ditt nummer?", "confirm-contact", reference=state.person.id, telephone=number)
        return Turn(state, says=(asked,))

    sara.house.engine.turn = turned
    await sara.writes("mitt nummer", where, who)
    sara.house.engine.turn = turn


async def test_her_number_given_by_somebody_else_gets_no_text(sara: Home) -> None:
    """It may be she herself, in another browser: whoever has her telephone reads that somebody wrote."""
    await sara.writes(PHRASE)
    before = sara.texts
    await asks_at(sara, SARA, "web", "another page")
    await sara.house.work()
    assert sara.texts == before


async def test_a_number_given_by_who_turned_out_to_be_her_gets_no_text(sara: Home) -> None:
    await sara.house.change("insert into sending (paused) values (true) on conflict (one) do update set paused = true")
    await asks_at(sara, OMAR, "web", "another page")
    await sara.also_reads("web", "another page")
    await sara.writes(PHRASE)
    await sara.house.change("update sending set paused = false")
    await sara.house.work()
    assert sara.house.twilio.sent_to(OMAR) == []


# --- Who reads and writes there afterwards ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["hej", "status", "1", "tid", "när är mötet?", "ring mig", "byt telefon", "hjälp", "läs", "jobb", "english"],
)
async def test_whoever_writes_afterwards_reads_what_anybody_might(sara: Home, words: str) -> None:
    await sara.writes(PHRASE)
    before, calls = sara.texts, len(sara.house.office.asked)
    await sara.writes(words)
    assert sara.texts == [*before, READ]
    asked = {path.split("/")[0] for _, path, _ in sara.house.office.asked[calls:]}
    assert asked <= {"threads"}, "nothing is looked up, and staff read what was written"
    assert (await sara.state()).thread.open is None


async def test_acute_words_get_their_numbers_in_the_same_turn(sara: Home) -> None:
    await sara.writes(PHRASE)
    before = sara.texts
    await sara.writes("han slår mig")
    (said,) = sara.texts[len(before) :]
    assert "112" in said
    assert sara.alarms[-1] == "acute"


async def test_stop_is_obeyed_and_says_nothing_of_a_meeting(sara: Home) -> None:
    await sara.writes(PHRASE)
    before = sara.texts
    await sara.writes("STOPP")
    assert sara.texts[len(before) :] == ["Tack. Vi skriver inte mer till det här numret."]
    assert (await sara.state()).thread.opted_out
    await sara.writes("hej igen")
    assert len(sara.texts) == len(before) + 1
    await sara.writes("START")
    assert sara.texts[len(before) + 1 :] == [READ]
    assert not (await sara.state()).thread.opted_out


async def test_a_button_that_stood_there_is_behind(sara: Home) -> None:
    await sara.also_reads("web", "her page")
    opened = (await sara.state("web", "her page")).thread.open
    await sara.writes(PHRASE, "web", "her page")
    await sara.writes("1", "web", "her page", question=opened.token if opened else "an old one")
    assert (await sara.lines("web", "her page"))[-1] == "Den frågan är redan klar."
    assert sara.held == []


async def test_a_code_shown_before_leads_nobody_to_her_talk(sara: Home) -> None:
    await sara.also_reads("web", "her page")
    code = await sara.code("byt telefon")
    await sara.writes(PHRASE)
    await sara.writes(code, "web", "his page")
    assert (await sara.state("web", "his page")).person.id != await sara.person()
    assert render(say(DID_NOT_FIT), "sv") in await sara.lines("web", "his page")


async def test_whoever_helps_her_sees_nothing(sara: Home) -> None:
    """The one who was let in may be the one she is afraid of: not the time, and not that anything has changed."""
    await sara.also_reads("web", "her page")
    code = await sara.code("bjud in hjälpare")
    await sara.writes(code, "web", "his page")
    await sara.writes("hjälpare", "web", "his page")
    assert any("Exempelgatan" in line for line in await sara.lines("web", "his page"))
    await sara.writes(PHRASE)
    lines = len(await sara.lines("web", "his page"))
    hers = len(await sara.lines("web", "her page"))
    await sara.writes("hjälpare", "web", "his page")
    said = (await sara.lines("web", "his page"))[lines:]
    assert len(said) > 1
    assert not [line for line in said if "Exempelgatan" in line or "december" in line]
    assert len(await sara.lines("web", "her page")) == hers


async def test_the_reply_is_one_that_anybody_gets_in_every_language(sara: Home) -> None:
    """In the middle of an ordinary talk, from a person who has agreed on nothing, the same words."""
    await sara.writes("hej, behöver hjälp", "web", "his page")
    await sara.writes("min syster heter Karin", "sms", OMAR)
    texts = [text.body for text in sara.house.twilio.sent_to(OMAR)]
    assert all(render(say(A_PERSON_READS), language) for language in languages())
    state = await sara.state("sms", OMAR)
    person = replace(state.person, meeting=sara.meeting)
    greeted = State(replace(state.thread, greeted=True, open=None, run=None), person, {})
    took = turn(greeted, Said("min syster fyller år"), sara.house.office.policy, MONDAY)
    assert took.says[0].text == say(A_PERSON_READS)
    assert texts


# --- Until she is safe ------------------------------------------------------------------------------------------------


async def test_staff_say_that_she_is_safe_and_the_talk_goes_on_as_before(sara: Home) -> None:
    await sara.writes(PHRASE)
    before = sara.texts
    sara.tells(NoticeKind.SAFE_AGAIN, SafeAgain())
    await sara.house.work()
    assert sara.texts == before, "they tell her themselves"
    moved = sara.meeting.model_copy(update={"start": MONDAY + timedelta(days=2), "end": MONDAY + timedelta(days=2)})
    sara.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=moved))
    await sara.house.work()
    assert len(sara.texts) == len(before) + 1
    await sara.writes(PHRASE)
    assert await sara.is_silent(), "it can be used again"


async def test_another_phrase_takes_its_place_and_none_is_heard_when_it_is_taken_back(sara: Home) -> None:
    sara.tells(NoticeKind.AGREED_PHRASE, AgreedPhrase(phrase=kept("kaffet är slut hemma")))
    await sara.house.work()
    await sara.writes(PHRASE)
    assert not await sara.is_silent()
    sara.tells(NoticeKind.AGREED_PHRASE, AgreedPhrase(phrase=None))
    await sara.house.work()
    await sara.writes("kaffet är slut hemma")
    assert not await sara.is_silent()
    assert "agreed-phrase" not in sara.alarms


async def test_two_who_are_one_have_both_phrases_and_one_silence(sara: Home) -> None:
    await sara.writes("hej, behöver hjälp", "web", "her page")
    other, one = (await sara.state("web", "her page")).person.id, await sara.person()
    sara.tells(NoticeKind.AGREED_PHRASE, AgreedPhrase(phrase=kept("kaffet är slut hemma")), other)
    sara.tells(NoticeKind.PERSONS_MERGED, Merged(person=other, into=one), other)
    await sara.house.work()
    await sara.writes("kaffet är slut hemma")
    assert await sara.is_silent()
    sara.tells(NoticeKind.SAFE_AGAIN, SafeAgain())
    sara.tells(NoticeKind.PERSONS_PARTED, Merged(person=other, into=one))
    await sara.house.work()
    mine, theirs = (await sara.state()).person, (await sara.state("web", "her page")).person
    assert (mine.agreed, theirs.agreed) == ((kept(),), (kept("kaffet är slut hemma"),))
    assert mine.silent_for_safety is theirs.silent_for_safety is None


# --- What is kept, and what is told -----------------------------------------------------------------------------------


async def test_what_is_kept_of_the_phrase_says_nothing_and_no_log_says_danger(sara: Home, heard: Heard) -> None:
    """Before she writes it it stands nowhere, sealed or not; after, only as her line, like any other."""
    for opened in await sara.house.opened():
        assert "moster" not in opened.casefold()
    await sara.writes(PHRASE)
    sara.tells(NoticeKind.MEETING_MOVED, MeetingNotice(meeting=sara.meeting))
    await sara.house.work()
    await sara.writes("status")
    figures = [line async for line in metrics.figures(sara.house.engine)]
    plain = await sara.house.everything()
    for digest in (kept().digest, kept().salt):
        assert digest.encode() not in plain
    assert b"moster" not in plain
    for place in (heard.written.getvalue(), repr(heard.raw), repr(figures)):
        for word in ("moster", "karin", "phrase", "danger", "safety", "silent_for"):
            assert word not in place.casefold(), word
    lines = [row for row in await sara.house.opened() if "moster" in row.casefold()]
    assert lines == [PHRASE]
