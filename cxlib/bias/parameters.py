"""A survey file, a customer file and an invitation list -> the people to compare, and the columns
to compare them by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import Field, field_validator

from cxlib import check, scales, sources
from cxlib import language as words
from cxlib.bias import counts, weighting
from cxlib.check import InputFile, StudyParameters
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.table import as_table, natural_order, numeric

if TYPE_CHECKING:
    import ibis.expr.types as ir

_INVITATION, _USABLE = "invitation_id", "usable"


class Parameters(StudyParameters):
    """Parameters of the notebook `02_bias`."""

    survey: InputFile = Field(
        Path("../data/sample/responses.csv"), description="file with the answers, one row each"
    )
    frame: InputFile | None = Field(
        None, description="customer file: everyone the survey should speak for, one row each"
    )
    invitations: InputFile | None = Field(
        None, description="invitation list, one row an invitation; None: there is none"
    )
    customer: str | None = Field(
        None,
        description="column with the customer's id, the same in all files; needed to join them",
    )
    margins: list[str] = Field(
        [], description="columns to compare by and to weight to, such as country and plan"
    )
    score: str | None = Field(
        None, description="column with the answer to 'how likely are you to recommend us'"
    )
    scale: tuple[int, int] = Field(
        (0, 10), description="lowest and highest answer of that question"
    )
    outcome: str | None = Field(None, description="column of numbers whose mean is wanted as well")
    channel: str | None = Field(None, description="column with the channel the answer is about")
    mode: str | None = Field(
        None, description="column of the invitation list: how people were invited"
    )
    wave_column: str | None = Field(
        "wave", description="column that says in which wave an answer came; None: one wave only"
    )
    wave: str | None = Field(None, description="the wave to look at; None: the latest")
    weight: str | None = Field(
        None, description="column with the base weight, such as 1 / chance to be invited"
    )
    cluster: str | None = Field(
        None, description="column with the primary sampling unit, where people were drawn in groups"
    )
    strata: str | None = Field(
        None, description="column with the stratum, where people were drawn by strata"
    )
    fpc: str | None = Field(
        None,
        description="column with the number of clusters (or people) in the stratum's population",
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="level of the intervals")

    @field_validator("margins")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise ValueError("a column is named twice; name each once")
        return value

    @property
    def design(self) -> dict[str, Any]:
        """How people were drawn, and the level: what every estimate with an interval takes."""
        return {
            "cluster": self.cluster,
            "strata": self.strata,
            "fpc": self.fpc,
            "confidence": self.confidence,
        }

    def check(self) -> None:
        """Read the files and refuse what the notebook would refuse, raking included."""
        study = read(self)
        weighting.rake(study.respondents, targets=study.targets, weight=self.weight)


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """What the notebook works on.

    Attributes
    ----------
    respondents : pandas.DataFrame
        Usable answers of the wave, with the margins.
    answers : pandas.DataFrame
        Usable answers of all waves.
    reference : Ibis table or None
        The people the respondents are compared with: the invited of the wave, else everyone in the
        customer file.
    invitations, all_invitations : Ibis table or None
        Invitations of the wave, and of all waves; `usable` says whether a usable answer came.
    targets : dict of str to pandas.Series
        Margin to category to number of people in `reference`.
    invited, population : int or None
        People invited in the wave; people in the customer file where there is no invitation list.
    modes, waves : tuple of str
        The column of the invitation list with the mode, and the one with the wave; empty where
        there is none.
    wave : str or None
    notes, warnings : tuple of str
        What was read, and what a reader should know of it, as sentences.
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
    wave: str | None
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


