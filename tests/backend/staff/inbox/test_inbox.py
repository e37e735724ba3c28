"""The inbox: lists that say nothing, an opening that is logged, and a conversation between three."""

from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from backend import locales, tasks
from backend.contract import AcuteNeed, HandOver, NoticeKind, StaffMessage, TakenOver
from backend.handover import desk as handover
from backend.handover.models import StaffMessageRow
from backend.staff.seats.sessions import COOKIE
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import Applicant

WORDS = "أريد التحدث مع إنسان"


def thread(applicant: Applicant) -> str:
    return f"/inbox/threads/{applicant.thread}"


async def test_lists_say_who_waits_and_nothing_of_what_was_written(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human(words=WORDS)
    for queue in ("mine", "acute", "waiting", "promises", "new"):
        page = await johan.opens(f"/inbox?queue={queue}")
        assert page.status == 200
        assert WORDS not in page.source
    page = await johan.opens("/inbox?queue=waiting")
    for words in ("Nummer …06 12", "arabiska", "Vill prata med en människa", "före 13.58", "Väntar på kundtjänst"):
        assert words in page.text
    assert "174 06 12" not in page.source
    assert "Ville ha hjälp 9.58" in (await johan.opens("/inbox?queue=new")).text
    assert "Första svar från en människa" in (await johan.opens("/inbox?queue=promises")).text
    assert await office.log(amal) == []


async def test_who_is_written_to_in_swedish_is_still_rung_in_the_language_she_speaks(
    office: Office, johan: Desk
) -> None:
    amal = await office.asks_for_a_human(words="0")
    await office.writes(amal, 3, "Tisdag 1 december: 1 kl 9.30", who="bot", state="sent", language="sv")
    row = next(line for line in (await johan.opens("/inbox?queue=waiting")).text.split("Nummer ") if "06 12" in line)
    assert "arabiska" in row
    assert "svenska" not in row
    assert "skriver svenska, talar arabiska" in (await johan.opens(thread(amal))).text


async def test_acute_stands_first_and_alone_is_filled(office: Office, johan: Desk) -> None:
    await office.asks_for_a_human()
    office.backend.clock.advance(minutes=20)
    hodan = await office.bot.asks_for_help(office.backend.clock(), language="so")
    need = AcuteNeed(person=hodan.person, thread=hodan.thread, at=office.backend.clock())
    await office.bot.put(f"acute-needs/{uuid4()}", need)
    page = await johan.opens("/inbox?queue=waiting")
    assert page.text.index("somaliska") < page.text.index("Vill prata med en människa")
    assert page.source.count("badge--acute") == 1
    assert "15 min kvar" in page.text
    assert "somaliska" in (await johan.opens("/inbox")).text  # nobody has taken it, so it is everybody's
    office.backend.clock.advance(minutes=16)
    assert "Löfte brutet" in (await johan.opens("/inbox?queue=acute")).text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("unreachable", "Nås inte längre där vi skrev"),
        ("undelivered", "Ett meddelande kom kanske inte fram"),
        ("lost", "Ett meddelande kom inte fram"),
        ("opted-out", "Vill inte att vi skriver"),
        ("silent", "Tyst i 30 dagar: ta ställning"),
        ("flood", "Skriver mer än automaten svarar på: läs och svara"),
        ("abroad", "Utländskt nummer: automatens sms går inte dit"),
    ],
)
async def test_who_is_not_reached_any_more_is_told_in_words(
    office: Office, johan: Desk, reason: str, words: str
) -> None:
    omar = await office.bot.asks_for_help(office.backend.clock(), words="Hej", language="ar")
    await office.writes(omar, 1, "Hej")
    call = HandOver.model_validate(
        {
            "person": omar.person,
            "thread": omar.thread,
            "channel": "telegram",
            "language": "ar",
            "at": office.backend.clock(),
            "reason": reason,
        }
    )
    assert (await office.bot.put(f"handovers/{uuid4()}", call)).status_code == 204
    page = await johan.opens("/inbox?queue=waiting")
    assert words in page.text
    (leads_to,) = page.links("/inbox/threads/")
    page = await johan.opens(leads_to)
    assert page.status == 200
    assert "Telegram" in page.text


