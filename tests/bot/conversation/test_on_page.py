"""Secret questions: named in the chat, answered on the page, and never written where other things are."""

from collections.abc import Mapping
from datetime import date

import pytest
from joserfc.jwk import ECKey

from backend.contract import SealedAnswer
from bot.conversation.putting import AT_THE_MEETING, ELSEWHERE_BY_CODE, ELSEWHERE_BY_E_ID, choices
from bot.flows.application.belongings import VEHICLE_NUMBER
from bot.flows.application.reaching import ACCOUNT, PERMIT
from bot.leaving.kinds import KINDS
from bot.messages import OnPage, Outgoing, Run
from bot.rendering import as_text
from bot.seal import seal_answer
from bot.text import is_gsm, languages, render, say, segments
from tests.bot.conversation.test_application import ALONE, FAMILY, applying, sent
from tests.bot.talker import NONE_YET, POLICY, Talker

KEY = ECKey.generate_key("P-256", auto_kid=True)
WITH_EID = POLICY.model_copy(
    update={"e_identification": True, "seal_keys": (KEY.as_dict(private=False),), "public_page": "trelleborg.example/s"}
)


def asked_until(person: Talker, answers: Mapping[str, str]) -> Talker:
    """Answer what comes, until something is asked that has no answer here."""
    while (opened := person.state.thread.open) is not None and opened.question in answers:
        person.writes(answers[opened.question])
    return person


def at_the_account(channel: str = "sms") -> Talker:
    """Somebody alone who has answered all but what is secret, where one can show who one is."""
    person = applying(channel)
    person.policy = WITH_EID
    return asked_until(person, ALONE)


def run_of(person: Talker) -> Run:
    return max((run for run in person.state.runs.values() if run.flow == "application"), key=lambda run: run.began)


def answered(person: Talker, *keys: str, left: tuple[str, ...] = ()) -> Talker:
    run = run_of(person)
    sealed: dict[str, SealedAnswer] = {
        key: seal_answer(f"secret {key}", WITH_EID, person.state.person.id, run.id, key) for key in keys
    }
    return person.happens(OnPage(run.id, sealed, left))


def test_it_is_named_in_the_chat_and_answered_elsewhere() -> None:
    person = at_the_account()
    assert person.reads() == (
        "Frågas inte här: Konto. Svara på trelleborg.example/s med e-legitimation eller kod, eller ta det: 1 På mötet"
    )


def test_the_chat_goes_on_by_itself_the_moment_it_is_answered() -> None:
    person = answered(at_the_account(), "account")
    assert person.reads().startswith("Tack. Besvarat på sidan: Konto.")
    assert "Frågas inte här: Medborgarskap och tillstånd." in person.reads()
    answered(person, "permit")
    assert "Konto: Besvarat på sidan." in person.reads()
    assert "Stämmer det?" in person.reads()
    person.writes("ja")
    assert [one.question for one in sent(person).sealed] == ["account", "permit"]
    assert sent(person).later == ()
    account = next(one for one in sent(person).record if one.question == "account")
    assert (account.meaning, account.words, account.answer) == (None, "", "Besvarat på sidan")


def test_one_word_leaves_all_of_it_to_the_meeting() -> None:
    for word in ("1", "SENARE", "på mötet"):
        person = at_the_account().writes(word)
        assert "Stämmer det?" in person.reads(), word
        assert sent(person.writes("ja")).later == ("account", "permit")


def test_what_is_written_there_all_the_same_is_no_answer_and_kept_nowhere() -> None:
    person = at_the_account().writes("Handelsbanken, fråga dem")
    assert person.reads().startswith("Skriv det inte här, tack. Frågas inte här: Konto.")
    assert "Handelsbanken" not in repr(run_of(person).answers) + repr(run_of(person).given)


def test_without_a_page_to_open_nobody_is_held_up() -> None:
    person = asked_until(applying(), ALONE)
    assert "Konto: På mötet." in person.reads()


def test_with_a_code_in_her_hand_it_is_answered_whenever_she_likes() -> None:
    person = applying().writes("ja")
    open_before = person.state.thread.open
    answered(person, "account")
    assert person.reads() == "Tack. Besvarat på sidan: Konto."  # the question above stands
    assert person.state.thread.open == open_before
    # She can open the page, so what is secret is not left by itself any more.
    asked_until(person, ALONE)
    assert "Frågas inte här: Medborgarskap och tillstånd. Svara på" in person.reads()


def test_another_answer_is_another_summary() -> None:
    person = answered(at_the_account(), "account", "permit")
    first = person.asked.summary
    answered(person, "account")
    second = person.asked.summary
    assert first is not None
    assert second is not None
    assert first.digest != second.digest
    assert [line[0] for line in first.lines] == [line[0] for line in second.lines]


def test_she_takes_it_to_the_meeting_after_all() -> None:
    person = answered(at_the_account(), "account", "permit")
    answered(person, left=("account",))
    assert "Konto: På mötet." in person.reads()
    person.writes("ja")
    assert ([one.question for one in sent(person).sealed], sent(person).later) == (["permit"], ("account",))


def test_it_is_changed_on_the_page_alone() -> None:
    person = answered(at_the_account(), "account", "permit")
    summary = person.asked.summary
    assert summary is not None
    line = next(number for number, label, _ in summary.lines if render(label, "sv") == "Konto")
    assert person.writes(f"ÄNDRA {line}").reads().startswith("Det ändrar du på trelleborg.example/s, eller på mötet.")
    assert [one.question for one in sent(person.writes("ja")).sealed] == ["account", "permit"]


