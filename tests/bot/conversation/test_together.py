"""Two apply together: each answers a part of her own, and nothing of one is said to the other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.applications import parts
from backend.contract import (
    AgreedPhrase,
    AttestPart,
    CallForHelp,
    HandedBack,
    HandInPart,
    HandOver,
    InvitePart,
    JoinPart,
    JointNews,
    LeaveJoint,
    NoticeKind,
    PhraseDigest,
    ProblemCode,
    SendApplication,
    TakenOver,
    Value,
)
from backend.locales import say as backend_say
from bot.conversation.together import SHOWS_THE_OTHER
from bot.hearing.diverter import MARK
from bot.leaving.sending import INVITED_FOR, TOGETHER
from bot.messages import Elapsed, Invited, Outgoing, Said
from bot.text import languages, render, say
from tests.bot.conversation.test_application import ALONE, applying
from tests.bot.conversation.test_interruptions import booked
from tests.bot.talker import CAREFUL, JOINT, NONE_YET, Joint, Talker

AT = datetime(2026, 12, 1, 9, 10, tzinfo=UTC)
TWO = {**ALONE, "applies_alone": "nej", "partner_name": "Sam", "partner_part": "1", "own_name": "Sara"}
HIS = {"has_income": "nej", "lived_on": "sjöng på gatan"}


def swedish(sentence: str) -> str:
    return render(say(sentence), "sv")


def fills_in(person: Talker, answers: dict[str, str]) -> Talker:
    """Answer until the summary is shown."""
    while (opened := person.state.thread.open) is not None and not opened.question.startswith("confirm:"):
        name = opened.question
        person.writes(answers.get(name) or answers.get(name.partition("#")[0]) or "SENARE")
    return person


def inviting(**answers: str) -> Talker:
    """Somebody who has answered her part and confirmed it."""
    return fills_in(applying(), {**TWO, **answers}).writes("JA")


def invited(channel: str = "sms", name: str = "Sara") -> Talker:
    """Somebody who has written the code."""
    return Talker(channel).happens(Said(MARK, invited=Invited(JOINT, name, None, "sv")))


def answering() -> Talker:
    """Somebody who was invited, and has confirmed his part."""
    person = invited().writes("1").writes("ja")
    person.joint = Joint(joined=True, other=1)
    return fills_in(person, {**ALONE, **HIS}).writes("JA")


def made(person: Talker, kind: type[Value]) -> list[Value]:
    return [call.value for call in person.calls if isinstance(call.value, kind)]


def news(person: Talker, what: Any) -> Talker:
    return person.tells(NoticeKind.JOINT_NEWS, JointNews(joint=JOINT, what=what, at=AT), what)


def codes_given(person: Talker) -> list[Outgoing]:
    return [one for one in person.said if one.kind == TOGETHER]


# --- Who invites ------------------------------------------------------------------------------------------------------


def test_the_part_of_her_who_invites_is_kept_and_she_gets_a_code() -> None:
    person = inviting()
    (begun,) = made(person, InvitePart)
    (handed_in,) = made(person, HandInPart)
    assert isinstance(handed_in, HandInPart)
    assert isinstance(begun, InvitePart)
    assert begun.month == handed_in.part.month
    assert (handed_in.part.attested, handed_in.part.applies_alone) == (False, False)
    assert made(person, SendApplication) == []
    assert len(codes_given(person)) == 1


def test_a_part_that_cannot_be_read_as_she_confirmed_it_is_shown_to_a_person() -> None:
    person = fills_in(applying(), TWO)
    person.away = True
    person.writes("JA")
    run = person.state.run
    assert run is not None
    # As when a question has got another name, while the backend was away.
    person.state = person.state.with_run(replace(run, digest="another"))
    person.away = False
    person.writes("hallå?")
    assert "Något gick fel hos oss. Allt du skrev finns kvar." in person.reads()
    assert made(person, HandInPart) == []
    assert len(made(person, LeaveJoint)) == len(made(person, HandOver)) == 1
    assert (person.state.person.two, person.state.thread.awaited) == (None, ())


def test_of_whoever_answers_alone_nothing_is_asked_of_her() -> None:
    person = inviting()
    asked = {one.partition("#")[0] for run in person.state.runs.values() for one in run.answers}
    assert not asked & {"partner_planning", "partner_worked_last_year", "partners_money"}


def test_at_the_meeting_is_as_before() -> None:
    person = inviting(partner_part="2", partner_planning="1")
    assert len(made(person, SendApplication)) == 1
    assert made(person, InvitePart) == []
    assert person.state.person.two is None


def test_the_invitation_tells_no_name_no_time_and_no_place() -> None:
    (code,) = codes_given(inviting())
    assert set(code.text.values) == {"code", "page"}


@pytest.mark.parametrize("answered", ["nobody wrote the code", "it was declined"])
def test_no_and_silence_are_told_alike_and_her_own_comes_in_from_the_day_she_confirmed(answered: str) -> None:
    person = inviting()
    confirmed = person.now
    if answered == "it was declined":
        # What the other one answers leaves no trace here: nothing reaches her thread.
        declined = invited().writes("1").writes("nej")
        assert not [turn for turn in declined.turns if turn.tells]
    person.later(hours=24).happens(Elapsed(TOGETHER, JOINT))
    (sent,) = made(person, SendApplication)
    assert isinstance(sent, SendApplication)
    assert (sent.attested, sent.received_at) == (True, confirmed)
    assert len(made(person, LeaveJoint)) == 1
    assert person.reads().startswith("Den andra delen tas på mötet. Du behöver inte göra något.\nDet kom in ")
    assert person.state.person.two is None
    assert person.state.person.applied is not None


def test_the_day_passes_without_a_word_once_the_other_has_begun() -> None:
    person = news(inviting(), "joined")
    before = len(person.said)
    person.later(hours=24).happens(Elapsed(TOGETHER, JOINT))
    assert len(person.said) == before
    assert made(person, SendApplication) == []


def test_she_gets_another_code_by_the_word_while_nobody_has_begun() -> None:
    person = inviting().writes("IHOP")
    assert len(codes_given(person)) == 2
    assert person.turns[-1].timers[0].at == person.now + INVITED_FOR
    news(person, "joined")
    person.joint = Joint(joined=True, own=1)
    person.writes("IHOP")
    assert len(codes_given(person)) == 2
    assert "Den andra delen är inte inne än." in person.reads()


def test_who_has_agreed_on_a_phrase_invites_nobody() -> None:
    person = applying()
    person.state = person.state.with_person(agreed=(PhraseDigest(salt="00" * 16, digest="00" * 32, letters=20),))
    fills_in(person, TWO).writes("JA")
    assert made(person, InvitePart) == []
    assert len(made(person, SendApplication)) == 1


def test_one_word_ends_it_and_she_applies_alone() -> None:
    person = news(inviting(), "joined").writes("INTE IHOP")
    assert len(made(person, LeaveJoint)) == len(made(person, SendApplication)) == 1
    assert person.state.person.two is None


@pytest.mark.parametrize("answered", [0, 1], ids=["before it is begun", "before her part is there"])
def test_the_word_ends_it_also_while_her_part_is_on_its_way(answered: int) -> None:
    person = fills_in(applying(), TWO)
    person.away = True
    person.writes("JA")
    for _ in range(answered):
        person._answer_next()
    assert person.writes("INTE IHOP").reads() == "Den andra delen tas på mötet. Du behöver inte göra något."
    person.away = False
    person.writes("hej")
    assert codes_given(person) == []
    assert len(made(person, SendApplication)) == len(made(person, LeaveJoint)) == 1
    assert person.state.person.two is None
    assert person.state.person.applied is not None


def test_a_code_that_came_while_staff_had_the_thread_is_given_when_they_hand_back() -> None:
    person = fills_in(applying(), TWO)
    person.away = True
    thread = person.writes("JA").state.thread.id
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=thread), "taken over")
    person.away = False
    person.writes("hej")
    assert codes_given(person) == []
    person.tells(NoticeKind.HANDED_BACK, HandedBack(thread=thread), "handed back")
    assert len(codes_given(person)) == 1
    assert "kl 9.30" in person.reads()
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=thread), "taken over again")
    person.tells(NoticeKind.HANDED_BACK, HandedBack(thread=thread), "handed back again")
    assert len(codes_given(person)) == 1


# --- Who is invited ---------------------------------------------------------------------------------------------------


def test_whoever_wrote_the_code_is_asked_first_who_reads_here() -> None:
    person = invited()
    assert person.reads().endswith("Läser någon annan dina sms? 1 Nej 2 Ja")
    assert "Sara" not in person.reads()


def test_what_it_is_and_what_it_shows_is_told_before_anything_is_asked() -> None:
    person = invited().writes("1")
    assert person.reads() == (
        "Beräkningen görs för er båda. I den ser den andra dina inkomster och kostnader som summor. Inte dina svar, "
        "dina papper eller det du säger till oss.\n"
        "Sara vill söka ihop med dig. Du svarar på en egen del här. Bara vi läser den. Vill du? 1 Ja 2 Nej"
    )
    assert made(person, JoinPart) == made(person, CallForHelp) == []


def test_who_gave_no_name_is_somebody() -> None:
    assert "Någon vill söka ihop med dig." in invited(name="").writes("1").reads()


def test_where_others_read_nothing_of_it_is_said() -> None:
    person = invited().writes("2")
    assert person.reads() == "Andra kan läsa här, så vi tar resten på mötet."
    assert person.state.person.two is None


def test_where_a_channel_carries_nothing_personal_nothing_of_it_is_said() -> None:
    person = Talker(policy=CAREFUL).happens(Said(MARK, invited=Invited(JOINT, "Sara", None, "sv"))).writes("1")
    assert person.reads() == "Andra kan läsa här, så vi tar resten på mötet."


@pytest.mark.parametrize("word", ["nej", "2", "INTE IHOP"])
def test_no_is_one_word_and_nobody_is_made_a_co_applicant_without_her_own(word: str) -> None:
    person = invited().writes("1").writes(word)
    assert person.reads() == "Bra. Du behöver inte göra något mer, och vi säger inget om det."
    assert person.calls == [call for call in person.calls if not isinstance(call.value, JoinPart | CallForHelp)]
    assert person.state.person.two is None


def test_yes_begins_a_part_of_money_work_and_contact() -> None:
    person = invited().writes("1").writes("ja")
    assert len(made(person, JoinPart)) == len(made(person, CallForHelp)) == 1
    fills_in(person, {**ALONE, **HIS})
    assert person.state.run is not None
    asked = {key.partition("#")[0] for key in person.state.run.answers}
    assert {"has_income", "asset_kinds", "planning", "may_ask"} <= asked
    assert not asked & {"has_children", "housing", "cost_kinds", "month", "partner_name"}


def test_who_takes_the_yes_back_before_it_has_arrived_is_no_part_of_it() -> None:
    person = invited().writes("1")
    person.away = True
    person.writes("ja").writes("INTE IHOP")
    assert person.reads() == "Bra. Du behöver inte göra något mer, och vi säger inget om det."
    person.away = False
    person.writes("hej")
    assert len(made(person, LeaveJoint)) == 1
    assert person.state.person.two is None


def in_her_own_form() -> Talker:
    """Somebody in the middle of her own application, who writes the code of another and wants to."""
    person = applying().writes("ja").writes("1").happens(Said(MARK, invited=Invited(JOINT, "Sara", None, "sv")))
    return person.writes("ja")


def test_her_own_application_goes_on_when_her_part_is_done() -> None:
    person = in_her_own_form()
    person.joint = Joint(joined=True, other=1)
    fills_in(person, {**ALONE, **HIS}).writes("JA").writes("ja")
    assert person.reads().endswith("Är du här i kommunen hela den månaden? 1 Ja 2 Nej")


def test_her_own_application_goes_on_when_she_does_not_want_to_any_more() -> None:
    assert in_her_own_form().writes("INTE IHOP").reads().endswith("Är du här i kommunen hela den månaden? 1 Ja 2 Nej")


def test_whoever_is_anothers_partner_hands_in_no_application_of_her_own_as_that_part() -> None:
    person = answering().writes("ja").writes("ansök")
    fills_in(person, TWO).writes("JA")
    assert len(made(person, HandInPart)) == len(made(person, SendApplication)) == 1
    two = person.state.person.two
    assert two is not None
    assert two.side == "partner"


def test_an_invitation_that_has_ended_is_said_without_a_reason() -> None:
    person = invited().writes("1")
    person._backend = lambda _: ProblemCode.TOO_LATE  # type: ignore[method-assign,assignment]  # the backend says so
    assert person.writes("ja").reads() == "Det är avslutat. Kom till mötet, så tar vi resten där."


# --- Both -------------------------------------------------------------------------------------------------------------


def test_each_is_told_what_it_shows_before_she_attests_and_the_record_says_so() -> None:
    person = answering()
    assert swedish(SHOWS_THE_OTHER) in person.reads()
    assert person.reads().endswith("Bekräftar du din del? Jag har svarat så rätt jag kan. Jag säger till om något "
                                   "ändras. 1 Ja 2 Nej")  # fmt: skip
    person.writes("ja")
    (attested,) = made(person, AttestPart)
    assert isinstance(attested, AttestPart)
    assert (attested.own_version, attested.other_version) == (1, 1)
    assert attested.told.shown == swedish(SHOWS_THE_OTHER)
    assert attested.attestation.meaning is True
    assert person.reads() == "Tack. Det kommer in när båda har bekräftat. Då skriver vi."


def test_the_sentence_is_the_backends_in_every_language() -> None:
    assert SHOWS_THE_OTHER == parts.SHOWS_THE_OTHER
    for language in languages():
        assert render(say(SHOWS_THE_OTHER), language) == backend_say(parts.SHOWS_THE_OTHER, language)


def test_no_confirms_nothing_and_says_how_to_go_on() -> None:
    person = answering().writes("nej")
    assert made(person, AttestPart) == []
    assert person.reads() == "Inget är bekräftat. Ändra: ÄNDRA 2. Gå vidare: IHOP. Avbryta: INTE IHOP."


def test_her_turn_is_told_neutrally_and_one_word_leads_on() -> None:
    person = news(news(inviting(), "joined"), "attested")
    assert person.reads() == "Båda delarna är inne. Nu bekräftar du: skriv IHOP."
    person.joint = Joint(joined=True, own=1, other=1, other_attested=True)
    person.writes("IHOP").writes("ja")
    assert person.reads().startswith("Nu har ni båda bekräftat. Det kom in ")
    assert person.state.person.applied is not None


def test_a_changed_part_is_attested_again_by_both() -> None:
    person = answering().writes("ja")
    person.joint = Joint(joined=True, own=1, other=2)
    news(person, "attest-again")
    assert person.reads() == (
        "Något ändrades efter att du bekräftade. Ni behöver båda bekräfta igen: skriv IHOP. Hjälp? RING."
    )
    person.writes("IHOP").writes("ja")
    last = made(person, AttestPart)[-1]
    assert isinstance(last, AttestPart)
    assert (last.own_version, last.other_version) == (1, 2)


def test_what_she_changes_after_it_was_kept_is_a_new_version_and_asked_about_again() -> None:
    person = answering().writes("ja").writes("ÄNDRA 1")
    fills_in(person, {**ALONE, "has_income": "ja", "income_kinds": "6", "income_kronor": "7000", "income_day": "3"})
    person.writes("JA")
    first, second = made(person, HandInPart)
    assert isinstance(first, HandInPart)
    assert isinstance(second, HandInPart)
    assert (first.part.has_income, second.part.has_income) == (False, True)
    assert person.joint.own == 2
    assert "Bekräftar du din del?" in person.reads()


def finished() -> Talker:
    """Somebody who invited, when both have confirmed and it has come in."""
    person = news(inviting(), "joined")
    person.joint = Joint(joined=True, own=1, other=1, other_attested=True)
    return person.writes("IHOP").writes("ja").writes("1").writes("2").writes("2").later(days=1)


def sends_single_cost(person: Talker) -> Talker:
    person.choice = NONE_YET
    if person.state.thread.open is not None:
        person.writes("1")
    return fills_in(person.writes("ansöka om glasögon"), {"single_cost": "1", "cost_kronor": "900"}).writes("JA")


def test_a_change_is_of_what_came_last_and_leaves_what_both_have_confirmed_alone() -> None:
    person = sends_single_cost(finished())
    single = person.state.person.applied
    fills_in(person.writes("ÄNDRA 2"), {"cost_kronor": "950"}).writes("JA")
    sent = made(person, SendApplication)[-1]
    assert isinstance(sent, SendApplication)
    assert (sent.kind, sent.corrects) == ("supplementary", single)
    assert len(made(person, HandInPart)) == 1


def test_a_finished_application_of_two_is_changed_by_both_and_finished_again() -> None:
    person = finished()
    came_in = person.state.person.applied
    fills_in(person.writes("ÄNDRA 3"), TWO).writes("JA")
    assert len(made(person, HandInPart)) == 2
    assert "Bekräftar du din del?" in person.reads()
    person.joint = replace(person.joint, other_attested=True)
    person.writes("ja")
    two = person.state.person.two
    assert two is not None
    assert (two.complete, person.state.person.applied) == (True, came_in)


def test_after_it_was_changed_another_application_of_two_is_another() -> None:
    person = finished()
    fills_in(person.writes("ÄNDRA 3"), TWO).writes("JA").writes("nej")
    person.joint = Joint()
    fills_in(person.writes("ansök"), TWO).writes("JA")
    assert len(made(person, InvitePart)) == 2


def test_what_both_have_confirmed_is_not_sent_once_more_by_one() -> None:
    person = finished()
    person.joint = replace(person.joint, ended=True, own_attested=False)
    person.writes("IHOP")
    assert made(person, SendApplication) == []


def test_an_attestation_that_came_too_late_is_asked_for_again_of_what_there_is_now() -> None:
    person = answering()
    answer = person._backend
    person._backend = lambda call: ProblemCode.TOO_LATE if isinstance(call, AttestPart) else answer(call)  # type: ignore[method-assign,assignment]
    assert "Något ändrades just nu." in person.writes("ja").reads()
    assert "Bekräftar du din del?" in person.reads()


def test_who_has_finished_and_writes_the_code_again_is_told_that_it_is_done() -> None:
    person = answering().writes("ja")
    before = person.state.person.two
    person.happens(Said(MARK, invited=Invited(JOINT, "Sara", None, "sv")))
    assert person.reads() == "Tack. Det kommer in när båda har bekräftat. Då skriver vi."
    assert person.state.person.two == before
    assert len(made(person, JoinPart)) == 1


def test_who_has_not_answered_yet_and_writes_the_code_again_is_asked_again() -> None:
    person = invited().writes("1").happens(Said(MARK, invited=Invited(JOINT, "Sara", None, "sv")))
    assert person.reads().endswith("Vill du? 1 Ja 2 Nej")


@pytest.mark.parametrize("channel", ["sms", "telegram"])
def test_the_word_asks_who_reads_where_nobody_has_said(channel: str) -> None:
    person = invited(channel).writes("IHOP")
    assert "Läser någon annan" in person.reads()
    assert "Sara vill söka ihop" in person.writes("1").reads()
    person = answering()
    person.state = person.state.with_thread(shared=None)
    assert "Läser någon annan" in person.writes("IHOP").reads()
    assert "Bekräftar du din del?" in person.writes("1").reads()
    inviter = inviting()
    inviter.state = inviter.state.with_thread(shared=None)
    inviter.writes("IHOP").writes("1")
    assert len(codes_given(inviter)) == 2


def test_a_part_that_others_would_read_is_taken_at_the_meeting() -> None:
    person = invited().writes("1").writes("ja")
    person.state = person.state.with_thread(shared=True, open=None)
    assert person.writes("IHOP").reads() == "Andra kan läsa här, så vi tar resten på mötet."


def test_a_phrase_agreed_with_staff_ends_it_without_a_word() -> None:
    person = answering()
    said = len(person.said)
    phrase = PhraseDigest(salt="00" * 16, digest="00" * 32, letters=20)
    person.tells(NoticeKind.AGREED_PHRASE, AgreedPhrase(phrase=phrase), "phrase")
    assert len(person.said) == said
    assert len(made(person, LeaveJoint)) == 1
    assert person.state.person.two is None
    assert person.state.thread.open is None


def test_what_must_be_confirmed_again_is_said_without_what_was_changed() -> None:
    person = booked("2", "1").tells(NoticeKind.JOINT_NEWS, JointNews(joint=uuid4(), what="attest-again", at=AT))
    assert person.reads() == (
        "Något ändrades efter att du bekräftade. Ni behöver båda bekräfta igen: skriv IHOP. Hjälp? RING."
    )


def test_when_both_have_confirmed_the_first_one_hears_when_it_came_in_and_what_to_bring() -> None:
    person = answering().writes("ja")
    person.joint = Joint(joined=True, own=1, other=1, own_attested=True, other_attested=True)
    person.now = AT - timedelta(hours=1)
    news(person, "came-in")
    assert person.reads() == (
        "Nu har ni båda bekräftat. Det kom in tisdag 1 december kl 10.10. Vad du tar med: skriv IHOP."
    )
    assert person.state.person.applied is not None
    assert person.writes("IHOP").reads().endswith("Ta med till mötet: id.")
