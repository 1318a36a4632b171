"""A survey file, a customer file and an invitation list -> people and columns to compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cxlib import check
from cxlib.bias import weighting
from cxlib.bias.counts import people
from cxlib.bias.kinds import Method
from cxlib.bias.parameters import Parameters
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.rows import names, scales
from cxlib.rows.periods import natural_order
from cxlib.rows.table import as_table, numeric
from cxlib.rows.weights import read_weights
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.reading import Reading
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.sources.surveys import read_survey

if TYPE_CHECKING:
    import ibis.expr.types as ir

_INVITATION, _USABLE = "invitation_id", "usable"


class Part(StrEnum):
    """What was read, or left out."""

    ANSWERS = "answers"
    NO_SCORE = "no_score"
    OTHER_WAVES = "other_waves"
    UNKNOWN_PEOPLE = "unknown_people"
    RESPONDENTS = "respondents"
    INVITED = "invited"
    CUSTOMERS = "customers"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Read(Result):
    """What was read and what was left out: `what, n`, a row a count."""

    columns: ClassVar[Mapping[str, Format]] = {"what": Part, "n": "integer"}

    def caption(self) -> Message:
        """Return what the table shows."""
        return Message("bias.read_caption")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sample(Reading):
    """Who answered, and whom they stand for.

    Attributes
    ----------
    respondents, answers : pandas.DataFrame
        Usable answers of the wave, with the margins; usable answers of all waves.
    reference : Ibis table or None
        Whom the respondents are compared with: the invited of the wave, else all customers.
    invitations, all_invitations : Ibis table or None
        Invitations of the wave, and of all waves; `usable` says whether a usable answer came.
    targets : dict of str to pandas.Series
        Margin to category to number of people in `reference`.
    invited, population : int or None
        People invited in the wave; people in the customer file where there is no invitation list.
    modes, waves : tuple of str
        Columns of the invitation list with the mode and with the wave; empty where there is none.
    """

    respondents: pd.DataFrame
    answers: pd.DataFrame
    reference: ir.Table | None
    invitations: ir.Table | None
    all_invitations: ir.Table | None
    targets: dict[str, pd.Series]
    invited: int | None
    population: int | None
    modes: tuple[str, ...]
    waves: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """The rows that a step of reading kept, what it counted, and what it has to say."""

    rows: pd.DataFrame
    counts: dict[Part, int]
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


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
    survey = _answers(p)
    (frame, noticed), (invitations, more) = (
        _people(path, p.customer) for path in (p.frame, p.invitations)
    )
    _refuse_columns(p, survey.rows, frame, invitations)
    answers = _with_margins(p, survey.rows, frame)
    wave, in_wave = _of_wave(p, answers)
    listed = _with_answered(p, invitations, frame, answers)
    invited = _invited_in(listed, p.wave_column, wave, alone=len(in_wave.rows) == len(answers))
    reference, file = (frame, p.frame) if invited is None else (invited, p.invitations)
    known = _known(p, in_wave.rows, reference, file)
    compared = _compared_with(reference, listed=invited is not None)
    files = _Step(pd.DataFrame(), {}, (*noticed, *more))
    steps = (survey, files, in_wave, known, compared, _names(p, answers, reference))
    able = reference is not None and set(p.margins) <= set(reference.columns)
    return Sample(
        read=_table_of(steps),
        notes=tuple(note for step in steps for note in step.notes),
        warnings=tuple(warning for step in steps for warning in step.warnings),
        subject=wave,
        inputs=_inputs(p),
        respondents=known.rows,
        answers=answers,
        reference=reference if able else None,
        invitations=invited,
        all_invitations=listed,
        targets=weighting.margins(reference, columns=p.margins) if able else {},
        invited=compared.counts.get(Part.INVITED),
        population=compared.counts.get(Part.CUSTOMERS),
        modes=(p.mode,) if listed is not None and p.mode else (),
        waves=_wave_columns(listed, p.wave_column),
    )


def _answers(p: Parameters) -> _Step:
    """Read the survey; keep the rows with a score, where there is a score."""
    survey = read_survey(p.survey)
    rows = survey.frame
    if rows.empty:
        raise EmptyDataError(
            f"survey={p.survey.as_posix()!r} has a header but no answers; export it again with its "
            "rows"
        )
    # the reader's first note says how many were read, as this one does
    notes = [Message("bias.read_survey", n=len(rows), file=p.survey.name), *survey.noticed]
    flags: list[Message] = []
    counts = {Part.ANSWERS: len(rows)}
    _refuse_answers(p, rows)
    if p.weight is not None:
        rows = rows.assign(**{p.weight: read_weights(rows[p.weight], "weight")})
    if p.wave_column is None or p.wave_column not in rows.columns:
        notes.append(Message("bias.read_wave_none"))
    else:
        folded = names.fold(rows[p.wave_column])
        rows = rows.assign(**{p.wave_column: folded.values})
        notes += folded.notes(p.wave_column)
        flags += folded.warnings(p.wave_column)
    if p.score is None:
        return _Step(rows, counts, tuple(notes), tuple(flags))
    parsed = scales.parse_scores(rows[p.score], scale=p.scale)
    present = parsed.values.dropna().value_counts()
    scales.refuse_contradiction(
        {int(score): int(n) for score, n in present.items()}, scale=parsed.scale
    )
    usable = parsed.values.notna()
    return _Step(
        rows.assign(**{p.score: parsed.values})[usable].reset_index(drop=True),
        counts | {Part.NO_SCORE: int((~usable).sum())},
        tuple(notes),
        (*parsed.warnings, *flags),
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


def _people(path: Path | None, customer: str | None) -> tuple[ir.Table | None, tuple[Message, ...]]:
    """Read a customer file or an invitation list, and return what was noticed about it."""
    if path is None:
        return None, ()
    # Text by the survey's reader, so that Yes stays Yes: DuckDB's would make true of it.
    columns = [customer] if customer else []
    if path.suffix.lower() == ".parquet":
        return people.as_names(path, columns=columns), ()
    file = read_survey(path, layout="plain")
    return people.as_names(file.frame, columns=columns), file.noticed


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
    if joins and frame is not None and p.customer is not None:
        _refuse_twice(p, people.take(frame, columns=[p.customer])[p.customer])
    if invitations is not None and p.mode is not None:
        check.columns(invitations.columns, mode=p.mode)
    for margin in p.margins:
        everywhere = {*survey.columns, *(frame.columns if frame is not None else ())}
        if margin not in everywhere:
            raise ColumnError(
                f"margins={margin!r}: neither the survey nor the customer file has such a column"
                f"{check.did_you_mean(margin, everywhere)}"
            )


def _refuse_twice(p: Parameters, ids: pd.Series) -> None:
    twice = ids.duplicated()
    if twice.any():
        raise ParameterError(
            f"customer={p.customer!r}: {int(twice.sum()):,} rows of frame={_path(p.frame)!r} "
            f"repeat a customer (first: {ids[twice].iloc[0]!r}); give it one row a customer"
        )


def _with_margins(p: Parameters, survey: pd.DataFrame, frame: ir.Table | None) -> pd.DataFrame:
    """Add the margins that only the customer file has."""
    absent = [name for name in p.margins if name not in survey.columns]
    if not absent or frame is None or p.customer is None:
        return survey
    there = people.take(frame, columns=[p.customer, *absent])
    survey = survey.assign(**{p.customer: names.fold(survey[p.customer]).values})
    if not survey[p.customer].isin(there[p.customer]).any():
        raise ParameterError(
            f"customer={p.customer!r}: none of the survey's customers (first: "
            f"{survey[p.customer].iloc[0]!r}) is in frame={_path(p.frame)!r}; give the customer "
            "file that belongs to this survey"
        )
    return survey.merge(there, on=p.customer, how="left")


def _of_wave(p: Parameters, answers: pd.DataFrame) -> tuple[str | None, _Step]:
    """Return the wave to look at, and its answers."""
    if p.wave_column is None or p.wave_column not in answers.columns:
        return None, _Step(answers, {})
    waves = natural_order(answers[p.wave_column])
    if p.wave is not None:
        check.one_of("wave", p.wave, waves)
    elif not waves:
        return None, _Step(answers, {})
    wave = waves[-1] if p.wave is None else p.wave
    rows = answers[answers[p.wave_column] == wave].reset_index(drop=True)
    note = Message("bias.read_wave", wave=wave, n=len(rows), all=len(answers))
    return wave, _Step(rows, {Part.OTHER_WAVES: len(answers) - len(rows)}, (note,))


def _with_answered(
    p: Parameters, invitations: ir.Table | None, frame: ir.Table | None, answers: pd.DataFrame
) -> ir.Table | None:
    """Return the invitation list with the customers' margins, and whether a usable answer came."""
    if invitations is None:
        return None
    keys = [
        name
        for name in (_INVITATION, p.customer, p.wave_column)
        if name and name in answers.columns and name in invitations.columns
    ]
    keys = [_INVITATION] if _INVITATION in keys else keys
    marked = people.mark_answered(invitations, answers, keys=keys, name=_USABLE)
    if not people.take(marked, columns=[_USABLE])[_USABLE].any():
        raise ParameterError(
            f"invitations={_path(p.invitations)!r}: none of the survey's answers belongs to an "
            f"invitation in it (joined by {words.write_list(keys)}); give the list that belongs to "
            "this survey, or None"
        )
    if frame is None or p.customer is None:
        return marked
    wanted = [m for m in p.margins if m in frame.columns and m not in invitations.columns]
    return people.add_columns(marked, frame, key=p.customer, columns=wanted) if wanted else marked