def read(p: Parameters) -> Study:
    """Read the files of the parameters and join them by customer.

    Raises
    ------
    ColumnError, ParameterError, EmptyDataError, SourceError
        Naming the parameter, its value and the next step.
    """
    survey, notes, warnings = _answers(p)
    frame, invitations = (_people(path, p.customer) for path in (p.frame, p.invitations))
    _refuse_columns(p, survey, frame, invitations)
    survey = _with_margins(p, survey, frame)
    wave = _wave(p, survey)
    respondents = (
        survey if wave is None else survey[survey[p.wave_column] == wave].reset_index(drop=True)
    )
    if wave is not None:
        notes.append(
            words.text(
                "bias.read_wave",
                p.language,
                wave=wave,
                n=words.number(len(respondents)),
                all=words.number(len(survey)),
            )
        )
    listed = _invited(p, invitations, frame, survey)
    invited = _of_wave(listed, p.wave_column, wave)
    reference = invited if invited is not None else frame
    respondents = _known(p, respondents, reference, invited is not None, warnings)
    size = None if reference is None else counts.size(reference)
    key = "none" if reference is None else "invited" if invited is not None else "population"
    notes.append(words.text(f"bias.read_{key}", p.language, n=words.number(size or 0)))
    if p.cluster:
        warnings.append(words.text("bias.clusters", p.language, cluster=p.cluster))
    able = reference is not None and set(p.margins) <= set(reference.columns)
    return Study(
        respondents,
        survey,
        reference if able else None,
        invited,
        listed,
        targets=weighting.margins(reference, columns=p.margins) if able else {},
        modes=(p.mode,) if listed is not None and p.mode else (),
        waves=(p.wave_column,) if listed is not None and p.wave_column in listed.columns else (),
        invited=size if invited is not None else None,
        population=size if invited is None else None,
        wave=wave,
        notes=tuple(notes),
        warnings=tuple(warnings),
    )


def _answers(p: Parameters) -> tuple[pd.DataFrame, list[str], list[str]]:
    """Read the survey; keep the rows with a score, where there is a score."""
    read_in = sources.read_survey(p.survey)
    rows = read_in.frame
    if rows.empty:
        raise EmptyDataError(
            f"survey={p.survey.as_posix()!r} has a header but no answers; export it again with its "
            "rows"
        )
    notes = [
        words.text("bias.read_survey", p.language, n=words.number(len(rows)), file=p.survey.name)
    ]
    check.columns(
        list(rows.columns),
        score=p.score,
        outcome=p.outcome,
        channel=p.channel,
        weight=p.weight,
        cluster=p.cluster,
        strata=p.strata,
        fpc=p.fpc,
    )
    if p.outcome is not None or p.weight is not None or p.fpc is not None:
        numeric(as_table(rows), outcome=p.outcome, weight=p.weight, fpc=p.fpc)
    if p.wave_column not in (None, "wave") or p.wave is not None:
        check.columns(list(rows.columns), wave_column=p.wave_column)
    if p.wave_column not in rows.columns:
        notes.append(words.text("bias.read_wave_none", p.language))
    if p.score is None:
        return rows, notes, []
    parsed = scales.parse_scores(rows[p.score], scale=p.scale)
    present = parsed.values.dropna().value_counts()
    scales.refuse_contradiction(
        {int(score): int(n) for score, n in present.items()}, scale=parsed.scale
    )
    rows = rows.assign(**{p.score: parsed.values})[parsed.values.notna()].reset_index(drop=True)
    return rows, notes, list(parsed.warnings)


def _people(path: Path | None, customer: str | None) -> ir.Table | None:
    """Read a customer file or an invitation list."""
    if path is None:
        return None
    # Text by the survey's reader, so that categories are the same: DuckDB's would make true and
    # false of Yes and No.
    rows = (
        path
        if path.suffix.lower() == ".parquet"
        else sources.read_survey(path, layout="plain").frame
    )
    return counts.as_text(rows, columns=[customer] if customer else [])


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
            "customer's id, the "
            "same in all of them"
        )
    for name, file, table in (
        ("survey", p.survey, survey),
        ("frame", p.frame, frame),
        ("invitations", p.invitations, invitations),
    ):
        if (
            p.customer is not None
            and table is not None
            and (joins or name == "survey")
            and p.customer not in table.columns
        ):
            raise ColumnError(
                f"customer={p.customer!r}: {name}={file.as_posix()!r} has no such column"
                f"{check.did_you_mean(p.customer, table.columns)}"
            )
    if joins and frame is not None:
        _refuse_twice(p, counts.taken(frame, columns=[p.customer])[p.customer])
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
            f"customer={p.customer!r}: {int(twice.sum()):,} rows of frame={p.frame.as_posix()!r} "
            "repeat a "
            f"customer (first: {ids[twice].iloc[0]!r}); give it one row a customer"
        )


