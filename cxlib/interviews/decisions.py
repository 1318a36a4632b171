"""A settling sheet, and codings of what was agreed upon -> what was settled, by unit and code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ParameterError, SourceError
from cxlib.interviews import counts
from cxlib.interviews.code_names import CodeNames
from cxlib.interviews.codings import plain
from cxlib.interviews.consensus import settled_by
from cxlib.interviews.corpus import DECISION, Corpus
from cxlib.interviews.naming import bare, first_few, in_quotes
from cxlib.interviews.settling import SettlingRows, read_settling
from cxlib.shown.message import Message

_KEY = ["document", "start", "end", "code"]


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """What there is to say of decisions."""

    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    flags: tuple[Message, ...] = ()  # what of it can change the headline


def with_settled(
    corpus: Corpus,
    settled: str | Path | None,
    *,
    consensus: pd.DataFrame,
    spans: pd.DataFrame | None = None,
    other_codes: Sequence[str] = (),
) -> tuple[Corpus, Decided]:
    """Return the corpus with what was settled.

    Parameters
    ----------
    corpus : Corpus
    settled : path, optional
        A sheet of `write_settling`, filled as far as it is.
    consensus : pandas.DataFrame
        Codings of what was agreed upon (see `consensus.settled_by`). The sheet stands above it.
    spans : pandas.DataFrame, optional
        What was settled in the widget: `document, start, end, code, holds, reason, decided_by` of
        spans. The sheet stands above it, and it stands above `consensus`.
    other_codes : sequence of str
        Codes of coders who are not looked at; decisions about them are left out.

    Raises
    ------
    SourceError, ColumnError
        A row of the sheet that cannot be read, with the row, the value and the next step.
    ParameterError
        If there is something settled, and no codings.
    """
    spans = consensus[:0] if spans is None else spans
    if settled is None and consensus.empty and spans.empty:
        return corpus, Decided()
    if corpus.codings.empty:
        raise ParameterError(
            f"settled={Path(settled or 'settled.jsonl').name!r} settles codings, and there are "
            "none; give codings=, or settled=None"
        )
    parts, notes, warnings, taken = [], [], [], consensus[:0]
    flags: tuple[Message, ...] = ()
    if settled is not None:
        rows = read_settling(settled)
        made, lost = _checked(rows, corpus, other_codes)
        parts.append(made)
        warnings += list(lost)
        notes.append(
            Message("interviews.settled_read", file=rows.name, n=len(made), rows=len(rows.frame))
        )
    if len(spans):
        made = of_spans(spans, corpus, other_codes)
        taken = made[made["holds"].astype(bool)]
        warnings += _overruled(parts, made)
        parts.append(made)
        notes.append(Message("coder.settled_read", n=len(made), spans=len(spans)))
    if len(consensus):
        agreed = settled_by(corpus, consensus)
        warnings += _overruled(parts, agreed.decisions)
        parts.append(agreed.decisions)
        flags = agreed.flags
    decisions = pd.concat(parts, ignore_index=True).drop_duplicates(_KEY)
    corpus = replace(corpus, decisions=decisions.reset_index(drop=True))
    return corpus, Decided(tuple(notes), (*warnings, *_needless(corpus, taken)), flags)


def of_spans(spans: pd.DataFrame, corpus: Corpus, other_codes: Sequence[str] = ()) -> pd.DataFrame:
    """Return what was settled of spans as decisions about the units they lie on: a code holds on a
    unit where one of its spans there does.

    Parameters
    ----------
    spans : pandas.DataFrame
        `document, start, end, code, holds, reason, decided_by`; may be empty.
    corpus : Corpus
    other_codes : sequence of str
        Codes that nobody of the corpus uses; left out.

    Returns
    -------
    pandas.DataFrame
        The same columns, one row a unit and code.
    """
    if spans.empty:
        return spans
    used = {*corpus.codings["code"].unique()}
    passed = {bare(code) for code in other_codes} - {bare(code) for code in used}
    spans = spans[~spans["code"].map(bare).isin(passed)].reset_index(drop=True)
    row, unit = counts.overlaps(spans, corpus.units, corpus.documents)
    places = corpus.units.iloc[unit][["document", "start", "end"]].reset_index(drop=True)
    about = spans.iloc[row][["code", "holds", "reason", "decided_by"]].reset_index(drop=True)
    made = pd.concat([places, about], axis=1).sort_values("holds", ascending=False, kind="stable")
    return made.drop_duplicates(_KEY).sort_index()[list(DECISION)].reset_index(drop=True)


def _overruled(sheet: list[pd.DataFrame], agreed: pd.DataFrame) -> list[Message]:
    """Say how many decisions of the sheet differ from the codings of what was agreed upon."""
    if not sheet:
        return []
    both = pd.concat(sheet).drop_duplicates(_KEY).merge(agreed, on=_KEY)
    other = both[both["holds_x"].astype(bool) != both["holds_y"].astype(bool)]
    if other.empty:
        return []
    names = in_quotes(dict.fromkeys(other["decided_by_y"]))
    return [Message("interviews.settled_over_consensus", n=len(other), coders=names)]


def _checked(
    rows: SettlingRows, corpus: Corpus, other_codes: Sequence[str]
) -> tuple[pd.DataFrame, Iterator[Message]]:
    """Return the decisions of a sheet, and what of it is left out."""
    made = rows.decided()
    made["document"] = made["document"].map(
        {plain(name): name for name in corpus.documents["document"]}
    )
    elsewhere = made["document"].isna()
    made = made[~elsewhere]
    known = {bare(name) for name in corpus.codebook["name"]}
    passed = {bare(code) for code in other_codes} - known
    others_only = made["code"].map(bare).isin(passed)
    unknown = list(dict.fromkeys(made.loc[others_only, "code"]))
    n_unknown, made = int(others_only.sum()), made[~others_only]
    made["code"] = [_code(code, corpus, rows.name, row) for row, code in made["code"].items()]
    rows.refuse_changed(made, corpus.documents)
    unit = pd.MultiIndex.from_frame(corpus.units[["document", "start", "end"]])
    there = pd.MultiIndex.from_frame(made[["document", "start", "end"]]).isin(unit)
    others = made[~there]
    over = counts.overlaps(others.reset_index(drop=True), corpus.units, corpus.documents)[0]
    if len(over):
        row = others.index[over[0]]
        raise SourceError(
            f"settled={rows.name!r}, row {row}: {others.at[row, 'start']} to "
            f"{others.at[row, 'end']} of {others.at[row, 'document']!r} is no unit, but lies "
            f"across units; it was settled by other units than {corpus.unit!r}: read with those, "
            "or write a new sheet with write_settling"
        )
    made = made[there]
    _refuse_two_ways(made, rows.name)
    left_out = _left_out(int(elsewhere.sum()), len(others), n_unknown, unknown)
    return made[list(DECISION)], left_out


def _left_out(
    elsewhere: int, silent: int, n_unknown: int, unknown: Sequence[str]
) -> Iterator[Message]:
    if n_unknown:
        codes = first_few(in_quotes(unknown))
        yield Message("interviews.settled_other_codes", n=n_unknown, codes=codes)
    if elsewhere:
        yield Message("interviews.settled_elsewhere", n=elsewhere)
    if silent:
        yield Message("interviews.settled_no_unit", n=silent)


def _code(code: str, corpus: Corpus, name: str, row: int) -> str:
    known = list(corpus.codebook["name"])
    alike = [each for each in known if bare(each) == bare(code)]
    if code not in known and len(alike) != 1:
        raise SourceError(
            f"settled={name!r}, row {row}: code={code!r} is not in the codebook"
            f"{check.did_you_mean(code, known)}"
        )
    return code if code in known else alike[0]


def _refuse_two_ways(made: pd.DataFrame, name: str) -> None:
    ways = made.groupby(_KEY)["holds"].transform("nunique")
    if (ways > 1).any():
        row = (ways > 1).idxmax()
        raise SourceError(
            f"settled={name!r}, row {row}: {made.at[row, 'code']!r} on the same unit of "
            f"{made.at[row, 'document']!r} is settled with yes and with no; keep one row"
        )


def differs(grid: counts.Grid) -> NDArray:
    """Return where coders who read a unit differ about a code: (units, codes)."""
    who, could = grid.applied.sum(axis=1), grid.opened.sum(axis=1)[:, None]
    return (who > 0) & (who < could)


def settled_of(grid: counts.Grid, of_code: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return how many disagreements about a code are settled, and how many there are, added up by
    the name that each code has in `of_code`: its own, its theme or its kind."""
    there = differs(grid)
    settled = there & (grid.settled >= 0)
    found = pd.DataFrame({"of": list(of_code), "settled": settled.sum(0), "n": there.sum(0)})
    summed = found.groupby("of")[["settled", "n"]].sum()
    return {str(name): (int(row["settled"]), int(row["n"])) for name, row in summed.iterrows()}