async def test_a_message_nobody_has_confirmed_for_long_is_flagged(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await office.writes(amal, 3, "Tisdag 1 december: 1 kl 9.30", who="bot", state="sent", language="sv")
    flag, began = "Skickat, ingen bekräftelse på att det kom fram", office.backend.clock.now
    office.backend.clock.advance(minutes=59)
    assert flag not in (await johan.opens(thread(amal))).text
    office.backend.clock.advance(minutes=1)
    assert flag in (await johan.opens(thread(amal))).text
    office.backend.clock.now = began
    await office.writes(amal, 3, "Tisdag 1 december: 1 kl 9.30", who="bot", state="delivered", language="sv")
    office.backend.clock.advance(hours=1)
    page = await johan.opens(thread(amal))
    assert page.text.count(flag) == 1  # the greeting, of which nothing was heard either
    assert "Levererat" in page.text


async def test_on_a_phone_the_way_back_is_the_list_she_came_from(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(f"/inbox/threads/{amal.thread}?queue=waiting")
    assert '<a href="/inbox?queue=waiting">Listan</a>' in page.source


async def test_opening_a_conversation_is_logged_with_why(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human(words=WORDS)
    page = await johan.opens(thread(amal))
    assert WORDS in page.source
    assert "Egna ord på arabiska. Inte översatt." in page.text
    assert "Hej! Här svarar automaten." in page.text
    assert "Skickat, inget kvitto än" in page.text
    assert "Uppgift i din kö: Svara. Loggas." in page.text
    assert await office.log(amal) == [("Johan", "thread", True)]
    # A page that renews itself, and a phrase that is chosen, are the same opening.
    await johan.opens(thread(amal), **{"X-Live": "1"})
    await johan.opens(f"{thread(amal)}?phrase=bring-children")
    assert len(await office.log(amal)) == 1


async def test_where_no_task_leads_one_says_why_first(office: Office, maria: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await maria.opens(thread(amal))
    assert page.status == 403
    assert "Varför öppnar du?" in page.text
    assert WORDS not in page.source
    assert await office.log(amal) == [("Maria", "thread", False)]
    page = await maria.opens(f"{thread(amal)}?reason=on-the-telephone")
    assert page.status == 200
    assert "Personen ringer. Loggas." in page.text
    assert (await office.log(amal))[-1] == ("Maria", "thread", True)


async def test_interpreter_booking_reads_no_conversation(office: Office, elin: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await elin.opens("/inbox")
    assert (page.status, page.location) == (303, "/inbox/interpreters")
    page = await elin.opens(f"{thread(amal)}?reason=supervision")
    assert page.status == 403
    assert "inte rätt" in page.text
    assert "Mina nu" not in page.text


async def test_only_the_originals_column_is_right_to_left(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(thread(amal))
    turned = [(tag, at) for tag, at in page.elements if at.get("dir") == "rtl"]
    assert len(turned) == 2
    assert all(at["class"] == "message__original" and at["lang"] == "ar" for _, at in turned)
    assert next(at for tag, at in page.elements if tag == "html") == {"lang": "sv"}


async def test_the_number_is_shown_only_when_it_is_opened(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(thread(amal))
    assert "Sms …06 12" in page.text
    assert "070-174 06 12" not in page.source
    page = await johan.presses(f"{thread(amal)}/telephone")
    assert "070-174 06 12" in page.text


async def test_taking_over_waits_for_the_bot_to_fall_silent(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    assert "Automaten svarar" in (await johan.opens(thread(amal))).text
    page = await johan.presses(f"{thread(amal)}/take-over")
    assert "Tar över…" in page.text
    assert "Du tar över…" in page.text
    (notice,) = await office.told(NoticeKind.TAKEN_OVER)
    assert TakenOver.model_validate(notice.body).thread == amal.thread
    await office.acknowledges(amal, "staff", 1)
    page = await johan.opens(thread(amal))
    assert "Tar över…" not in page.text
    assert "Du svarar nu" in page.text
    assert "Automaten är tyst. Du tog över 9.58." in page.text
    assert "Nummer …06 12" in (await johan.opens("/inbox")).text
    # And back again.
    page = await johan.presses(f"{thread(amal)}/hand-back")
    assert "Lämnas tillbaka…" in page.text
    assert len(await office.told(NoticeKind.HANDED_BACK)) == 1
    await office.acknowledges(amal, "bot", 2)
    assert "Automaten svarar" in (await johan.opens(thread(amal))).text


@pytest.mark.parametrize(
    ("phrase", "fields"),
    [
        ("waiting-for-interpreter", {"field_time": "11.30"}),
        ("new-time", {"field_day": "2026-12-01", "field_time": "9.30", "field_address": "Exempelgatan 4"}),
        ("bring-children", {}),
    ],
)
async def test_what_the_preview_shows_is_what_is_sent(
    office: Office, johan: Desk, phrase: str, fields: dict[str, str]
) -> None:
    amal = await office.asks_for_a_human()
    shown = await johan.client.get(thread(amal), params={"phrase": phrase, **fields})
    page = johan._page(shown)
    preview = page.within('id="preview"', "</form>")
    sent = {name: page.inputs(name)[-1] for name in ("message", *fields)}
    assert {name: sent[name] for name in fields} == fields
    page = await johan.presses(f"{thread(amal)}/messages", {"phrase": phrase, **sent})
    assert page.status == 200
    (notice,) = await office.told(NoticeKind.STAFF_MESSAGE)
    message = StaffMessage.model_validate(notice.body)
    assert message.text in preview
    sms = locales.as_sms(message.text)
    assert f"{sms.segments} sms, {sms.characters} av {sms.room * sms.segments} tecken" in preview
    assert message.text in page.source
    assert message.swedish in page.text
    assert "Väntar på automaten" in page.text


async def test_a_phrase_that_gives_a_time_becomes_a_promise(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    address = f"{thread(amal)}?phrase=waiting-for-interpreter&field_time=11.30"
    assert "Blir ett löfte: före 11.30." in (await johan.opens(address)).text
    page = await johan.presses(f"{thread(amal)}/messages", {"phrase": "waiting-for-interpreter", "field_time": "11.30"})
    facts = page.within('id="facts"', "</aside>")
    assert "Svar till personen före 11.30" in facts
    assert "Första svar från en människa 9.58, lovat 13.58" in facts


async def test_fields_are_guessed_from_the_meeting_and_an_empty_one_is_asked_for(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(f"{thread(amal)}?phrase=new-time")
    assert "Fyll i fälten" in page.text
    page = await johan.presses(f"{thread(amal)}/messages", {"phrase": "new-time", "field_day": "i morgon"})
    assert page.status == 422
    assert page.alert == "Fyll i alla fält i frasen."
    meeting = await office.books(amal)
    page = await johan.opens(f"{thread(amal)}?phrase=new-time")
    assert page.inputs("field_day")[0] == f"{meeting.start:%Y-%m-%d}"
    assert meeting.address in page.inputs("field_address")[0]


async def test_own_words_arrive_as_they_are_and_pressing_twice_sends_once(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(f"{thread(amal)}?answer=words")
    assert "utan översättning till arabiska" in page.text
    fields = {"words": "Ja, ta gärna med barnen.", "message": page.inputs("message")[0]}
    for _ in range(2):
        assert (await johan.presses(f"{thread(amal)}/messages", fields)).status == 200
    (notice,) = await office.told(NoticeKind.STAFF_MESSAGE)
    assert StaffMessage.model_validate(notice.body).text == "Ja, ta gärna med barnen."
    page = await johan.presses(f"{thread(amal)}/messages", {"words": "   "})
    assert (page.status, page.alert) == (422, "Skriv något först.")


async def test_a_message_shows_who_wrote_it_and_whether_it_arrived(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await johan.presses(f"{thread(amal)}/messages", {"words": "Hej!"})
    async with office.database.transaction() as session:
        message = (await session.exec(select(StaffMessageRow.id))).one()
    await office.writes(amal, 3, "Hej!", who="staff", swedish="Hej!", state="pending", staff_message=message)
    page = await johan.opens(thread(amal))
    assert "Väntar på automaten" not in page.text
    for state, words in (
        ("sending", "Skickas"),
        ("unknown", "Oklart"),
        ("sent", "inget kvitto"),
        ("delivered", "Levererat"),
    ):
        await office.writes(amal, 3, "Hej!", who="staff", swedish="Hej!", state=state, staff_message=message)
        page = await johan.opens(thread(amal))
        assert words in page.within("message--staff", "</li>")
    assert "Du 9.58" in page.text
    assert '<div class="message__original" lang="sv" dir="ltr"><p class="words">Hej!</p>' in page.source
    sara = await office.at_desk("Sara")
    page = await sara.opens(f"{thread(amal)}?reason=follow-up")
    assert "Johan 9.58" in page.text
    assert "Johan svarar nu" in page.text or "Johan tar över…" in page.text


async def test_a_colleague_may_take_over_but_not_write_in_between(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await johan.presses(f"{thread(amal)}/take-over")
    sara = await office.at_desk("Sara")
    await sara.opens(f"{thread(amal)}?reason=answers-now")
    words = "Hej, det är Sara."
    page = await sara.presses(f"{thread(amal)}/messages", {"words": words})
    assert (page.status, page.alert) == (409, "Johan svarar den här personen just nu. Inget skickades.")
    assert words in page.source  # what was written is not lost
    page = await sara.presses(f"{thread(amal)}/take-over")
    assert "Du tar över…" in page.text
    assert (await sara.presses(f"{thread(amal)}/messages", {"words": words})).status == 200


async def test_a_task_is_taken_and_done(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    page = await johan.opens(thread(amal))
    (take,) = page.actions("/take")
    page = await johan.presses(take)
    assert page.actions("/take") == []
    assert "Din uppgift: Svara" not in page.text or page.status == 200
    (done,) = page.actions("/done")
    page = await johan.presses(done)
    assert page.actions("/done") == []
    async with office.database.transaction() as session:
        assert await tasks.waiting(session, amal.person) == ()


async def test_who_answers_need_not_say_why_once_the_task_is_done(office: Office, johan: Desk) -> None:
    amal = await office.bot.asks_for_help(office.backend.clock())
    await office.writes(amal, 1, WORDS)
    assert (await johan.opens(thread(amal))).status == 403
    await johan.presses(f"{thread(amal)}/take-over")
    page = await johan.opens(thread(amal))
    assert page.status == 200
    assert "Svarar personen nu" in page.text


async def test_what_a_person_writes_cannot_become_markup(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human(words="<script>alert(1)</script><b>hej", language="sv")
    page = await johan.opens(thread(amal))
    assert "<script>alert(1)</script><b>hej" in page.text
    assert "<script>alert" not in page.source


async def test_a_thread_that_does_not_exist_is_a_page_too(office: Office, johan: Desk) -> None:
    page = await johan.opens(f"/inbox/threads/{uuid4()}")
    assert page.status == 404
    assert "Det finns inte här." in page.text
    page = await johan.opens("/inbox/threads/not-an-id")
    assert page.status == 422


async def test_the_stream_ends_with_the_session(office: Office, johan: Desk) -> None:
    johan.client.cookies.set(COOKIE, "trelleborg.wrong", path="/inbox")
    office_desk = office.desk()
    assert (await office_desk.opens("/inbox/live")).status == 303


async def test_steps_towards_an_interpreter_stand_on_one_line(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await office.books(amal)
    page = await johan.opens(thread(amal))
    steps = page.within('class="steps"', "</ol>")
    assert "Tolk arabiska" in steps
    assert "Beställd 9.58" in steps
    assert "svar före" in steps
    assert "Annars ny tid" in steps
    assert "Preliminär" in page.within('id="facts"', "</aside>")


async def test_what_was_written_is_still_there_when_the_database_is_away_for_a_moment(
    office: Office, johan: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    amal = await office.asks_for_a_human()
    await johan.presses(f"{thread(amal)}/take-over")
    await office.acknowledges(amal, "staff", 1)

    async def is_away(*_: object, **__: object) -> None:
        raise OperationalError("", {}, OSError())

    monkeypatch.setattr(handover, "send_words", is_away)
    written = {"words": 'Hej!\nJag läser "allt" nu.', "message": str(uuid4())}
    page = await johan.presses(f"{thread(amal)}/messages", written)
    assert page.status == 503
    assert page.actions("/messages") == [f"{thread(amal)}/messages"]
    assert {name: page.inputs(name)[0] for name in written} == written
    page = await johan.presses(f"/inbox/cases/{amal.person}/phrase", {"phrase": "mormors gula cykel"})
    assert "mormors" not in page.source
    monkeypatch.undo()
    assert (await johan.presses(f"{thread(amal)}/messages", written)).status == 200
    assert len(await office.told(NoticeKind.STAFF_MESSAGE)) == 1
