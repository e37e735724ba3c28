"""How sensitive what we say may be where it is read: the channel's ceiling, and a telephone that others share."""

from backend.contract import Policy, Sensitivity
from bot.leaving.kinds import KINDS
from bot.leaving.sending import CODES
from bot.messages import Outgoing, Thread

ANSWERED_HERE = ("web", "terminal")
"""Channels that are the person's own screen: open and personal may stand there, whatever a municipality's policy."""


class AboveCeiling(Exception):
    """A message more sensitive than its thread's channel may carry. It must never leave."""


def guard_ceiling(message: Outgoing, policy: Policy, thread: Thread) -> None:
    """Raise AboveCeiling for a message its thread may not carry, or that its kind may not be."""
    order = list(Sensitivity)
    most = min(order.index(highest_allowed(policy, thread)), order.index(KINDS[message.kind].sensitivity))
    if order.index(message.sensitivity) > most:
        raise AboveCeiling(message.kind)
    if message.kind in CODES and thread.channel not in ANSWERED_HERE and thread.shared is not False:
        # Whoever else reads there could go on as her.
        raise AboveCeiling(message.kind)


def highest_allowed(policy: Policy, thread: Thread) -> Sensitivity:
    """The channel's ceiling; open only on a telephone others may read, whatever the policy (unanswered is yes)."""
    if thread.channel in ANSWERED_HERE:
        return Sensitivity.PERSONAL
    if thread.shared is not False:
        return Sensitivity.OPEN
    return policy.ceilings.get(thread.channel, Sensitivity.OPEN)