def _needless(corpus: Corpus, taken: pd.DataFrame) -> Iterator[Message]:
    """Say which decisions are about units on which nobody differs (any more), but not alike. Not
    told are those of `taken`: in the widget also that on which all agree may be taken over."""
    grid = counts.grid(corpus)
    who, could = grid.applied.sum(axis=1), grid.opened.sum(axis=1)[:, None]
    agreed = np.where((who == could) & (could > 0), 1, np.where(who == 0, 0, -1))
    against = (grid.settled >= 0) & (agreed >= 0) & (agreed != grid.settled)
    if against.any():
        codes = [grid.codes[which] for which in np.flatnonzero(against.any(axis=0))]
        names = CodeNames.of(corpus.codebook)
        said = first_few(in_quotes(names.column("code", codes)))
        yield Message("interviews.settled_against_all", n=int(against.sum()), codes=said)
    idle = (grid.settled >= 0) & (agreed == grid.settled) & ~_marked(grid, taken)
    if idle.any():
        yield Message("interviews.settled_idle", n=int(idle.sum()))


def _marked(grid: counts.Grid, taken: pd.DataFrame) -> NDArray:
    """Return which units and codes are among some decisions: (units, codes)."""
    found = np.zeros(grid.settled.shape, bool)
    places = ["document", "start", "end"]
    unit = pd.MultiIndex.from_frame(grid.units[places]).get_indexer(taken[places])
    code = pd.Index(grid.codes).get_indexer(taken["code"])
    there = (unit >= 0) & (code >= 0)
    found[unit[there], code[there]] = True
    return found
