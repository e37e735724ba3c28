"""Why something is not done for her at a desk: what would be overheard, or is not a matter of her word any more."""

from backend.errors import Refusal


class OthersRead(Refusal):
    """A code that stands where others read lets them go on as her."""

    status = 409
    wording = "Andra läser där, så ingen kod skickas dit. Personen kan skriva till oss från ett ställe som är eget."


class NothingLeavesThere(Refusal):
    """She has stopped what we send there, or somebody else has the number."""

    status = 409
    wording = "Dit går inga meddelanden. Personen kan skriva START dit de kommer från, eller från ett annat ställe."


class StaffAnswerThere(Refusal):
    """The machine alone writes codes: staff see none."""

    status = 409
    wording = "Ni svarar i samtalet nu, och koden skrivs av automaten. Lämna tillbaka samtalet och tryck igen."


class NothingToComment(Refusal):
    """She was asked for no comment, or it is decided."""

    status = 409
    wording = "Personen är inte tillfrågad om något före ett beslut, eller så är beslutet fattat."


class NotTogether(Refusal):
    """She applies with nobody, or both have confirmed."""

    status = 409
    wording = "Personen söker inte ihop med någon, eller så har båda bekräftat. Då rättas ansökan med handläggaren."


class PlanAgreed(Refusal):
    """What she wants to work with has become a plan, with a team that follows it."""

    status = 409
    wording = "Planen är redan överenskommen, eller veckan är inte börjad. Branschen ändras med handläggaren."
