"""The column `read` of a table of codings -> how far each coder has read each interview."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from cxlib.errors import SourceError
from cxlib.interviews.codings import plain
from cxlib.interviews.corpus import PROGRESS
from cxlib.interviews.units import UnitKind
from cxlib.shown.message import Message

COLUMN = "read"
# to the end, as people write it
_DONE_WORDS = (
    "done yes y true all end finished complete completed 完了 済 済み 全部 読了 終了 "
    "最後まで はい 完 완료 읽음 끝 다 전부 끝까지 예 네"
)
_DONE = frozenset(_DONE_WORDS.split())
_YES = frozenset(["yes", "y", "true", "はい", "예", "네"])  # of the row, where each row has it
_NUMBER = re.compile(r"(\d+)(?:\.0+)?")


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """How far coders have read, and what is to be said of it."""

    progress: pd.DataFrame
    notes: tuple[Message, ...] = ()
    flags: tuple[Message, ...] = ()


def reach(
    given: pd.DataFrame,
    codings: pd.DataFrame,
    *,
    units: pd.DataFrame,
    source: str,
    unit: str = UnitKind.TURN,
) -> Reach:
    """Return `document, coder, read_to` of a table's column `read`; empty where it has none.

    Parameters
    ----------
    given : pandas.DataFrame
        The table as it was read: `read` is `done`, or the number of the last unit that was read, as
        sheets and lists number it; one such cell in an interview of a coder is enough, and the
        furthest counts.
    codings : pandas.DataFrame
        The same rows, checked, numbered from 1.
    units : pandas.DataFrame
        Units of all speakers.
    source : str
        Name of the file, for refusals.
    unit : str
        What `units` are; numbers of others than turns are flagged.

    Raises
    ------
    SourceError
        If a cell is neither empty, `done`, nor the number of a unit.

    Notes
    -----
    Where a coder has the column in one interview and left it empty in another, she has read the
    other as far as her last span there: that is said, since it is a guess. So is a `yes` or TRUE in
    every one of several rows of a coder, which says of each row that it was read, not of the end.
    """
    names = {str(name).strip().casefold(): name for name in given.columns}
    if COLUMN not in names:
        return Reach(pd.DataFrame(columns=list(PROGRESS)))
    cells = given[names[COLUMN]].iloc[codings.index - 1].map(plain)
    rows = codings[["document", "coder", "end"]].assign(cell=cells.to_numpy())
    each_row, flags = _of_each_row(rows, source)
    rows.loc[each_row, "cell"] = ""
    filled = rows[rows["cell"] != ""].drop_duplicates(["document", "cell"])
    flags += _numbered(rows, source, unit)
    of = dict(list(units.groupby("document", sort=False)))
    said = {
        (row.document, row.cell): _read_to(row.cell, of.get(row.document), source, row.Index)
        for row in filled.itertuples()
    }
    places = zip(rows["document"], rows["cell"], strict=True)
    rows["read_to"] = pd.Series(map(said.get, places), index=rows.index, dtype="float64")
    marks = rows.groupby(["document", "coder"], as_index=False, sort=False).agg(
        read_to=("read_to", "max"), last=("end", "max")
    )
    spoke = set(rows.loc[each_row, "coder"])
    who = {*marks.loc[marks["read_to"].notna(), "coder"], *spoke}
    marks = marks[marks["coder"].isin(who)]
    guessed = marks["read_to"].isna()
    frame = marks.assign(read_to=marks["read_to"].fillna(marks["last"]).astype("int64"))
    flags += [
        Message("interviews.read_unmarked", coder=coder, n=len(part), documents=list(part))
        for coder, part in frame.loc[guessed & ~frame["coder"].isin(spoke)].groupby("coder")[
            "document"
        ]
    ]
    return Reach(frame[list(PROGRESS)].reset_index(drop=True), flags=tuple(flags))


def with_marks(codings: pd.DataFrame, progress: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Return a coder's codings with the column that `reach` reads, and a row for each interview in
    which she has read and marked nothing.

    Parameters
    ----------
    codings : pandas.DataFrame
        `document, start, end, code, coder` and any others.
    progress : pandas.DataFrame
        `document, coder, read_to`; an interview that is not there was read to its end.
    units : pandas.DataFrame
        Units of all speakers.
    """
    of = dict(list(units.groupby("document", sort=False)))
    cells = {
        row.document: _mark(row.read_to, of.get(row.document)) for row in progress.itertuples()
    }
    bare = progress.loc[~progress["document"].isin(codings["document"]), ["document", "coder"]]
    places = {name: codings[name].astype(object) for name in ("start", "end")}
    frame = pd.concat([codings.assign(**places), bare], ignore_index=True).fillna("")
    return frame.assign(**{COLUMN: frame["document"].map(cells).fillna("done")})


