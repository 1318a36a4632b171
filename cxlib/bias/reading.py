"""A survey file, a customer file and an invitation list -> people and columns to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from cxlib import check
from cxlib.bias import (
    beside_answers,
    blank_margins,
    given_targets,
    items,
    joining,
    lists,
    usable,
    weighting,
)
from cxlib.bias.chosen_rows import choose_rows
from cxlib.bias.counts import people
from cxlib.bias.dated_waves import name_invited_waves, name_waves
from cxlib.bias.kinds import Method
from cxlib.bias.parameters import Parameters
from cxlib.bias.reading_waves import InTime, check_waves, put_in_time
from cxlib.bound_values import as_condition
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.rows import names
from cxlib.rows.conditions import Condition
from cxlib.rows.headcounts import refuse_counted_answers
from cxlib.rows.option_columns import refuse_options
from cxlib.rows.table import as_table, numeric
from cxlib.rows.tallies import refuse_tally
from cxlib.rows.weights import read_weights
from cxlib.shown.message import Message
from cxlib.shown.reading import Reading, with_condition
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.sources import LeftOut, read_survey
from cxlib.sources.server_tables import begin_reading, facts_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


class Part(StrEnum):
    """What was read, or left out."""

    ANSWERS = "answers"
    NO_SCORE = "no_score"
    OTHER_WAVES = "other_waves"
    UNKNOWN_PEOPLE = "unknown_people"
    REPEATED = "repeated"
    RESPONDENTS = "respondents"
    INVITED = "invited"
    CUSTOMERS = "customers"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Read(Result):
    """What was read and what was left out: `what, n`, a row a count."""

    columns: ClassVar[Mapping[str, Format]] = {"what": Part | LeftOut, "n": "integer"}

    def caption(self) -> Message:
        """Return what the table shows."""
        return Message("bias.read_caption")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sample(Reading):
    """Who answered, and whom they stand for.

    Attributes
    ----------
    respondents, answers : pandas.DataFrame
        Usable answers of the wave, the latest of each person, with the margins; all usable answers.
    reference : Ibis table or None
        Whom the respondents are compared with: the invited of the wave, else all customers.
    invitations, all_invitations : Ibis table or None
        Invitations of the wave, and of all waves; `usable` says whether a usable answer came.
    targets : dict of str to pandas.Series
        Margin to category to number of people: as given, else in `reference`; what `weigh` takes.
    margins : tuple of str
        Columns to compare by: those named, else those that have targets.
    items, item_scales, reverse
        Columns of statements, those of each scale, and those worded the other way round.
    invited, population : int or None
        People invited in the wave; people in the customer file where there is no invitation list.
    modes, waves : tuple of str
        Columns of the invitation list with the mode and with the wave; empty where there is none.
    left_out : int
        Answers of the wave that were given but are no score.
    wave : str or None
        The wave that is looked at.
    """

    respondents: pd.DataFrame
    answers: pd.DataFrame
    reference: ir.Table | None
    invitations: ir.Table | None
    all_invitations: ir.Table | None
    targets: dict[Any, pd.Series]
    margins: tuple[str, ...]
    items: list[str] | None
    item_scales: dict[str, list[str]] | None
    reverse: list[str]
    invited: int | None
    population: int | None
    modes: tuple[str, ...]
    waves: tuple[str, ...]
    left_out: int = 0
    wave: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """The rows that a step of reading kept, what it counted, and what it has to say."""

    rows: pd.DataFrame
    counts: Mapping[Part | LeftOut, int]
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    flags: tuple[Message, ...] = ()  # those of the warnings that can change the headline
    unread: pd.DataFrame | None = None  # rows with an answer that is no score


@check.arguments
def read(p: Parameters) -> Sample:
    """Read the files of the parameters and join them by customer.

    Parameters
    ----------
    p : Parameters
        Names the files, their columns and the wave.

    Returns
    -------
    Sample
        The respondents, whom they stand for, and what was read and left out.

    Raises
    ------
    CxError
        If a file or column is absent or unfit."""
    usable.refuse_target(p)
    begin_reading(*_inputs(p).values())
    return read_again(p)


def read_again(p: Parameters) -> Sample:
    """Read as `read`, what lies in connections at the moment of the last `read`."""
    asked = choose_rows(p)
    survey = _answers(p, asked.survey)
    frame, *noticed = lists.read_people(p, "frame", where=asked.frame)
    columns = [*survey.rows.columns, *(frame.columns if frame is not None else ())]
    p = given_targets.with_margins(p, columns)
    invitations, *more = lists.read_people(p, "invitations", where=asked.invitations)
    _refuse_columns(p, survey.rows, frame, invitations)
    compared = frame is not None or invitations is not None
    usable.refuse_nothing(p, survey.rows, compared=compared)
    invitations = name_invited_waves(invitations, p)
    waves = put_in_time(p, joining.with_margins(p, survey.rows, frame), invitations)
    listed = joining.with_answered(p, waves.invitations, frame, waves.answers)
    answers, coded = joining.code_as_reference(
        p, waves.answers, frame if listed.rows is None else listed.rows, waves.wave
    )
    wave, in_wave = waves.wave, _of_wave(p, replace(waves, answers=answers))
    invited = joining.invited_in(
        listed.rows, p.wave_column, wave, alone=len(in_wave.rows) == len(answers)
    )
    reference, file = (frame, p.frame) if invited is None else (invited, p.invitations)
    known = _known(p, in_wave.rows, reference, file)
    with_whom = _compared_with(p, reference, listed=invited is not None)
    left_out, headline = usable.of_headline(p, survey.unread, wave, known.rows, answers)
    joined = (*noticed[1], *more[1], *listed.warnings, *coded)
    files = _Step(pd.DataFrame(), {}, noticed[0] + more[0], joined)
    steps = (survey, files, in_wave, known, with_whom, _names(p, answers, reference))
    able = reference is not None and set(p.margins) <= set(reference.columns)
    grouped = blank_margins.group(p, known.rows, reference if able else None)
    counted = weighting.margins(grouped.reference, columns=p.margins) if able else {}
    chosen = given_targets.choose_targets(
        p, columns=columns, respondents=grouped.respondents, wave=wave, counted=counted
    )
    return Sample(
        read=_table_of(steps),
        notes=(*(note for step in steps for note in step.notes), *chosen.notes),
        warnings=tuple(
            chain(headline, *(s.warnings for s in steps), chosen.warnings, grouped.warnings)
        ),
        flags=(*headline, *survey.flags, *files.warnings, *in_wave.warnings, *known.flags),
        subject=with_condition(wave, p.where, as_condition(p.only), p.where_answers),
        wave=wave,
        inputs=_inputs(p),
        tables=facts_of(_inputs(p), newest={"survey": p.answered_at}),
        respondents=beside_answers.with_lists(p, grouped.respondents, reference),
        answers=answers,
        reference=grouped.reference,
        invitations=invited,
        all_invitations=listed.rows,
        targets=chosen.targets,
        margins=tuple(p.margins),
        items=items.find_items(p, answers.columns),
        item_scales=items.find_scales(p, answers.columns),
        reverse=items.find_reversed(p, answers.columns),
        invited=with_whom.counts.get(Part.INVITED),
        population=with_whom.counts.get(Part.CUSTOMERS),
        modes=(p.mode,) if invited is not None and p.mode else (),
        waves=_wave_columns(listed.rows, p.wave_column),
        left_out=left_out,
    )


def _answers(p: Parameters, asked: Condition | None) -> _Step:
    """Read the survey; keep the rows with a score, where there is a score."""
    survey = read_survey(p.survey, **p.read_with, where=asked)
    survey = survey.where(p.where_answers, parameter="where_answers")
    rows = survey.frame
    refuse_counted_answers(rows, p.survey, ids=(p.customer,) if p.customer else ())
    if p.score is not None:
        survey.refuse_headers(p.score)
        refuse_tally(rows, p.survey, score=p.score)
        refuse_options(rows, p.score, p.survey)
    if rows.empty:
        raise EmptyDataError(
            f"survey={p.survey.as_posix()!r} has a header but no answers; export it again with its "
            "rows"
        )
    # the reader's first note says how many were read, as this one does
    notes = [Message("bias.read_survey", n=survey.n, file=p.survey.name)]
    notes += [*survey.headed, *survey.noticed, *p.noticed]
    counts: dict[Part | LeftOut, int] = {Part.ANSWERS: survey.n}
    counts.update((reason, n) for reason, n in survey.left_out.items())
    _refuse_answers(p, rows)
    flags = [*survey.warnings, *(survey.asked_twice(p.score) if p.score else ())]
    if p.weight is not None:
        rows = rows.assign(**{p.weight: read_weights(rows[p.weight], "weight")})
    rows, named = name_waves(rows, p)
    notes += named.notes
    flags += named.flags
    if p.score is None:
        flags += check_waves(p, rows, usable=pd.Series(True, rows.index))
        return _Step(rows, counts, tuple(notes), (*flags, *named.warnings), tuple(flags))
    parsed = usable.parse(survey, rows, p)
    flags += [*parsed.doubts, *check_waves(p, rows, usable=parsed.values.notna())]
    left_out = (each for each in parsed.warnings if each not in parsed.doubts)
    return _Step(
        rows.assign(**{p.score: parsed.values})[parsed.values.notna()].reset_index(drop=True),
        {**counts, Part.NO_SCORE: len(rows) - parsed.n},
        (*notes, *parsed.notes),
        (*flags, *left_out, *named.warnings),
        tuple(flags),
        rows[parsed.unread],
    )


def _refuse_answers(p: Parameters, rows: pd.DataFrame) -> None:
    """Refuse columns that the survey must have."""
    check.columns(
        list(rows.columns),
        score=p.score,
        outcome=p.outcome,
        channel=p.channel,
        weight=p.weight,
        cluster=p.cluster,
        strata=p.strata,
        population=p.population,
    )
    if p.outcome is not None or p.population is not None:
        numeric(as_table(rows), outcome=p.outcome, population=p.population)
    if p.wave_column not in (None, "wave") or p.wave is not None:
        check.columns(list(rows.columns), wave_column=p.wave_column)


def _refuse_columns(
    p: Parameters, survey: pd.DataFrame, frame: ir.Table | None, invitations: ir.Table | None
) -> None:
    """Refuse columns that are in none of the files that need them."""
    joins = invitations is not None or (
        frame is not None and not set(p.margins) <= set(survey.columns)
    )
    if joins and p.customer is None:
        raise ParameterError(
            "customer=None: the files must be joined by customer; name the column with the "
            "customer's id, the same in all of them"
        )
    for name, file, table in (
        ("survey", p.survey, survey),
        ("frame", p.frame, frame),
        ("invitations", p.invitations, invitations),
    ):
        needed = p.customer is not None and (joins or name == "survey")
        if needed and file is not None and table is not None and p.customer not in table.columns:
            raise ColumnError(
                f"customer={p.customer!r}: {name}={file.as_posix()!r} has no such column"
                f"{check.did_you_mean(str(p.customer), table.columns)}"
            )
    if frame is not None and p.customer is not None and p.customer in frame.columns:
        joining.refuse_twice(p, people.take(frame, columns=[p.customer])[p.customer].dropna())
    if invitations is not None and p.mode is not None:
        check.columns(invitations.columns, mode=p.mode)
    for margin in p.margins:
        everywhere = {*survey.columns, *(frame.columns if frame is not None else ())}
        if margin not in everywhere:
            raise ColumnError(
                f"margins={margin!r}: neither the survey nor the customer file has such a column"
                f"{check.did_you_mean(margin, everywhere)}"
            )


def _of_wave(p: Parameters, waves: InTime) -> _Step:
    """Return the answers of the wave to look at."""
    answers, wave = waves.answers, waves.wave
    if wave is None:
        return _Step(answers, {}, waves.notes, waves.warnings)
    rows = answers[answers[p.wave_column] == wave].reset_index(drop=True)
    note = Message("bias.read_wave", wave=wave, n=len(rows), all=len(answers))
    counts: dict[Part | LeftOut, int] = {Part.OTHER_WAVES: len(answers) - len(rows)}
    return _Step(rows, counts, (*waves.notes, note), waves.warnings)


def _known(
    p: Parameters, respondents: pd.DataFrame, reference: ir.Table | None, file: Path | None
) -> _Step:
    """Leave out, with a warning, answers of people not to compare with and all but one of each."""
    gone: dict[Part | LeftOut, int] = {}
    unknown, kept = [], respondents
    if p.customer is not None and reference is not None and p.customer in reference.columns:
        there = set(people.take(reference, columns=[p.customer])[p.customer])
        known = names.fold(respondents[p.customer]).values.isin(there)
        kept = respondents[known].reset_index(drop=True)
        gone = {Part.UNKNOWN_PEOPLE: int((~known).sum())}
        if kept.empty:
            raise EmptyDataError(
                f"survey={p.survey.as_posix()!r}: none of the {len(respondents):,} answers of this "
                "wave comes from people to compare with"
                + (joining.why_apart(respondents[p.customer], there, "survey") or "")
                + "; give the invitation list and the customer file of this wave"
            )
        if file is not None and not known.all():
            n = gone[Part.UNKNOWN_PEOPLE]
            unknown = [Message("bias.unknown_people", n=n, where=file.name)]
    once, repeated = joining.latest_of_each(p, kept)
    if repeated:
        gone |= {Part.REPEATED: len(kept) - len(once)}
    counts = {**gone, Part.RESPONDENTS: len(once)}
    return _Step(once, counts, (), *joining.doubted([*unknown, *repeated], respondents))


def _compared_with(p: Parameters, reference: ir.Table | None, *, listed: bool) -> _Step:
    """Count the people whom the respondents are compared with."""
    given = p.targets is not None
    if reference is None:
        said = Message("bias.read_targets") if given else Message("bias.read_none")
        return _Step(pd.DataFrame(), {}, (said,))
    n = people.size(reference)
    if listed:
        key = "bias.read_invited_only" if given else "bias.read_invited"
        return _Step(pd.DataFrame(), {Part.INVITED: n}, (Message(key, n=n),))
    key = "bias.read_population_only" if given else "bias.read_population"
    return _Step(pd.DataFrame(), {Part.CUSTOMERS: n}, (Message(key, n=n),))


def _names(p: Parameters, answers: pd.DataFrame, reference: ir.Table | None) -> _Step:
    """Say what was noticed of the names of groups, and that people were drawn in clusters."""
    columns = [*p.margins, *([p.channel] if p.channel else [])]
    folded = [(name, names.fold(answers[name])) for name in columns if name in answers.columns]
    if reference is not None:
        folded += people.spellings(reference, columns=p.margins).items()
    clusters = [Message("bias.clusters", cluster=p.cluster)] if p.cluster else []
    return _Step(
        pd.DataFrame(),
        {},
        tuple(note for name, each in folded for note in each.notes(name)),
        (*clusters, *(flag for name, each in folded for flag in each.warnings(name))),
    )


def _table_of(steps: Sequence[_Step]) -> Read:
    counts = [(part.value, n) for step in steps for part, n in step.counts.items()]
    return Read(frame=pd.DataFrame(counts, columns=["what", "n"]), method=Method.COUNT)


def _wave_columns(listed: ir.Table | None, wave_column: str | None) -> tuple[str, ...]:
    return (str(wave_column),) if listed is not None and wave_column in listed.columns else ()


def _inputs(p: Parameters) -> dict[str, Path]:
    given = {
        "survey": p.survey,
        "frame": p.frame,
        "invitations": p.invitations,
        "targets": p.targets,
    }
    return {name: path for name, path in given.items() if isinstance(path, Path)}
