"""Two apply together: what happens to it is said to each without a word of the other's answers."""

from datetime import UTC, datetime
from uuid import uuid4

from backend.contract import JointNews, NoticeKind
from tests.bot.conversation.test_interruptions import booked

AT = datetime(2026, 12, 1, 9, 10, tzinfo=UTC)


def test_what_must_be_confirmed_again_is_said_without_what_was_changed() -> None:
    person = booked("2", "1").tells(NoticeKind.JOINT_NEWS, JointNews(joint=uuid4(), what="attest-again", at=AT))
    assert person.reads() == (
        "Något ändrades efter att du bekräftade. Ni behöver båda bekräfta igen. Hjälp? Skriv RING."
    )


def test_when_both_have_confirmed_the_first_one_hears_when_it_came_in() -> None:
    person = booked("2", "1").tells(NoticeKind.JOINT_NEWS, JointNews(joint=uuid4(), what="came-in", at=AT))
    assert person.reads() == "Nu har ni båda bekräftat. Det kom in tisdag 1 december kl 10.10."
