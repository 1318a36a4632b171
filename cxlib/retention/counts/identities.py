"""Events -> what there is to say of the ids in them: spellings that were joined, twins that were
not, words for nobody, and one id that is much of the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from cxlib.comparisons import without
from cxlib.errors import ColumnError
from cxlib.rows.engines import FOLDED, identifier, place_rows
from cxlib.rows.remembered import ask_once, note
from cxlib.shown.message import Message
from cxlib.sources.totals import TOTAL_OF

# what systems and people write where there is no customer
NOBODY = frozenset(
    {"0", "-1", "-", "--", "?", ".", "na", "n/a", "#n/a", "nan", "none", "(none)", "null", "nil"}
    | {"undefined", "unknown", "anonymous", "anon", "guest", "visitor", "test", "walk-in"}
    | {"not set", "(not set)", "no customer", "gast", "unbekannt", "anonym", "invité", "inconnu"}
    | {"anonyme", "invitado", "anónimo", "desconocido", "不明", "未登録", "非会員", "ゲスト"}
    | {"匿名", "なし", "비회원", "손님", "게스트", "익명", "없음"}
)
SHARE = 0.2  # of the events; one customer of ten or more seldom has so many
FEWEST = 10  # customers
_MOST = 10_000  # flagged ids that are looked at
_ROUNDED = "^[1-9]([.,][0-9]+)?[eE][+][0-9]{2}$"


@dataclass(frozen=True, slots=True)
class Ids:
    """What was noticed of the ids: `notes` of what was decided, `warnings` of what was not; and
    whether some are words for totals."""

    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    totals: bool = False


def profile_ids(events: ir.Table, *, customer: str) -> Ids:
    """Look at the distinct ids of a log, by one query where it lies.

    Parameters
    ----------
    events : ibis Table
        One row an event.
    customer : str
        Its column of ids.

    Returns
    -------
    Ids
        How many ids were joined by the rule of `rows.engines.identifier`; how many differ in
        capital letters or leading zeros alone and were kept apart; how many events have a word for
        nobody; and whether one id has more than a fifth of the events. Ids themselves are not
        said: they may be addresses of people.
    """
    return ask_once(events, ("ids", customer), lambda: _profile(events, customer))


def _profile(events: ir.Table, customer: str) -> Ids:
    by = _by_id(events, customer)
    facts = _facts(by, customer)
    if not facts["unfolded"]:
        note(events, (FOLDED, customer))
    totals = facts["totals"] > 0
    heavy = facts["most"] > SHARE * facts["total"]
    if not (facts["nobody"] or heavy or facts["keys"] < facts["ids"]):
        return Ids(totals=totals)
    found = _flagged(by)
    folded = found.groupby("id").agg(n=("n", "sum"), raws=("raw", "nunique")).reset_index()
    joined = folded[folded["raws"] > 1]
    notes = []
    if len(joined):
        told = {"n": len(joined), "spellings": int(joined["raws"].sum())}
        notes.append(Message("retention.ids_joined", column=customer, **told))
    warnings = [*_twins(folded["id"], customer), *_nobody(folded, found, customer)]
    warnings += _heavy(folded, found, customer)
    return Ids(tuple(notes), tuple(warnings), totals)


def count_shared(events: ir.Table, ids: Sequence[str], *, customer: str) -> tuple[int, int]:
    """Return how many of these ids the events have, and how many ids they have in all."""
    own = events.select(cx=identifier(events[customer]).cast("string"))
    own = own.filter(own.cx.notnull()).distinct()
    given = place_rows(pa.table({"cx": pa.array(ids, pa.string())}), events)
    shared = own.semi_join(given, "cx").count().to_pyarrow().as_py()
    return int(shared), int(own.count().to_pyarrow().as_py())


def _by_id(events: ir.Table, customer: str) -> ir.Table:
    """Return `raw`, as it is written, `id`, `key` (in small letters, without zeros in front) and
    `n` events."""
    raw = events.filter(events[customer].notnull()).select(raw=events[customer])
    by = raw.group_by("raw").aggregate(n=raw.count())
    by = by.mutate(id=identifier(by.raw).cast("string"))
    return by.mutate(key=by.id.lower().re_replace("^0+", ""))


def _facts(by: ir.Table, customer: str) -> dict[str, int]:
    """Return what tells whether there is something to say of the ids, by one query over them;
    refuse rounded ones."""
    text = by.raw.type().is_string()
    rounded = by.raw.strip().re_search(_ROUNDED) if text else ibis.literal(False)
    totals = by.raw.strip().lower().re_search(TOTAL_OF) if text else ibis.literal(False)
    known = by.id.notnull()
    found = by.aggregate(
        rounded=by.n.sum(where=rounded),
        totals=by.count(where=totals),
        unfolded=(~by.raw.cast("string").nullif("").identical_to(by.id)).sum(),
        ids=by.count(where=known),
        keys=by.key.nunique(where=known),
        nobody=by.id.lower().isin(sorted(NOBODY)).sum(),
        total=by.n.sum(where=known),
        most=by.n.max(where=known),
    )
    [facts] = found.to_pyarrow().to_pylist()
    facts = {name: int(n or 0) for name, n in facts.items()}
    if facts["rounded"]:
        raise ColumnError(
            f"customer={customer!r}: {facts['rounded']:,} ids are written like 1.23457E+15, as a "
            "spreadsheet rounds long numbers, so that several customers have become one; export "
            "the ids again as text (digits), or name another column"
        )
    return facts


def _flagged(by: ir.Table) -> pd.DataFrame:
    """Return `raw`, `id`, `n`, `total` and `customers` of the ids of which there is something to
    say."""
    by = by.filter(by.id.notnull())
    by = by.mutate(raw=by.raw.cast("string"), total=by.n.sum().over(), customers=by.count().over())
    same = ibis.window(group_by=by.key)
    by = by.mutate(
        first=by.raw.min().over(same),
        last=by.raw.max().over(same),
        nobody=by.id.lower().isin(sorted(NOBODY)),
        heavy=by.n > SHARE * by.total,
    )
    flagged = by.filter((by.first != by.last) | by.nobody | by.heavy)
    flagged = flagged.select("raw", "id", "n", "key", "total", "customers")
    return flagged.order_by("key", "raw").limit(_MOST).to_pyarrow().to_pandas()


def _twins(ids: pd.Series, customer: str) -> list[Message]:
    """Say which ids would be one, but for capital letters, or for zeros in front."""
    found = []
    for fold, key in (
        (ids.str.casefold(), "case"),
        (ids.str.replace(r"^0+(?=[0-9])", "", regex=True), "zeros"),
    ):
        sizes = ids.groupby(fold).nunique()
        twins = sizes[sizes > 1]
        if twins.empty:
            continue
        told = {"column": customer, "n": len(twins), "spellings": int(twins.sum())}
        if key == "case":
            found.append(Message("retention.ids_differ_in_case", **told))
        else:
            found.append(Message("retention.ids_differ_in_zeros", **told))
    return found


def _nobody(folded: pd.DataFrame, found: pd.DataFrame, customer: str) -> list[Message]:
    words = folded[folded["id"].str.lower().isin(NOBODY)]
    return [
        Message(
            "retention.ids_of_nobody",
            column=customer,
            word=row.id,
            n=int(row.n),
            events=int(found["total"].iloc[0]),
            condition=without(customer, [row.id]),
        )
        for row in words.itertuples()
    ]


def _heavy(folded: pd.DataFrame, found: pd.DataFrame, customer: str) -> list[Message]:
    customers, total = int(found["customers"].iloc[0]), int(found["total"].iloc[0])
    top = folded.loc[folded["n"].idxmax()]
    if customers < FEWEST or top["n"] <= SHARE * total or top["id"].lower() in NOBODY:
        return []
    told = {"n": int(top["n"]), "events": total, "customers": customers}
    return [Message("retention.id_is_much_of_the_log", column=customer, **told)]
