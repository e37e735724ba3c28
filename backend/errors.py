"""What the backend refuses, one class per reason: a code, its data and one wording.

A refusal never carries what a person wrote: ``detail`` is made from the keyword data only, which the raiser chooses
from ids, numbers and names of fields. Refusals only staff can meet are worded in Swedish, since staff pages show them
as they are; those the bot meets are worded in English and turned into the person's language by the bot.
"""

from typing import ClassVar

from backend.contract import ContractError, Problem, ProblemCode

PROBLEM_TYPES = "/api/v1/problems/"


def problem(code: ProblemCode, status: int, title: str, detail: str = "") -> Problem:
    """The RFC 9457 body of a refusal."""
    return Problem(type=f"{PROBLEM_TYPES}{code}", title=title, status=status, code=code, detail=detail)


class Refusal(ContractError):
    """A domain error. Subclasses set the code, the HTTP status and the wording."""

    kind: ClassVar[ProblemCode] = ProblemCode.INVALID
    status: ClassVar[int] = 422
    wording: ClassVar[str] = "The request cannot be done."

    def __init__(self, **data: object) -> None:
        self.data = data
        detail = ", ".join(f"{name}={value}" for name, value in data.items())
        super().__init__(problem(self.kind, self.status, self.wording, detail))


class Unauthorized(Refusal):
    kind = ProblemCode.UNAUTHORIZED
    status = 401
    wording = "The token is missing or is not this municipality's."


class OutOfScope(Refusal):
    """A service account asks for what its scopes do not cover."""

    kind = ProblemCode.UNAUTHORIZED
    status = 403
    wording = "This service account may not do that."


class NotFound(Refusal):
    kind = ProblemCode.NOT_FOUND
    status = 404
    wording = "There is no such thing here."


class Invalid(Refusal):
    """Well-formed, but it cannot be true together with what is known."""

    wording = "The request does not fit what is known."


class KeyReused(Refusal):
    kind = ProblemCode.KEY_REUSED
    wording = "This idempotency key was used before, with another body."


class SlotTaken(Refusal):
    kind = ProblemCode.SLOT_TAKEN
    status = 409
    wording = "Someone else has just booked that time."


class ElsewhereThen(SlotTaken):
    """She has something planned at that time. The bot asks again with fresh times, as of any that is taken."""

    wording = "Personen har något planerat då. Välj en annan tid."


class NobodyFree(Refusal):
    kind = ProblemCode.NOBODY_FREE
    status = 409
    wording = "Nobody is free then."


class TooLate(Refusal):
    kind = ProblemCode.TOO_LATE
    status = 409
    wording = "It is too late for that."


class PartChanged(Refusal):
    """A part of two who apply together has a later version than the one that was named, or there is none yet."""

    kind = ProblemCode.TOO_LATE
    status = 409
    wording = "The parts are not what they were."


class JointEnded(Refusal):
    kind = ProblemCode.TOO_LATE
    status = 409
    wording = "They do not apply together any more."


class UnknownEpoch(Refusal):
    """The feed was restored: read again from 0 and skip the notice ids already seen."""

    kind = ProblemCode.UNKNOWN_EPOCH
    status = 409
    wording = "The feed has a new epoch."


class WrongCode(Refusal):
    kind = ProblemCode.WRONG_CODE
    status = 403
    wording = "The code is not right, or it is no longer good."


class GrantExpired(Refusal):
    kind = ProblemCode.GRANT_EXPIRED
    status = 403
    wording = "The right to read has ended."


class Unavailable(Refusal):
    kind = ProblemCode.UNAVAILABLE
    status = 503
    wording = "The service cannot answer just now."


class NotAllowed(Refusal):
    """The door of ``access`` stayed shut. It is logged."""

    kind = ProblemCode.UNAUTHORIZED
    status = 403
    wording = "Du har inte rätt att öppna det här."


class ReasonNeeded(Refusal):
    """No task, thread or meeting of one's own leads here, so staff must say why they open it."""

    kind = ProblemCode.UNAUTHORIZED
    status = 403
    wording = "Du har ingen uppgift här. Ange varför du behöver läsa."


class MeetingNotHeld(Refusal):
    """Decisions come after the meeting (the promise is: meet first, then decide)."""

    wording = "Beslut fattas efter mötet. Skriv först anteckningen från mötet."


class ReasonMissing(Refusal):
    wording = "Ett beslut som går personen emot behöver minst ett skäl."