def test_back_goes_past_it_to_what_was_answered_here() -> None:
    assert "Frågas inte här" not in at_the_account().writes("TILLBAKA").reads()
    person = answered(at_the_account(), "account", "permit").writes("TILLBAKA")
    assert "prata med" in person.reads()


def test_after_it_was_sent_it_is_a_correction_that_waits_for_her_yes() -> None:
    person = asked_until(applying(), ALONE).writes("ja")
    first = person.state.person.applied
    person.policy = WITH_EID
    answered(person, "account")
    assert person.reads().startswith("Nu rättar du det du skickade.")
    assert "Konto: Besvarat på sidan." in person.reads()
    person.writes("ja")
    assert sent(person).corrects == first
    assert [one.question for one in sent(person).sealed] == ["account"]


SINGLE_COST = {
    "single_cost": "1",
    "cost_kronor": "1 900",
    "single_cost_when": "i januari",
    "single_cost_paper": "2",
    "single_cost_why": "ser inte på nära håll",
}


def test_after_another_application_it_corrects_the_one_it_was_asked_in() -> None:
    person = asked_until(applying(), ALONE).writes("ja").writes("1").writes("2").writes("2")
    first, run = person.state.person.applied, run_of(person)
    person.later(days=3).choice = NONE_YET
    asked_until(person.writes("ansöka om glasögon"), SINGLE_COST).writes("ja")
    assert sent(person).kind == "supplementary"
    person.policy = WITH_EID
    account = seal_answer("secret account", WITH_EID, person.state.person.id, run.id, "account")
    person.happens(OnPage(run.id, {"account": account}))
    assert "Konto: Besvarat på sidan." in person.reads()
    person.writes("ja")
    assert (sent(person).kind, sent(person).corrects) == ("new", first)
    assert [one.question for one in sent(person).sealed] == ["account"]


def test_what_was_corrected_since_is_corrected_as_it_stands_now() -> None:
    person = asked_until(applying(), ALONE).writes("ja")
    run = run_of(person)
    person.later(minutes=5).writes("ändra 2").writes("2").writes("ja")
    second = person.state.person.applied
    assert sent(person).corrects is not None
    person.later(minutes=5).policy = WITH_EID
    account = seal_answer("secret account", WITH_EID, person.state.person.id, run.id, "account")
    person.happens(OnPage(run.id, {"account": account})).writes("ja")
    assert (sent(person).corrects, sent(person).month) == (second, date(2026, 12, 1))


def test_of_what_was_never_sent_there_is_nothing_to_correct() -> None:
    person = at_the_account().writes("jag vill ha ett jobb, inte pengar")
    run = run_of(person)
    assert run.state == "closed"
    answered(person, "account")
    assert "Tack." in person.reads()
    assert run_of(person).state == "closed"


def test_under_staff_it_is_kept_and_nothing_is_said() -> None:
    person = at_the_account()
    person.state = person.state.with_thread(owner="staff")
    answered(person, "account")
    assert person.reads() == ""
    assert list(run_of(person).sealed) == ["account"]


def test_on_a_shared_telephone_it_is_said_without_its_name() -> None:
    person = at_the_account()
    person.state = person.state.with_thread(shared=True)
    answered(person, "account")
    assert person.reads().startswith("Tack. Det är besvarat på sidan.")
    assert "Konto" not in person.reads()


def test_a_correction_is_shown_to_nobody_else_who_reads_there() -> None:
    person = asked_until(applying(), ALONE).writes("ja").writes("1").writes("2").writes("2")
    person.policy = WITH_EID
    person.state = person.state.with_thread(shared=True)
    assert answered(person, "account").reads() == "Tack. Det är besvarat på sidan."
    assert person.writes("hej").reads().startswith("Då tar vi frågorna på mötet, så att ingen annan läser dina svar.")
    assert person.state.thread.run is None
    assert "Din tid:" in person.writes("hej").reads()


def test_of_a_vehicle_and_a_partner_too() -> None:
    person = applying("telegram")
    person.policy = WITH_EID
    asked_until(person, FAMILY)
    assert "Frågas inte här: Pengar, Sam." in person.reads()
    asked_until(answered(person, "partners_money"), FAMILY)
    assert "Frågas inte här: Registreringsnummer." in person.reads()
    answered(person, "vehicle_number#1", "account", "permit")
    asked_until(person, FAMILY)
    person.writes("ja")
    assert {one.question for one in sent(person).sealed} == {
        "partners_money",
        "vehicle_number#1",
        "account",
        "permit",
    }


def test_on_the_web_it_stands_on_no_page_of_the_chat() -> None:
    person = applying("web")
    person.policy = WITH_EID
    while person.asked.section is not None:
        assert not {"account", "permit"} & {field.name for field in person.asked.section.fields}
        person.fills(**{field.name: ALONE.get(field.name, "1") for field in person.asked.section.fields})
    assert "Frågas inte här: Konto." in person.reads()
    assert person.presses("På mötet").asked.summary is not None


@pytest.mark.parametrize("language", sorted(languages()))
@pytest.mark.parametrize("words", [ELSEWHERE_BY_CODE, ELSEWHERE_BY_E_ID])
def test_it_fits_its_budget(language: str, words: str) -> None:
    for question in (ACCOUNT, PERMIT, VEHICLE_NUMBER):
        asked = say(words, what=say(question.short or ""), page=WITH_EID.public_page)
        message = Outgoing("personal-question", asked, choices=choices(AT_THE_MEETING))
        said = as_text(message, language, plain=True)
        assert segments(said) <= KINDS[message.kind].segments[0 if is_gsm(said) else 1], said