def _mark(read_to: int, units: pd.DataFrame | None) -> str:
    """Return `done`, or the number of the last unit that was read whole."""
    left = None if units is None else units.loc[units["end"] > read_to, "unit"]
    return "done" if left is None or left.empty else str(int(left.min()) - 1)


def _folded(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip().rstrip(".。!").casefold()


def _of_each_row(rows: pd.DataFrame, source: str) -> tuple[pd.Series, list[Message]]:
    """Return which rows have a yes that is the row's own: those with a span, of a coder who has one
    in each of several."""
    spans = rows[rows["end"] > 0]
    yes = spans["cell"].map(_folded).isin(_YES)
    many = spans.groupby("coder")["end"].transform("size") > 1
    own = yes.groupby(spans["coder"]).transform("all") & many
    said = [
        Message(
            "interviews.read_each_row", file=source, coder=coder, mark=part.iloc[0], n=len(part)
        )
        for coder, part in spans[own].groupby("coder")["cell"]
    ]
    return own.reindex(rows.index, fill_value=False).astype(bool), said


def _numbered(rows: pd.DataFrame, source: str, unit: str) -> list[Message]:
    """Say what numbers were taken to count, where that is not turns."""
    n = int(rows["cell"].map(lambda cell: bool(_NUMBER.fullmatch(_folded(cell)))).sum())
    if not n or unit == UnitKind.TURN:
        return []
    return [Message("interviews.read_in_units", file=source, n=n, units=UnitKind(unit).many)]


def behind_marks(
    codings: pd.DataFrame,
    progress: pd.DataFrame,
    units: pd.DataFrame,
    *,
    hands: Collection[tuple[str, bool]] = (),
) -> list[Message]:
    """Say whose spans lie behind her own mark of how far she has read, which end at the last of
    them then (`counts.grid`); `hands` has who wrote, and whether in the widget or in a table."""
    of = dict(list(units.groupby("document", sort=False)))
    coded = codings[codings["code"] != ""].merge(progress, on=["document", "coder"])
    found = []
    for (document, _), part in coded.groupby(["document", "coder"], sort=False):
        mark = part["read_to"].iloc[0]
        here = of.get(document)
        later = here.loc[here["end"] > mark, "start"] if here is not None else pd.Series()
        if len(later):
            found.append(part[part["end"] > max(mark, later.min())])
    if not found:
        return []
    return [
        Message(
            "interviews.read_behind",
            coder=coder,
            n=len(part),
            documents=list(dict.fromkeys(part["document"])),
            how=_how_to_mark((coder, True) in hands, (coder, False) in hands),
        )
        for coder, part in pd.concat(found).groupby("coder")
    ]


def _how_to_mark(in_widget: bool, in_table: bool) -> Message:
    """Say where a coder writes how far she has read."""
    if in_widget and in_table:
        return Message("interviews.mark_both")
    return Message("interviews.mark_widget" if in_widget else "interviews.mark_column")


def _read_to(cell: str, units: pd.DataFrame | None, source: str, row: int) -> int:
    """Return how far a cell says that the interview was read, in code points."""
    said = _folded(cell)
    if said in _DONE:
        return int(units["end"].max()) if units is not None else 0
    number = _NUMBER.fullmatch(said)
    last = int(units["unit"].max()) if units is not None else 0
    if units is None or number is None or int(number[1]) > last:
        raise SourceError(
            f"codings={source!r}, row {row}: read={cell!r} is neither 'done' nor a unit of this "
            f"interview; write done, or the number of the last unit that was read, at most {last}; "
            "a column read that means something else needs another name"
        )
    before = units.loc[units["unit"] <= int(number[1]), "end"]
    return int(before.max()) if len(before) else 0
