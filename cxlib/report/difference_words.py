"""A difference between two runs -> the sentences that say it, on a page and on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cxlib.report.difference import Cause, Difference, Pair, compare_runs
from cxlib.report.figures import Figure
from cxlib.report.places import place_of
from cxlib.report.when import in_zone
from cxlib.shown.figure_words import write_in, write_verdict
from cxlib.shown.message import Message, Names, Sentences, Word

_INTERVALS = {
    (True, False): "report.since_overlap",
    (True, True): "report.since_overlap_shared",
    (False, False): "report.since_apart",
    (False, True): "report.since_apart_shared",
}


@dataclass(frozen=True, slots=True)
class _Written:
    """A number of a figure, written in its unit when the language is known."""

    unit: str
    value: float | None

    def text(self, language: str) -> str:
        return write_in(self.unit, self.value, language)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The verdict on a figure; of one that is yes or no, that."""

    figure: Figure

    def text(self, language: str) -> str:
        figure = self.figure
        if figure["unit"] == "yes_no":
            return write_in("yes_no", figure["value"], language)
        written = write_verdict(
            figure["study"], figure["verdict"], language, segment=figure["segment"]
        )
        return written or write_in("", None, language)


def since_last_run(
    before: Mapping[str, Any],
    before_figures: Sequence[Figure],
    now: Mapping[str, Any],
    now_figures: Sequence[Figure],
    language: str = "en",
    *,
    zone: str = "",
) -> list[str]:
    """Return at most five sentences on what a run changed: the headline then and now, what their
    intervals say, verdicts, what made the difference, and figures that came or went.

    Parameters
    ----------
    before, now : mapping
        The manifests of the last good run and of this one.
    before_figures, now_figures : sequence of dict
        Their figures, from `read_figures`.
    language : str
        Language of the sentences.
    zone : str
        Time zone in which they say when; empty for UTC.
    """
    found = compare_runs(before, before_figures, now, now_figures)
    compared = bool(before_figures and now_figures)
    return [each.text(language) for each in sentences(found, before, compared=compared, zone=zone)]


def sentences(
    found: Difference, before: Mapping[str, Any], *, compared: bool = True, zone: str = ""
) -> list[Message | Sentences]:
    """Return what `since_last_run` says of a difference; `compared` where both runs have
    figures."""
    time = in_zone(datetime.fromisoformat(str(before["started"])), zone)
    if not compared:
        return [Message("report.since_no_figures", time=time), made_by(found)]
    told: list[Message | Sentences] = [*_headline(found, time)]
    turned = [pair for pair in found.pairs if pair.turned]
    if turned:
        names = list(_turned(turned))
        told.append(Message("report.since_verdicts", n=len(turned), names=names))
    elif any(pair.now["verdict"] for pair in found.pairs):
        told.append(Message("report.since_no_verdict"))
    told.append(made_by(found))
    if found.gone or found.new:
        told.append(Message("report.since_figures", new=len(found.new), gone=len(found.gone)))
    return told


def _headline(found: Difference, time: datetime) -> Iterator[Message]:
    pair = found.headline
    if pair is None or pair.now["value"] is None or pair.before["value"] is None:
        yield Message("report.since_other_headline", time=time)
        return
    waves = pair.before["wave"], pair.now["wave"]
    name = Names(tuple(filter(None, [pair.now["text"], *place(pair.now, wave=False).parts])))
    told = {"figure": name, "time": time, "now": amount(pair.now)}
    if pair.same and waves[0] == waves[1]:
        yield Message("report.since_same", **told)
        return
    told["before"] = amount(pair.before)
    if waves[0] != waves[1]:
        yield Message("report.since_headline_waves", **told, wave_before=waves[0], wave=waves[1])
    else:
        yield Message("report.since_headline", **told)
    if pair.overlap is not None:
        yield Message(_INTERVALS[pair.overlap, found.shared])


def _turned(pairs: Sequence[Pair]) -> Iterator[Message]:
    """Say what each verdict was and is; those of one kind that turned alike together."""
    alike: dict[tuple[str, ...], list[Pair]] = {}
    for pair in pairs:
        said = (verdict(pair.before), verdict(pair.now))
        alike.setdefault((pair.now["figure"], *said), []).append(pair)
    for first, *others in alike.values():
        told = {"before": _Verdict(first.before), "now": _Verdict(first.now)}
        if others:
            name = first.now["text"]
            yield Message("report.since_verdicts_alike", name=name, n=1 + len(others), **told)
        else:
            name = Names(tuple(filter(None, [first.now["text"], *place(first.now).parts])))
            yield Message("report.since_verdict", name=name, **told)


_UNTOLD = {Cause.CODE: "report.since_untold", Cause.DATA: "report.since_untold_data"}


def made_by(found: Difference) -> Sentences:
    """Say which of what goes into a report changed, and what of it is not on record."""
    causes = [Word(cause, changes=changes) for cause, changes in found.changed.items()]
    if len(causes) > 1:
        told = Message("report.since_made_by_many", causes=causes)
    elif causes and found.untold:
        told = Message("report.since_made_by_one", cause=causes[0])
    elif causes:
        told = Message("report.since_made_by_one_known", cause=causes[0])
    elif Cause.DATA in found.untold:
        told = Message("report.since_made_by_none_tables")
    elif found.untold:
        told = Message("report.since_made_by_none")
    else:
        told = Message("report.since_made_by_none_known")
    untold = [Message(_UNTOLD[cause]) for cause in found.untold]
    return Sentences((told, *untold))


def amount(figure: Figure) -> Message:
    """Return a figure with its interval and n, as far as it has them."""
    value, low, high = (
        _Written(figure["unit"], figure[name]) for name in ("value", "ci_low", "ci_high")
    )
    if low.value is None or high.value is None or figure["confidence"] is None:
        return Message("report.since_amount_alone", value=value)
    bounded = {"value": value, "low": low, "high": high, "confidence": figure["confidence"]}
    if figure["n"] is None:
        return Message("report.since_amount_unsized", **bounded)
    return Message("report.since_amount", **bounded, n=figure["n"])


def verdict(figure: Figure, language: str = "en") -> str:
    """Write the verdict on a figure."""
    return _Verdict(figure).text(language)


def place(figure: Figure, *, wave: bool = True) -> Names:
    """Return of what a figure is: its segment in words, and its wave."""
    return Names(place_of(figure["segment"], figure["wave"], figure["of"], with_wave=wave))
