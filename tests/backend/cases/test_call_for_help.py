"""A call for help is received at once, once, and opens one case."""

from uuid import uuid4

from sqlmodel import select

from backend.cases import desk
from backend.cases.models import CallForHelpRow, Case, Contact
from backend.contract import CallForHelp, CallForHelpReceipt, Status
from tests.backend.stories import JOHAN, MONDAY, PERSON_NUMBER, TELEPHONE, Backend, at_once

WORDS = "السلام عليكم, احتاج مساعدة"


def a_call(**given: object) -> CallForHelp:
    return CallForHelp.model_validate(
        {
            "person": uuid4(),
            "thread": uuid4(),
            "channel": "sms",
            "language": "ar",
            "received_at": MONDAY,
            "words": WORDS,
            "telephone": TELEPHONE,
            **given,
        }
    )


async def test_somebody_who_wrote_stands_among_those_who_want_to_apply(backend: Backend) -> None:
    call = a_call()
    receipt = CallForHelpReceipt.model_validate(
        (await backend.trelleborg.put(f"calls-for-help/{uuid4()}", call)).json()
    )
    assert receipt.received_at == MONDAY
    async with backend.database().transaction() as session:
        ((row,), _) = await desk.in_list(session, backend.clock)
        assert (row.name, row.ending, row.language, row.step, row.thread) == ("", "…06 12", "ar", "1", call.thread)
        case = await desk.open_case(session, backend.clock, JOHAN, call.person, reason="follow-up")
        assert case.id == receipt.case
        assert [(one.words, one.received_at) for one in case.calls] == [(WORDS, MONDAY)]
        assert case.contact is not None
        assert case.contact.telephone == "070-174 06 12"
        assert case.contact.shared  # nobody has asked her yet


async def test_the_same_call_three_times_is_one_call(backend: Backend) -> None:
    key, call = uuid4(), a_call()
    answers = [await backend.trelleborg.put(f"calls-for-help/{key}", call) for _ in range(3)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(200, answers[0].text)}
    async with backend.database().transaction() as session:
        assert len((await session.exec(select(CallForHelpRow))).all()) == 1


async def test_the_same_call_five_times_at_once_is_one_call(backend: Backend) -> None:
    key, call = uuid4(), a_call()
    answers = await at_once(*(backend.trelleborg.put(f"calls-for-help/{key}", call) for _ in range(5)))
    assert {answer.text for answer in answers} == {answers[0].text}
    async with backend.database().transaction() as session:
        assert len((await session.exec(select(CallForHelpRow))).all()) == 1


async def test_the_same_key_with_other_words_is_refused(backend: Backend) -> None:
    key, call = uuid4(), a_call()
    await backend.trelleborg.put(f"calls-for-help/{key}", call)
    refused = await backend.trelleborg.put(f"calls-for-help/{key}", call.model_copy(update={"words": "other"}))
    assert (refused.status_code, refused.json()["code"]) == (422, "key-reused")


async def test_several_calls_of_one_person_at_once_open_one_case(backend: Backend) -> None:
    call = a_call()
    calls = [call.model_copy(update={"words": str(number)}) for number in range(6)]
    answers = await at_once(*(backend.trelleborg.put(f"calls-for-help/{uuid4()}", one) for one in calls))
    assert {answer.status_code for answer in answers} == {200}
    async with backend.database().transaction() as session:
        assert len((await session.exec(select(Case))).all()) == 1
        assert len((await session.exec(select(Contact))).all()) == 1


async def test_what_was_written_and_the_number_lie_sealed(backend: Backend) -> None:
    await backend.trelleborg.put(f"calls-for-help/{uuid4()}", a_call(words=f"hej {PERSON_NUMBER}"))
    async with backend.database().transaction() as session:
        row = (await session.exec(select(CallForHelpRow))).one()
        contact = (await session.exec(select(Contact))).one()
        stored = repr((row.model_dump(), contact.model_dump())).encode()
        assert PERSON_NUMBER.encode() not in stored
        assert TELEPHONE[4:].encode() not in stored


async def test_a_number_that_is_none_is_refused_without_being_repeated(backend: Backend) -> None:
    refused = await backend.trelleborg.put(f"calls-for-help/{uuid4()}", a_call(telephone=PERSON_NUMBER))
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert PERSON_NUMBER not in refused.text


async def test_each_municipality_has_its_own_people(both: Backend) -> None:
    call = a_call()
    await both.trelleborg.put(f"calls-for-help/{uuid4()}", call)
    asked = {"person": str(call.person), "at": MONDAY.isoformat()}
    assert Status.model_validate((await both.trelleborg.post("status", asked)).json()).step == "1"
    unknown = await both.svedala.post("status", asked)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not-found")
    async with both.database("svedala").transaction() as session:
        assert await desk.in_list(session, both.clock) == ((), False)
