"""Files of codings, one or one a coder -> the codings of all coders, and how far each has read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from cxlib import check, sources
from cxlib.errors import EmptyDataError, ParameterError, SourceError
from cxlib.interviews import codings as tables
from cxlib.interviews.corpus import CODING, DECISION, PROGRESS
from cxlib.interviews.doubtful_names import (
    doubtful_coders,
    doubtful_codes,
    refuse_two_coders,
    split_codes,
)
from cxlib.interviews.journal import UNCERTAIN
from cxlib.interviews.journal_reading import (
    Written,
    given_doubts,
    is_journal,
    joined,
    read_written,
    with_doubts,
)
from cxlib.interviews.naming import bare, in_quotes
from cxlib.interviews.reach import behind_marks, reach
from cxlib.interviews.settling import is_settling
from cxlib.interviews.sheet_rows import is_sheet
from cxlib.interviews.sheets import read_sheet
from cxlib.interviews.spellings import is_consensus, join_spellings, sounds_agreed
from cxlib.rows.periods import natural_order
from cxlib.shown.message import Message

Given = str | Path | Sequence[str | Path] | None
_TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".parquet", ".jsonl")
_REFUSED = (".ods", ".xls", ".xlsb", ".numbers")  # with how to save them otherwise
_LOCKS = ("~$", ".~", "._")  # what a spreadsheet keeps beside a file that is open
_SCRAPS = (".bak", ".tmp", "~")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Coded:
    """What coders wrote, whatever it was written in.

    Attributes
    ----------
    codings : pandas.DataFrame
        `document, start, end, code, coder, coded_at, memo, gloss` of the coders who are looked at,
        and `uncertain` where any of them is.
    progress : pandas.DataFrame
        `document, coder, read_to`; see `Corpus`.
    consensus : pandas.DataFrame
        As `codings`, of those whose name says that they are no coder but what was agreed upon, and
        `read_to`, how far that goes; missing where it does not say.
    settled : pandas.DataFrame
        `document, start, end, code, holds, reason, decided_by` of spans, from `settled.jsonl`.
    made : pandas.DataFrame
        `name, parent, kind, definition` of codes that coders made in the widget.
    other_codes : tuple of str
        Codes of coders who are not looked at alone.
    new_codes : tuple of str
        Codes that a coder typed or made and that the codebook does not have.
    files : dict of str to Path
        Parameter to the file that was read for it; `codings.1`, `codings.2` where a list was given.
    notes, warnings, flags : tuple of Message
        What was decided, what to look at, and what of it can change the headline.
    """

    codings: pd.DataFrame
    progress: pd.DataFrame
    consensus: pd.DataFrame
    settled: pd.DataFrame
    made: pd.DataFrame
    new_codes: tuple[str, ...] = ()
    other_codes: tuple[str, ...] = ()
    files: dict[str, Path] = field(default_factory=dict)
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    flags: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    """One file as it was read."""

    name: str
    codings: pd.DataFrame
    progress: pd.DataFrame
    notes: tuple[Message, ...]
    flags: tuple[Message, ...]
    written: Written | None = None


def read_codings(
    given: Given,
    *,
    documents: pd.DataFrame,
    units: pd.DataFrame,
    coders: Sequence[str] = (),
    codebook: pd.DataFrame | None = None,
    settled: str | Path | None = None,
    unit: str = "turn",
) -> Coded:
    """Read one file of codings, several, or a folder with one a coder.

    Parameters
    ----------
    given : path of a file or folder, sequence of paths, or None
        Tables (see `read_corpus`), sheets that `write_sheet` wrote and files that `code` wrote, in
        any mixture. None where nothing was coded yet.
    documents, units : pandas.DataFrame
        The transcripts and their units; a number in the column `read` is one of these.
    coders : sequence of str
        Who is looked at; everybody where it is empty.
    codebook : pandas.DataFrame, optional
        The codes there are. Spellings of one are joined; any other code of a table is refused, and
        of a sheet is a new code.
    settled : path, optional
        The settling sheet, which may lie in the folder.
    unit : str
        What `units` are; a sheet that was written with others is flagged.

    Returns
    -------
    Coded

    Raises
    ------
    SourceError
        If a folder holds no codings, a file is no table or does not fit the transcripts, two files
        have the same interview of one coder and differ, or a cell names two coders.
    ParameterError
        If nobody of a name in `coders` has coded.
    """
    paths, files, notes = _paths(given, settled)
    read = [_read(path, documents, units, codebook, unit) for path in paths]
    notes += [note for file in read for note in file.notes]
    flags = [flag for file in read for flag in file.flags]
    written = [file.written for file in read if file.written]
    decisions = _frame([each.decisions for each in written if each.settles], DECISION)
    read, copies = _joined([file for file in read if not (file.written and file.written.settles)])
    codings = with_doubts(_frame([file.codings for file in read], (*CODING, UNCERTAIN)))
    refuse_two_coders(codings["coder"])
    progress = _furthest(_frame([file.progress for file in read], PROGRESS))
    hands = {(coder, bool(file.written)) for file in read for coder in file.codings["coder"]}
    doubts = behind_marks(codings, progress, units, hands=hands)
    doubts += doubtful_codes(codings, codebook)
    codings, consensus, told, sounding = _roles(codings)
    doubts += doubtful_coders(codings["coder"])
    chosen, left_out = _chosen(codings, coders, paths)
    looked_at = codings["coder"].isin(chosen)
    others = set(codings.loc[~looked_at, "code"]) - {*codings.loc[looked_at, "code"]}
    used = pd.concat([frame["code"] for frame in (codings, consensus, decisions)])
    new = () if codebook is None else tuple(sorted({*used} - {"", *codebook["name"]}))
    made = joined([each for each in written if each.settles or each.coder in chosen], codebook)
    return Coded(
        codings=codings[looked_at].reset_index(drop=True),
        settled=decisions,
        made=made,
        progress=progress[progress["coder"].isin(chosen)].reset_index(drop=True),
        consensus=consensus.merge(progress, on=["document", "coder"], how="left"),
        new_codes=new,
        other_codes=tuple(sorted(others)),
        files=files,
        notes=(*notes, *copies, *told, *left_out),
        warnings=(Message("interviews.new_codes", n=len(new), codes=in_quotes(new)),)
        if new
        else (),
        flags=(*flags, *doubts, *sounding),
    )


def _paths(
    given: Given, settled: str | Path | None
) -> tuple[list[Path], dict[str, Path], list[Message]]:
    """Return the files to read, all that was named, and what is passed over."""
    if given is None:
        return [], {}, []
    if not isinstance(given, str | Path):
        paths = [Path(path) for path in given]
        if not paths:
            raise ParameterError("codings=[] names no file; give the files, a folder, or None")
        return paths, {f"codings.{n}": path for n, path in enumerate(paths, start=1)}, []
    path = Path(given)
    if not path.is_dir():
        return [path], {"codings": path}, []
    found = {item.name: item for item in path.iterdir()}
    names = [name for name in natural_order(found) if not name.startswith(_LOCKS)]
    scraps = [name for name in names if name.startswith(".") or name.endswith(_SCRAPS)]
    names = [name for name in names if name not in scraps]
    readable = (*_TABLES, *_REFUSED)
    inside = [
        name for name in names if found[name].suffix.lower() in readable and found[name].is_file()
    ]
    if not inside:
        raise SourceError(
            f"codings={path.as_posix()!r} holds no table ({', '.join(_TABLES)}); it holds "
            f"{', '.join(names[:5]) or 'nothing'}; give the folder with one file a coder, or None "
            "before there are codings"
        )
    settling = [name for name in inside if not is_journal(found[name]) and is_settling(found[name])]
    inside = [name for name in inside if name not in settling]
    unread = [name for name in settling if settled is None or found[name] != Path(settled)]
    told = [Message("interviews.settling_passed_over", names=unread)] if unread else []
    others = [name for name in names if name not in (*inside, *settling)]
    passed = [Message("interviews.files_passed_over", names=others)] if others else []
    return [found[name] for name in inside], {"codings": path}, [*passed, *told]


def _read(
    path: Path,
    documents: pd.DataFrame,
    units: pd.DataFrame,
    codebook: pd.DataFrame | None,
    unit: str,
) -> _File:
    if is_journal(path):
        return _of_journal(path, documents, codebook)
    if is_sheet(path):
        sheet = read_sheet(path, documents=documents, codebook=codebook)
        rows, joined = join_spellings(sheet.codings, codebook)
        opened = _opened(rows, sheet.progress)
        other = Message("interviews.sheet_other_unit", file=path.name, n=len(rows))
        flags = (*sheet.warnings, *([other] if sheet.unit not in ("", unit) else []))
        return _File(path.name, opened, sheet.progress, (*sheet.notes, *joined), flags)
    try:
        given = sources.read_list(path)
    except EmptyDataError as error:
        raise EmptyDataError(
            f"codings={path.name!r} is empty; it needs a header and rows"
        ) from error
    placed = tables.check_codings(given.frame, documents=documents, source=path.name)
    found = reach(given.frame, placed.frame, units=units, source=path.name, unit=unit)
    rows = given_doubts(given.frame, placed.frame)
    rows, several = split_codes(rows, codebook, source=path.name)
    rows, joined = join_spellings(rows, codebook)
    if codebook is not None:
        tables.check_codes(rows, codebook=codebook, source=path.name)
    return _File(
        path.name,
        _opened(rows.reset_index(drop=True), found.progress),
        found.progress,
        (*given.noticed, *placed.notes, *several, *joined),
        (*given.warnings, *placed.warnings, *found.flags),
    )


def _of_journal(path: Path, documents: pd.DataFrame, codebook: pd.DataFrame | None) -> _File:
    found = read_written(path, documents=documents)
    rows, told = join_spellings(found.codings, codebook)
    settled, _ = join_spellings(found.decisions, codebook)
    return _File(
        path.name,
        _opened(rows, found.progress),
        found.progress,
        (*found.notes, *told),
        found.flags,
        replace(found, decisions=settled),
    )


def _joined(files: Sequence[_File]) -> tuple[list[_File], list[Message]]:
    """Return the files, what two have alike left out of the second; refuse what differs, but for
    how far it was read, of which the furthest counts (`_furthest`)."""
    if len(files) < 2:
        return list(files), []
    first: dict[tuple[str, str], tuple[str, list[tuple[str, ...]]]] = {}
    alike: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    kept = []
    for file in files:
        again = []
        for key, rows in file.codings.groupby(["document", "coder"], sort=False):
            document, coder = map(str, key)
            there = sorted(
                map(tuple, rows[["start", "end", "code", "memo"]].astype(str).to_numpy())
            )
            before, same = first.setdefault((document, coder), (file.name, there))
            if before == file.name:
                continue
            if there != same:
                raise SourceError(
                    f"codings: {coder!r} has {document!r} in {before!r} ({len(same):,} rows) and "
                    f"in {file.name!r} ({len(there):,} rows), and they differ; keep the one that "
                    "counts, and take the other out of the folder or list"
                )
            alike[before, file.name].append((document, coder))
            again.append((document, coder))
        kept.append(_without(file, again))
    said = [
        Message("interviews.same_twice", first=one, second=two, n=len(pairs))
        for (one, two), pairs in alike.items()
    ]
    return kept, [*said, *_read_otherwise(files, alike)]


def _read_otherwise(
    files: Sequence[_File], alike: Mapping[tuple[str, str], list[tuple[str, str]]]
) -> Iterator[Message]:
    """Say which copies differ in how far they say that an interview was read."""
    marks = {
        file.name: file.progress.set_index(["document", "coder"])["read_to"].to_dict()
        for file in files
    }
    for (one, two), pairs in alike.items():
        other = [pair for pair in pairs if marks[one].get(pair) != marks[two].get(pair)]
        if other:
            documents = list(dict.fromkeys(document for document, _ in other))
            yield Message(
                "interviews.read_twice", first=one, second=two, n=len(other), documents=documents
            )


def _furthest(progress: pd.DataFrame) -> pd.DataFrame:
    if progress.empty:
        return progress
    return progress.groupby(["document", "coder"], as_index=False, sort=False)["read_to"].max()


def _without(file: _File, pairs: Sequence[tuple[str, str]]) -> _File:
    if not pairs:
        return file
    there = pd.MultiIndex.from_frame(file.codings[["document", "coder"]]).isin(list(pairs))
    return replace(file, codings=file.codings[~there])


def _frame(parts: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    filled = [part.reindex(columns=list(columns)) for part in parts if len(part)]
    if not filled:
        return pd.DataFrame(columns=list(columns))
    return pd.concat(filled, ignore_index=True)


def _opened(codings: pd.DataFrame, progress: pd.DataFrame) -> pd.DataFrame:
    """Return codings with a row without a code for whoever has begun to read and marked nothing."""
    begun = progress.loc[progress["read_to"] > 0, ["document", "coder"]]
    there = pd.MultiIndex.from_frame(codings[["document", "coder"]])
    bare_rows = begun[~pd.MultiIndex.from_frame(begun).isin(there)]
    if bare_rows.empty:
        return codings
    nothing = dict.fromkeys(("code", "coded_at", "memo", "gloss"), "")
    added = bare_rows.assign(start=0, end=0, **nothing)[list(CODING)]
    return pd.concat([codings, added], ignore_index=True) if len(codings) else added


def _chosen(
    codings: pd.DataFrame, coders: Sequence[str], paths: Sequence[Path]
) -> tuple[list[str], list[Message]]:
    """Return who is looked at, and who is not."""
    known = sorted(codings["coder"].unique())
    if not coders or not known:
        return known, []
    wanted = [tables.plain(name) for name in coders]
    begun = {bare(path.stem) for path in paths}  # a sheet in which nothing was filled yet
    for name in wanted:
        if name not in known and bare(name) not in begun:
            raise ParameterError(
                f"coders={name!r} has coded nothing in codings{check.did_you_mean(name, known)}"
            )
    left_out = [name for name in known if name not in wanted]
    rows = codings["coder"].value_counts()
    said = [
        Message("interviews.coders_left_out", coder=name, n=int(rows[name])) for name in left_out
    ]
    return [name for name in known if name in wanted], said


def _roles(
    codings: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, list[Message], list[Message]]:
    """Part what coders wrote from what was agreed upon under a name of its own, and say who only
    sounds like it."""
    rows = codings["coder"].value_counts()
    names = [str(name) for name in rows.index]
    sure = {name for name in names if is_consensus(name, names)}
    agreed = codings["coder"].isin(sure)
    if agreed.all():  # nobody else is there: it is coded by one
        return codings, codings[:0], [], []
    said = [
        Message("interviews.consensus_taken", coder=name, n=int(n))
        for name, n in rows.items()
        if name in sure
    ]
    sounding = [
        Message("interviews.sounds_agreed", coder=name, n=int(rows[name]))
        for name in names
        if len(names) > 1 and name not in sure and sounds_agreed(name)
    ]
    return codings[~agreed], codings[agreed].reset_index(drop=True), said, sounding
