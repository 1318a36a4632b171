"""Why targets cannot be met -> one sentence, for a refusal in Python and for a page that goes on
without the weights."""

from __future__ import annotations

from collections.abc import Sequence

from cxlib.bias.methods.feasibility import Share, UnreachedError, Why
from cxlib.errors import WeightError
from cxlib.shown.message import Message


class UnmetError(WeightError):
    """The respondents cannot be weighted to the targets.

    Attributes
    ----------
    message : Message
        Why, and what to do; the error says the same in English.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message.text())
        self.message = message


def of_unreached(error: UnreachedError) -> UnmetError:
    """Say why no weights meet the targets."""
    worst = Message(
        "bias.unmet_reached",
        margin=error.worst.margin,
        category=error.worst.category,
        wanted=error.worst.wanted,
        reached=error.reached,
    )
    first, second = _said(error.first), _said(error.second)
    match error.why:
        case Why.TOGETHER:
            sums = {
                "wanted": sum(each.wanted for each in error.first),
                "other": sum(each.wanted for each in error.second),
            }
            said = Message("bias.unmet_together", worst=worst, first=first, second=second, **sums)
        case Why.AT_ONCE:
            said = Message("bias.unmet_at_once", worst=worst, names=first)
        case Why.WEIGHT_ZERO:
            names = [
                Message("bias.category_of", margin=each.margin, category=each.category)
                for each in error.first
            ]
            said = Message("bias.unmet_weight_zero", worst=worst, names=names)
        case Why.SLOW:
            said = Message(
                "bias.unmet_slow", worst=worst, steps=error.steps, tolerance=error.tolerance
            )
    return UnmetError(said)


def _said(shares: Sequence[Share]) -> list[Message]:
    return [
        Message("bias.unmet_share", margin=each.margin, category=each.category, wanted=each.wanted)
        for each in shares
    ]