def _with_margins(p: Parameters, survey: pd.DataFrame, frame: ir.Table | None) -> pd.DataFrame:
    """Add the margins that only the customer file has."""
    absent = [name for name in p.margins if name not in survey.columns]
    if not absent or frame is None:
        return survey
    people = counts.taken(frame, columns=[p.customer, *absent])
    survey = survey.assign(
        **{p.customer: survey[p.customer].astype("string").str.strip().astype(object)}
    )
    if not survey[p.customer].isin(people[p.customer]).any():
        raise ParameterError(
            f"customer={p.customer!r}: none of the survey's customers (first: "
            f"{survey[p.customer].iloc[0]!r}) "
            f"is in frame={p.frame.as_posix()!r}; give the customer file that belongs to this "
            "survey"
        )
    return survey.merge(people, on=p.customer, how="left")


def _wave(p: Parameters, survey: pd.DataFrame) -> str | None:
    if p.wave_column is None or p.wave_column not in survey.columns:
        return None
    waves = natural_order(survey[p.wave_column])
    if p.wave is None:
        return waves[-1] if waves else None
    chosen = {str(wave): wave for wave in waves}
    check.one_of("wave", p.wave, chosen)
    return chosen[p.wave]


def _invited(
    p: Parameters, invitations: ir.Table | None, frame: ir.Table | None, survey: pd.DataFrame
) -> ir.Table | None:
    """Return the invitation list with the customers' margins, and whether a usable answer came."""
    if invitations is None:
        return None
    keys = [
        name
        for name in (_INVITATION, p.customer, p.wave_column)
        if name in survey.columns and name in invitations.columns
    ]
    keys = [_INVITATION] if _INVITATION in keys else keys
    joined = counts.answered(invitations, survey, keys=keys, name=_USABLE)
    if not counts.taken(joined, columns=[_USABLE])[_USABLE].any():
        raise ParameterError(
            f"invitations={p.invitations.as_posix()!r}: none of the survey's answers belongs to an "
            "invitation "
            f"in it (joined by {words.joined(keys)}); give the list that belongs to this survey, "
            "or None"
        )
    wanted = [
        name
        for name in p.margins
        if frame is not None and name in frame.columns and name not in invitations.columns
    ]
    if not wanted:
        return joined
    return counts.with_columns(joined, frame, key=p.customer, columns=wanted)


def _of_wave(invitations: ir.Table | None, wave_column: str | None, wave: Any) -> ir.Table | None:
    if invitations is None or wave is None or wave_column not in invitations.columns:
        return invitations
    return counts.where(invitations, column=wave_column, value=wave)


def _known(
    p: Parameters,
    respondents: pd.DataFrame,
    reference: ir.Table | None,
    invited: bool,
    warnings: list[str],
) -> pd.DataFrame:
    """Leave out, with a warning, answers of people who are not among those to compare with; name
    people who came twice."""
    if p.customer is None or reference is None or p.customer not in reference.columns:
        return respondents
    people = set(counts.taken(reference, columns=[p.customer])[p.customer])
    known = respondents[p.customer].astype("string").str.strip().isin(people)
    if not known.all():
        where = p.invitations if invited else p.frame
        warnings.append(
            words.text(
                "bias.unknown_people",
                p.language,
                n=words.number(int((~known).sum())),
                where=where.name,
            )
        )
    kept = respondents[known].reset_index(drop=True)
    if kept.empty:
        raise EmptyDataError(
            f"survey={p.survey.as_posix()!r}: none of the {len(respondents):,} answers of this "
            "wave comes from "
            "people to compare with; give the invitation list and the customer file of this wave"
        )
    if twice := int(kept[p.customer].duplicated().sum()):
        warnings.append(words.text("bias.twice", p.language, n=words.number(twice)))
    return kept