class DecidedElsewhere(Refusal):
    """The municipality decides in its case system: what is worked out here is a preview, and nobody signs it."""

    status = 409
    wording = "Beslut fattas i ärendesystemet. Det som står här är en förhandsvisning och går inte att skriva under."


class BeyondDelegation(Refusal):
    """By the municipality's delegation list somebody else signs this: it can be put forward to her."""

    status = 403
    wording = "Enligt delegationsordningen skriver någon annan under det här. Lägg fram det för beslut."


class CommentedMeanwhile(Refusal):
    """She has written on the page since the decision was shown: it is not signed unread."""

    status = 409
    wording = "Personen har kommenterat medan du skrev. Läs det först, och visa beslutet igen."


class AppliedMeanwhile(Refusal):
    """An application, or a correction of one, has come since the decision was shown: nothing is decided over it."""

    status = 409
    wording = "En ansökan eller en rättelse har kommit medan du skrev. Läs den först, och visa beslutet igen."


class CommentFirst(Refusal):
    """A refusal rests on what she does not know: she may comment on it first, and the day has not passed."""

    status = 409
    wording = "Personen har rätt att yttra sig först. Vänta tills svaret har kommit eller dagen har gått."


class FactsNotSaid(Refusal):
    wording = "Välj om beslutet bygger på något som personen inte känner till."


class SpeaksFirst(Refusal):
    """She wants to speak before the board, and has not yet."""

    status = 409
    wording = "Personen vill lämna uppgifter muntligt till nämnden. Det ska få ske innan beslutet."


class AskFirst(Refusal):
    """Nothing is dismissed for what is missing unless it was asked for and the day has passed."""

    status = 409
    wording = "Be först om det som saknas, med en dag, och vänta tills dagen har gått."


class WordsMissing(Refusal):
    wording = "Skriv vad personen ska få yttra sig om."


class CommentDayNeeded(Refusal):
    wording = "Välj en dag som inte har varit än."


class NewTimeMissing(Refusal):
    wording = "Ett avslag ska innehålla en ny tid."


class AlreadyDecided(Refusal):
    status = 409
    wording = "Beslutet är redan underskrivet."


class AlreadyTold(Refusal):
    kind = ProblemCode.TOO_LATE
    status = 409
    wording = "Det är redan antecknat att personen har fått veta."


class TooManyLines(Refusal):
    wording = "Välj högst tre rader."


class TooLong(Refusal):
    wording = "Texten är för lång."


class PhraseIncomplete(Refusal):
    wording = "Fyll i alla fält i frasen."


class DayAheadNeeded(Refusal):
    wording = "Välj minst ett papper, och en dag som inte har varit än."


class TwoMeetings(Refusal):
    """Each of two persons has a meeting to come: whose reminders would then be sent?"""

    status = 409
    wording = "Båda har ett möte som ska komma. Avboka det ena först."


class AlreadyOne(Refusal):
    status = 409
    wording = "De är redan samma person."


class NothingToSay(Refusal):
    wording = "Skriv något först."


class AboveTheCeiling(Refusal):
    """Own words say what the thread's channel may not carry. ``what`` and ``channel`` say which; never the words."""

    wording = "Det får inte stå i ett meddelande. Skriv att det finns något att läsa, eller ring."


class NotForAMachine(Refusal):
    """Decisions, money and appeals are translated by a human. ``why`` says which of them; never the words."""

    wording = "Beslut, summor och överklagan översätts aldrig av en maskin. Be en tolk ringa."


class TranslatorLacks(Refusal):
    """The service has not the language, or gave nothing that can be used."""

    wording = "Det gick inte att översätta. Läs som det skickades, eller be en tolk ringa."


class TranslatorAway(Refusal):
    """The service does not answer. Everything else works as ever."""

    kind = ProblemCode.UNAVAILABLE
    status = 503
    wording = "Översättningen svarar inte. Allt annat fungerar. Försök om en stund, eller be en tolk ringa."


class AnotherDesk(Refusal):
    """The page belongs to another desk than the one she sits at now: she went to that in another tab."""

    status = 409
    wording = (
        "Sidan hör till ett annat skrivbord än det du sitter vid nu. Inget är gjort. "
        "Gå till det skrivbordet först, och gör det där."
    )


class NotYourThread(Refusal):
    """Somebody else answers this person now."""

    status = 409
    wording = "Någon annan svarar den här personen just nu."


class TaskTaken(Refusal):
    """Somebody else has taken the task since the page was read."""

    status = 409
    wording = "Någon annan har just tagit uppgiften."


class AlreadyPassed(Refusal):
    """The task waits already for somebody to take it."""

    status = 409
    wording = "Uppgiften väntar redan på att någon ska ta den."


