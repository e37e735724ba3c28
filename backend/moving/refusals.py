"""Why somebody cannot be handed over as things stand, in words for staff."""

from backend.errors import Refusal


class AlreadyMoving(Refusal):
    """Another offer of her is open."""

    status = 409
    wording = "Personen är redan på väg till en annan kommun. Se hur det går i ärendet."


class AcuteFirst(Refusal):
    """What cannot wait is seen to where she is first."""

    status = 409
    wording = "Det akuta tas om hand här först. Lämna över när det är gjort."


class BelongsHere(Refusal):
    """Something is applied for, decided and not told, or planned with her, that this municipality has to end itself."""

    status = 409
    wording = (
        "Det finns en ansökan som inte är avgjord, ett beslut som inte är berättat, eller något planerat, här. "
        "Avsluta det först: en ansökan flyttas med ett eget beslut."
    )


class NoNumber(Refusal):
    """The other municipality could not reach her."""

    status = 409
    wording = "Det finns inget telefonnummer som den andra kommunen kan nå personen på. Fråga efter ett först."


class AskHerself(Refusal):
    """She cannot be asked by the machine."""

    status = 409
    wording = "Automaten kan inte fråga personen där hon skriver. Ring och fråga, och anteckna svaret här."


class NotToThere(Refusal):
    """No way to that municipality is set up."""

    status = 409
    wording = "Det går inte att lämna över dit härifrån."


class TooNew(Refusal):
    """The offer has in it what may not be lost and is not known here: it comes again, and finds us upgraded."""

    wording = "This offer needs a later version."


class MovedAlready(Refusal):
    """It is settled, or being settled."""

    status = 409
    wording = "Det är redan avgjort. Läs om sidan."


class ReasonMissing(Refusal):
    """Nobody is sent back without a reason."""

    wording = "Skriv några ord om varför ni inte tar över."


class PapersOfTwo(Refusal):
    """They may be the other one's, or about the other one, who has not been asked."""

    status = 409
    wording = "Papper från när personen sökte ihop med någon lämnas inte över: de kan gälla den andra. Välj bort dem."


class TooManyPapers(Refusal):
    """More than go along at once."""

    status = 409
    wording = "Högst 40 papper följer med. Välj dem som den andra kommunen behöver först."
