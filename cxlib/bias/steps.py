"""Answers and the people to compare with, joined -> the steps of reading that are the same whether
each row is an answer or stands for many, and the sample that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib import check
from cxlib.bias import (
    beside_answers,
    blank_margins,
    given_targets,
    items,
    joining,
    usable,
    weighting,
)
from cxlib.bias.counts import people
from cxlib.bias.dated_waves import name_waves
from cxlib.bias.kinds import Method
from cxlib.bias.parameters import Parameters
from cxlib.bias.reading_waves import InTime, check_waves
from cxlib.bias.samples import Part, Read, Sample, Step
from cxlib.bound_values import as_condition
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.rows import names
from cxlib.rows.headcounts import refuse_counted_answers
from cxlib.rows.multiplicity import RAW, TIMES, count, size, size_of, times_of
from cxlib.rows.option_columns import refuse_options
from cxlib.rows.table import as_table, numeric
from cxlib.rows.tallies import refuse_tally
from cxlib.rows.weights import read_weights
from cxlib.shown.message import Message
from cxlib.shown.reading import with_condition
from cxlib.sources import LeftOut, Survey, grouped_checks
from cxlib.sources.server_tables import facts_of

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Joined:
    """What the steps of reading found.

    Attributes
    ----------
    survey, files, in_wave, known : Step
        The answers, the lists beside them, the answers of the wave, and those of them that come
        from people to compare with.
    answers : pandas.DataFrame
        Usable answers of all waves.
    named : mapping of str to pandas.Series
        Columns of groups of the answers of all waves.
    reference, invited, all_invited : Ibis table or None
        The people to compare with, and the invitations of the wave and of all waves.
    headline : (int, tuple of Message)
        See `usable.of_headline`.
    columns, of_survey : sequence of str
        Columns of the survey and of the customer file, and those of the survey.
    """

    survey: Step
    files: Step
    in_wave: Step
    known: Step
    answers: pd.DataFrame
    named: Mapping[str, pd.Series]
    reference: ir.Table | None
    invited: ir.Table | None
    all_invited: ir.Table | None
    headline: tuple[int, tuple[Message, ...]]
    wave: str | None
    columns: Sequence[str]
    of_survey: Sequence[str]


def assemble(p: Parameters, joined: Joined) -> Sample:
    """Return the sample: whom the respondents stand for, what they are weighted to, and what there
    is to say."""
    reference, invited, wave = joined.reference, joined.invited, joined.wave
    survey, known, answers = joined.survey, joined.known, joined.answers
    compared = _compared_with(p, reference, listed=invited is not None)
    left_out, headline = joined.headline
    named = _names(p, joined.named, reference)
    steps = (survey, joined.files, joined.in_wave, known, compared, named)
    able = reference is not None and set(p.margins) <= set(reference.columns)
    grouped = blank_margins.group(p, known.rows, reference if able else None)
    counted = weighting.margins(grouped.reference, columns=p.margins) if able else {}
    chosen = given_targets.choose_targets(
        p, columns=joined.columns, respondents=grouped.respondents, wave=wave, counted=counted
    )
    return Sample(
        read=_table_of(steps),
        notes=(*(note for step in steps for note in step.notes), *chosen.notes),
        warnings=tuple(
            chain(headline, *(s.warnings for s in steps), chosen.warnings, grouped.warnings)
        ),
        flags=(
            *headline,
            *survey.flags,
            *joined.files.warnings,
            *joined.in_wave.warnings,
            *known.flags,
        ),
        subject=with_condition(wave, p.where, as_condition(p.only), p.where_answers),
        wave=wave,
        inputs=inputs_of(p),
        tables=facts_of(inputs_of(p), newest={"survey": p.answered_at}),
        respondents=beside_answers.with_lists(p, grouped.respondents, reference),
        answers=answers,
        reference=grouped.reference,
        invitations=invited,
        all_invitations=joined.all_invited,
        targets=chosen.targets,
        margins=tuple(p.margins),
        items=items.find_items(p, joined.of_survey),
        item_scales=items.find_scales(p, joined.of_survey),
        reverse=items.find_reversed(p, joined.of_survey),
        invited=compared.counts.get(Part.INVITED),
        population=compared.counts.get(Part.CUSTOMERS),
        modes=(p.mode,) if invited is not None and p.mode else (),
        waves=_wave_columns(joined.all_invited, p.wave_column),
        left_out=left_out,
    )


def read_answers(
    p: Parameters,
    survey: Survey,
    in_order: Callable[[pd.Series], pd.Series] | None = None,
) -> Step:
    """Return the rows with a score, where there is a score, with names of waves; groups with their
    raw values too.

    Parameters
    ----------
    p : Parameters
    survey : Survey
    in_order : callable, optional
        As for `wave_names.name_waves`.
    """
    rows, times = survey.frame, survey.times
    _refuse_other_tables(p, survey)
    if not size(rows, times):
        raise EmptyDataError(
            f"survey={p.survey.as_posix()!r} has a header but no answers; export it again with its "
            "rows"
        )
    # the reader's first note says how many were read, as this one does
    notes = [Message("bias.read_survey", n=survey.n, file=p.survey.name)]
    notes += [*survey.headed, *survey.noticed, *p.noticed]
    counts: dict[Part | LeftOut, int] = {Part.ANSWERS: survey.n}
    counts.update((reason, n) for reason, n in survey.left_out.items())
    _refuse_answers(p, survey)
    flags = [*survey.warnings, *(survey.asked_twice(p.score) if p.score else ())]
    if times is not None:
        raw = {f"{RAW}{name}": rows[name] for name in rows.columns}
        rows = rows.assign(**raw, **{TIMES: times})
    if p.weight is not None:
        rows = rows.assign(**{p.weight: read_weights(rows[p.weight], "weight")})
    rows, named = name_waves(rows, p, in_order)
    notes += named.notes
    flags += named.flags
    if p.score is None:
        flags += check_waves(p, rows, usable=pd.Series(True, rows.index))
        return Step(rows, counts, tuple(notes), (*flags, *named.warnings), tuple(flags))
    parsed = usable.parse(survey, rows, p)
    there = parsed.values.notna()
    flags += [*parsed.doubts, *check_waves(p, rows, usable=there)]
    left_out = (each for each in parsed.warnings if each not in parsed.doubts)
    return Step(
        rows.assign(**{p.score: parsed.values})[there].reset_index(drop=True),
        {**counts, Part.NO_SCORE: size(rows, times) - parsed.n},
        (*notes, *parsed.notes),
        (*flags, *left_out, *named.warnings),
        tuple(flags),
        rows[parsed.unread],
    )


def _refuse_other_tables(p: Parameters, survey: Survey) -> None:
    """Refuse tables whose rows are no answers."""
    whole, rows = survey.whole, survey.rows
    if whole is not None:
        refuse_counted_answers(whole, p.survey, ids=(p.customer,) if p.customer else ())
    if p.score is not None:
        survey.refuse_headers(p.score)
    if whole is not None:
        if p.score is not None:
            refuse_tally(whole, p.survey, score=p.score)
            refuse_options(whole, p.score, p.survey)
    elif rows is not None and p.score is not None:
        if p.score in survey.frame:
            scores, n = survey.frame[p.score], size(survey.frame, survey.times)
            grouped_checks.refuse_tally(rows, scores, n, score=p.score, path=p.survey)
        grouped_checks.refuse_options(rows, p.score)


def _refuse_answers(p: Parameters, survey: Survey) -> None:
    """Refuse columns that the survey must have."""
    columns = columns_of(survey)
    check.columns(
        columns,
        score=p.score,
        outcome=p.outcome,
        channel=p.channel,
        weight=p.weight,
        cluster=p.cluster,
        strata=p.strata,
        population=p.population,
    )
    if p.outcome is not None or p.population is not None:
        rows = as_table(survey.frame) if survey.rows is None else survey.rows.table
        numeric(rows, outcome=p.outcome, population=p.population)
    if p.wave_column not in (None, "wave") or p.wave is not None:
        check.columns(columns, wave_column=p.wave_column)


def columns_of(survey: Survey) -> list[str]:
    """Return the columns of the survey, of which groups have some alone."""
    return list(survey.frame.columns if survey.rows is None else survey.rows.names)


def refuse_columns(
    p: Parameters, survey: Sequence[str], frame: ir.Table | None, invitations: ir.Table | None
) -> None:
    """Refuse columns that are in none of the files that need them; `survey` are its columns."""
    joins = invitations is not None or (frame is not None and not set(p.margins) <= set(survey))
    if joins and p.customer is None:
        raise ParameterError(
            "customer=None: the files must be joined by customer; name the column with the "
            "customer's id, the same in all of them"
        )
    for name, file, columns in (
        ("survey", p.survey, survey),
        ("frame", p.frame, None if frame is None else frame.columns),
        ("invitations", p.invitations, None if invitations is None else invitations.columns),
    ):
        needed = p.customer is not None and (joins or name == "survey")
        if needed and file is not None and columns is not None and p.customer not in columns:
            raise ColumnError(
                f"customer={p.customer!r}: {name}={file.as_posix()!r} has no such column"
                f"{check.did_you_mean(str(p.customer), columns)}"
            )
    if frame is not None and p.customer is not None and p.customer in frame.columns:
        joining.refuse_twice(p, frame)
    if invitations is not None and p.mode is not None:
        check.columns(invitations.columns, mode=p.mode)
    for margin in p.margins:
        everywhere = {*survey, *(frame.columns if frame is not None else ())}
        if margin not in everywhere:
            raise ColumnError(
                f"margins={margin!r}: neither the survey nor the customer file has such a column"
                f"{check.did_you_mean(margin, everywhere)}"
            )


def of_wave(p: Parameters, waves: InTime) -> Step:
    """Return the answers of the wave to look at."""
    answers, wave = waves.answers, waves.wave
    if wave is None:
        return Step(answers, {}, waves.notes, waves.warnings)
    rows = answers[answers[p.wave_column] == wave].reset_index(drop=True)
    n, every = size_of(rows), size_of(answers)
    note = Message("bias.read_wave", wave=wave, n=n, all=every)
    counts: dict[Part | LeftOut, int] = {Part.OTHER_WAVES: every - n}
    return Step(rows, counts, (*waves.notes, note), waves.warnings)


def keep_known(
    respondents: pd.DataFrame,
    known: pd.Series | None,
    *,
    file: Path | None,
    once: Callable[[pd.DataFrame], tuple[pd.DataFrame, list[Message]]],
) -> Step | None:
    """Leave out, with a warning, answers of people not to compare with and all but one of each;
    None where none is left.

    Parameters
    ----------
    respondents : pandas.DataFrame
    known : pandas.Series of bool, optional
        Who is among the people to compare with; None where they are not known.
    file : Path or None
        Where these are.
    once : callable
        Keeps the latest answer of each person, and says of how many others were left out.
    """
    gone: dict[Part | LeftOut, int] = {}
    unknown, kept = [], respondents
    if known is not None:
        kept, n = respondents[known].reset_index(drop=True), count(~known, times_of(respondents))
        gone = {Part.UNKNOWN_PEOPLE: n}
        if kept.empty:
            return None
        unknown = [Message("bias.unknown_people", n=n, where=file.name)] if n and file else []
    latest, repeated = once(kept)
    if repeated:
        gone |= {Part.REPEATED: size_of(kept) - size_of(latest)}
    counts = {**gone, Part.RESPONDENTS: size_of(latest)}
    return Step(latest, counts, (), *joining.doubted([*unknown, *repeated], respondents))


def _compared_with(p: Parameters, reference: ir.Table | None, *, listed: bool) -> Step:
    """Count the people whom the respondents are compared with."""
    given = p.targets is not None
    if reference is None:
        said = Message("bias.read_targets") if given else Message("bias.read_none")
        return Step(pd.DataFrame(), {}, (said,))
    n = people.size(reference)
    if listed:
        key = "bias.read_invited_only" if given else "bias.read_invited"
        return Step(pd.DataFrame(), {Part.INVITED: n}, (Message(key, n=n),))
    key = "bias.read_population_only" if given else "bias.read_population"
    return Step(pd.DataFrame(), {Part.CUSTOMERS: n}, (Message(key, n=n),))


def _names(p: Parameters, named: Mapping[str, pd.Series], reference: ir.Table | None) -> Step:
    """Say what was noticed of the names of groups, and that people were drawn in clusters."""
    columns = [*p.margins, *([p.channel] if p.channel else [])]
    folded = [(name, names.fold(named[name])) for name in columns if name in named]
    if reference is not None:
        folded += people.spellings(reference, columns=p.margins).items()
    clusters = [Message("bias.clusters", cluster=p.cluster)] if p.cluster else []
    return Step(
        pd.DataFrame(),
        {},
        tuple(note for name, each in folded for note in each.notes(name)),
        (*clusters, *(flag for name, each in folded for flag in each.warnings(name))),
    )


def _table_of(steps: Sequence[Step]) -> Read:
    counts = [(part.value, n) for step in steps for part, n in step.counts.items()]
    return Read(frame=pd.DataFrame(counts, columns=["what", "n"]), method=Method.COUNT)


def _wave_columns(listed: ir.Table | None, wave_column: str | None) -> tuple[str, ...]:
    return (str(wave_column),) if listed is not None and wave_column in listed.columns else ()


def inputs_of(p: Parameters) -> dict[str, Any]:
    """Return the files that the parameters name."""
    given = {
        "survey": p.survey,
        "frame": p.frame,
        "invitations": p.invitations,
        "targets": p.targets,
    }
    return {name: path for name, path in given.items() if isinstance(path, Path)}
