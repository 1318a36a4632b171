"""A proxy of respondents and frame -> a refusal where these cannot be the same people or units."""

from __future__ import annotations

from cxlib.bias.counts.proxy_ends import ProxyEnds
from cxlib.errors import ColumnError

_NEARLY = 1e-6  # of the frame's range: one number, written by two tools
FAR = 1.0  # standard deviations of the frame, beyond which a straight line is carried far


def refuse_other_units(ends: ProxyEnds, *, proxy: str, unknown: int) -> None:
    """Refuse respondents whose proxies cannot be those of people in the frame.

    Respondents are among the frame, so their values lie between its ends, at least as many of the
    frame lie between theirs, and the variance of all is at least what their distance from the mean
    of all adds to it. For the last two, people of the frame whose proxy is `unknown` could be any
    of them.

    Raises
    ------
    ColumnError
        With both ranges, and what is wrong.
    """
    here, all_ = ends.respondents, ends.frame
    slack = _NEARLY * (all_.high - all_.low)
    if here.low < all_.low - slack or here.high > all_.high + slack:
        why = "outside of it, though they are among the frame"
    elif ends.within + unknown < here.n:
        why = f"where only {ends.within:,} people of the frame are, though they are among them"
    elif not unknown and _too_far(ends):
        why = "too far from its mean for people who are among the frame"
    else:
        return
    raise ColumnError(
        f"proxy={proxy!r} runs from {all_.low:g} to {all_.high:g} in the frame (mean "
        f"{all_.mean:.4g}, {all_.n:,} people), and from {here.low:g} to {here.high:g} among "
        f"{here.n:,} respondents (mean {here.mean:.4g}): {why}; give it in the same units in both "
        "files (such as a share in one and percent in the other), or give the frame that the "
        "respondents belong to"
    )


def _too_far(ends: ProxyEnds) -> bool:
    here, all_ = ends.respondents, ends.frame
    if here.n >= all_.n:
        return False
    share = here.n / all_.n
    added = (here.mean - all_.mean) ** 2 * share / (1 - share)
    return added > all_.sd**2 * (1 + 1e-6) + 1e-12 * all_.mean**2


def distance(ends: ProxyEnds) -> float:
    """Return how far the respondents' mean is from that of all, in standard deviations of all."""
    gap = abs(ends.respondents.mean - ends.frame.mean)
    return gap / ends.frame.sd if ends.frame.sd > 0 else 0.0