class PassedNoMore(Refusal):
    """What was handed over is not there to take: somebody was before, or it was taken back."""

    status = 409
    wording = "Den finns inte kvar att ta. Någon annan hann före, eller så togs den tillbaka."


class NobodyChosen(Refusal):
    wording = "Välj vem som ska ta uppgiften."


class WordMissing(Refusal):
    """Nobody gives back without a word."""

    wording = "Skriv några ord om varför du inte tar den."


class AcuteNotAssigned(Refusal):
    """An acute task is put on nobody who may not be there."""

    wording = (
        "Något akut läggs inte på någon som kanske inte är här. Ta det själv, eller lämna över det och se att det tas."
    )


class DoneAlready(Refusal):
    """What the page did before, for a person at her word, was something else than what is pressed on it now."""

    status = 409
    wording = "Det du tryckte på förut på den här sidan är redan gjort. Se efter, och tryck igen om det är något mer."


class StoppedByProvider(Refusal):
    """Her provider lets nothing of ours through: only her own word to it opens there."""

    status = 409
    wording = "Operatören har stoppat våra sms. Bara personen kan öppna igen: skriv START till numret de kommer från."


class WhichJob(Refusal):
    """A job she has applied for needs a name or an employer, and a day that was."""

    wording = "Skriv vilket jobb eller vilken arbetsgivare, och en dag som har varit det senaste året."


class NothingToHear(Refusal):
    """She knows what was decided, or nothing is."""

    status = 409
    wording = "Det finns inget beslut som personen inte redan har fått veta."


class NobodyRings(Refusal):
    """There is no call to take back."""

    status = 409
    wording = "Ingen har lovat att ringa personen, eller så är samtalet redan taget tillbaka."


class PromisedTooFar(Refusal):
    """A promise in own words has a time that lies ahead."""

    wording = "Välj en dag och tid som ligger framåt, högst tre månader."


class NotToBePromised(Refusal):
    """Money, or what is decided, was to be promised."""

    wording = "Pengar och beslut går inte att lova. Lova vad du själv gör, och när."


class RestsAhead(Refusal):
    wording = "Välj en tid som ligger framåt, högst trettio dagar."


class AcuteRestsNot(Refusal):
    """What is acute never rests longer than it has."""

    wording = "Något akut får inte vila längre än den tid som är kvar."


class SettledInTheCase(Refusal):
    """The task is done when what it is about is settled, and not before."""

    status = 409
    wording = "Uppgiften stängs när det den gäller är avgjort. Öppna den och avgör det där, eller ta tillbaka det."


class NotOpenedAgain(Refusal):
    """The bot has been told already, or the task was not closed."""

    status = 409
    wording = "Den går inte att öppna igen. Gör en ny uppgift i samtalet i stället."


class PhraseTooShort(Refusal):
    wording = "Välj en hel mening med minst tre ord, utöver hej och tack."


class PhraseTooLong(Refusal):
    wording = "Välj en kortare mening, högst tolv ord: den ska gå att minnas och skriva snabbt."


class PhraseOrdinary(Refusal):
    """Somebody would write it by chance."""

    wording = "Meningen är för vanlig. Många skriver så till oss. Välj en vardaglig mening som bara personen skriver."


class PhraseAcute(Refusal):
    """The machine answers such words with 112, whoever looks over her shoulder."""

    wording = "Meningen låter som nöd eller hot. Välj något vardagligt som den som läser över axeln inte reagerar på."


class PhraseWithNumbers(Refusal):
    wording = "Välj en mening utan siffror."


class SilentForSafety(Refusal):
    """She wrote the phrase that was agreed with her: nothing may be sent to her."""

    status = 409
    wording = "Den avtalade meningen har skrivits. Ring inte och skriv inte. Gör det ni kom överens om."


class WeRing(Refusal):
    """Staff have it that nothing is sent to her."""

    status = 409
    wording = "Inget skickas till personen. Ring i stället."


class NotANumberOfIdentity(Refusal):
    wording = (
        "Det är inget personnummer, samordningsnummer, tillfälligt nummer eller LMA-nummer. Kontrollera siffrorna. "
        "Ett LMA-nummer skrivs med streck: 12-345678."
    )


class NumberIsCertain(Refusal):
    status = 409
    wording = "Ett annat nummer är redan sett. Se det nya på id innan du ändrar."


class NoNumber(Refusal):
    status = 404
    wording = "Inget nummer är antecknat."