def _invited_in(
    invitations: ir.Table | None, wave_column: str | None, wave: str | None, *, alone: bool
) -> ir.Table | None:
    """Return the invitations of the wave; all of them where there is no other wave (`alone`)."""
    if invitations is None or wave is None or wave_column is None:
        return invitations
    if not alone:  # of several waves; without the column those invited to others would count
        check.columns(invitations.columns, **{"invitations, wave_column": wave_column})
    there = wave_column in invitations.columns
    return people.where(invitations, column=wave_column, value=wave) if there else invitations


def _known(
    p: Parameters, respondents: pd.DataFrame, reference: ir.Table | None, file: Path | None
) -> _Step:
    """Leave out, with a warning, answers of people not to compare with; name who came twice."""
    if p.customer is None or reference is None or p.customer not in reference.columns:
        return _Step(respondents, {Part.RESPONDENTS: len(respondents)})
    there = set(people.take(reference, columns=[p.customer])[p.customer])
    known = names.fold(respondents[p.customer]).values.isin(there)
    kept, gone = respondents[known].reset_index(drop=True), int((~known).sum())
    if kept.empty:
        raise EmptyDataError(
            f"survey={p.survey.as_posix()!r}: none of the {len(respondents):,} answers of this "
            "wave comes from people to compare with; give the invitation list and the customer "
            "file of this wave"
        )
    warnings = []
    if gone and file is not None:
        warnings.append(Message("bias.unknown_people", n=gone, where=file.name))
    if twice := int(kept[p.customer].duplicated().sum()):
        warnings.append(Message("bias.twice", n=twice))
    counts = {Part.UNKNOWN_PEOPLE: gone, Part.RESPONDENTS: len(kept)}
    return _Step(kept, counts, (), tuple(warnings))


def _compared_with(reference: ir.Table | None, *, listed: bool) -> _Step:
    """Count the people whom the respondents are compared with."""
    if reference is None:
        return _Step(pd.DataFrame(), {}, (Message("bias.read_none"),))
    n = people.size(reference)
    if listed:
        return _Step(pd.DataFrame(), {Part.INVITED: n}, (Message("bias.read_invited", n=n),))
    return _Step(pd.DataFrame(), {Part.CUSTOMERS: n}, (Message("bias.read_population", n=n),))


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
    there = listed is not None and wave_column is not None and wave_column in listed.columns
    return (str(wave_column),) if there else ()


def _inputs(p: Parameters) -> dict[str, Path]:
    given = {"survey": p.survey, "frame": p.frame, "invitations": p.invitations}
    return {name: path for name, path in given.items() if path is not None}


def _path(file: Path | None) -> str:
    return "" if file is None else file.as_posix()
