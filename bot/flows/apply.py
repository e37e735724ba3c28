"""May an application's questions be asked here? Elsewhere than on a page only when nobody else reads there."""

from backend.contract import Phone
from bot.flows.phone import ask_who_reads, told
from bot.form import Flow, Form, Go, Shared
from bot.text import N_

AT_THE_MEETING = N_("Then we take the questions at the meeting, so that nobody else reads your answers.")


def apply(form: Form) -> Phone | Shared | Go | None:
    # What a municipality's own e-service asks is explained, not answered, and may be read wherever she reads alone.
    guide = Go("guide") if form.context.e_service else None
    onward = guide or Go(form.carried("wants", "which"), form.carried("carries", {}))
    shared = form.context.shared
    if form.context.private:
        return onward
    if guide is None and not form.context.guided:
        return _at_the_meeting(form)
    if shared is not None:
        return _at_the_meeting(form) if shared else onward
    shared = ask_who_reads(form)
    if shared:
        _at_the_meeting(form)
    else:
        form.go_on(onward.flow, onward.carries)
    return told(form, shared=shared)


def _at_the_meeting(form: Form) -> Go | None:
    """At the one she has; who has met us and applies again gets a new one."""
    form.say(AT_THE_MEETING)
    meeting = form.context.meeting
    if meeting is not None and not form.context.unmet and meeting.end > form.context.now:
        return None
    form.go_on("first_meeting")
    return Go("first_meeting")


FLOW = Flow("apply", apply, waits=False, if_left="asked")