class IdentificationRefused(Refusal):
    """What came back from the provider is not what was asked for, or was used before."""

    kind = ProblemCode.IDENTIFICATION_REFUSED
    status = 403
    wording = "The e-identification does not hold."


class IdentificationAway(Refusal):
    """Not a 503: we answer, and say who does not."""

    kind = ProblemCode.IDENTIFICATION_AWAY
    status = 424
    wording = "The provider of e-identification does not answer."


class IdentifiedUnknown(Refusal):
    """Nobody here is certainly known by that number, or two are."""

    kind = ProblemCode.IDENTIFIED_UNKNOWN
    status = 403
    wording = "Nobody here is known by that number yet."


class NotToldInTheRoom(Refusal):
    """What a caseworker judges is told in the room first, and never by a machine."""

    wording = "Säg det till personen i rummet först, och kryssa i att du har gjort det."


class NoProgramme(Refusal):
    """The municipality's file has no planning week."""

    status = 409
    wording = "Kommunen har inget program för planeringsveckan."


class NotYetBegun(Refusal):
    """Nobody has come to, or been away from, what has not begun."""

    status = 409
    wording = "Det har inte börjat än. Närvaro skrivs när det har börjat."


class GroupFull(Refusal):
    """Every place at that time is taken."""

    status = 409
    wording = "Alla platser är tagna vid den tiden. Välj en annan tid."


class EveryWeekAlready(Refusal):
    """The same is planned every week at that time already, and not as it is now asked for."""

    status = 409
    wording = "Det är redan planerat varje vecka, den dagen och tiden. Avsluta det först om något ska ändras."


class NextStepIncomplete(Refusal):
    wording = "Skriv vad nästa steg är, och en dag som inte har varit."


class PlanRewritten(Refusal):
    """The plan was written anew since the page was opened."""

    status = 409
    wording = "Planen har skrivits om sedan sidan öppnades. Läs den igen innan du noterar att personen säger ja."


class PlanIncomplete(Refusal):
    wording = "Planen behöver ett mål och minst ett steg, högst fem."


class DayNotAhead(Refusal):
    wording = "Välj en uppföljningsdag som inte har varit än."


class NormMissing(Refusal):
    """There is no riksnorm for the month's year."""

    status = 409
    wording = "Det finns ingen riksnorm för det året här. Beräkningen går inte att göra än."


class NormUnverified(Refusal):
    """The riksnorm the household needs is not verified: nothing is worked out by it."""

    status = 409
    wording = "Riksnormens belopp är inte kontrollerade mot källan. De används inte, och ingen summa visas."


class NothingToCalculate(Refusal):
    """Nobody has applied for that month."""

    status = 409
    wording = "Det finns ingen ansökan för den månaden."


class CalculationReasonMissing(Refusal):
    wording = "Skriv varför, på varje rad som är ändrad eller ny."


class CalculationChanged(Refusal):
    """Somebody saved another version, or a new application came, since the page was opened."""

    status = 409
    wording = "Beräkningen eller ansökan har ändrats sedan du öppnade sidan. Se efter, och spara igen."


class ControlIncomplete(Refusal):
    """A control that differs without saying in what, or a stand without a reason."""

    wording = "Kryssa i vad som skiljer sig, eller skriv varför det får vara så."


class ControlsDiffer(Refusal):
    """A control differs from the application, and nobody has taken a stand on it."""

    status = 409
    wording = "En kontroll skiljer sig från ansökan. Ta ställning till skillnaden under Kontroller först."


class AddressMissing(Refusal):
    """A letter was to be printed to nobody, or with more than the window of an envelope shows."""

    wording = "Skriv namn och adress: högst fem rader, högst 45 tecken på varje."


class OnlyPreview(Refusal):
    """A calculation of ours was to be told where the case system decides."""

    status = 409
    wording = "Verksamhetssystemet beslutar här. Beräkningen är en förhandsvisning och går inte till personen."


class CalculationUnfinished(Refusal):
    """A calculation was to be told while a line of it waits for a human."""

    wording = "Något i beräkningen ska bedömas för hand. Bedöm det först, och spara."


class NotSigned(Refusal):
    """A decision that came without a human's name under it."""

    wording = "Ett beslut skrivs under av en människa. Skicka med vem som skrev under."


class DoesNotAddUp(Refusal):
    """A calculation whose lines are not its result."""

    wording = "Raderna i beräkningen blir inte summan."


class Disagrees(Refusal):
    """The case system tells something that cannot be true together with what was decided here. Staff get a task."""

    status = 409
    wording = "Ärendesystemet säger något annat än ärendet här."
