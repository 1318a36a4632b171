"""Columns of an event log that say what was cancelled, sent back or a test -> how many rows are."""

from __future__ import annotations

import re
from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from cxlib.comparisons import as_name, without
from cxlib.rows.table import missing
from cxlib.shown.message import Message

# what a column of such a name has where the row was undone: yes, a day, or an amount
_OF_IT = re.compile(
    r"cancel|refund|(?<![a-z])returned|void|storn|annul|anulad|cancelad|devuel|rembours|erstatt"
    r"|(?<![a-z])(?:is_?)?test(?![a-z])|sandbox|キャンセル|取消|返品|返金|テスト|취소|환불|반품|테스트"
)
_STATE = re.compile(
    r"status|(?<![a-z])state|zustand|estado|statut|(?<![a-z])type|(?<![a-z])typ(?![a-z])|(?<![a-z])kind"
    r"|ステータス|状態|状況|種別|種類|区分|상태|유형|구분"
)
# values; a part of one is enough: "partially_refunded", "注文キャンセル済み"
_UNDONE = (
    r"(?:^|[^a-z])(?:cancell?ed|cancell?ation|cancel|refund(?:ed)?|return(?:ed|s)?|void(?:ed)?|failed"
    r"|declined|chargeback|reversed|reversal|test|sandbox|storno|storniert|erstattet|erstattung"
    r"|retoure|retourniert|annul[ée]+e?|rembours[ée]+e?|remboursement|cancelad[oa]|anulad[oa]"
    r"|reembolsad[oa]|devuelt[oa]|devolución|gutschrift|credit note)(?:$|[^a-z])"
    r"|キャンセル|取消|取り消し|返品|返金|テスト|취소|환불|반품|테스트|退款|退货"
)
_NOT_IT = r"^(?:not|non|un|never|no|nicht|未)[\s_-]*|(?:なし|不可|前)$|nicht "
_YES = ("1", "1.0", "true", "t", "yes", "y", "ja", "oui", "si", "sí", "はい", "예", "x")
_DAY = re.compile(r"(?:^|[_\s])(?:at|on|date|time)$|[a-z](?:At|On|Date|Time)$|日時?$|時刻$|일시?$")
MOST = 6  # values that a condition names; a column with more is no list of states


def find_undone(rows: ir.Table, *, used: Sequence[str]) -> tuple[Message, ...]:
    """Say how many rows a column tells to be cancelled, sent back, refunded or a test.

    Parameters
    ----------
    rows : ibis Table
        All columns of the file.
    used : sequence of str
        Columns that are none of it.
    """
    found = []
    for name in rows.columns:
        own, state = _OF_IT.search(name.casefold()), _STATE.search(name.casefold())
        if name in used or not (own or state):
            continue
        day = own is not None and _DAY.search(name) is not None
        told = _filled(rows, name) if day else _named(rows, name, own=own is not None)
        found += told
    return tuple(found)


def find_blanks(rows: ir.Table, *, value: str) -> tuple[Message, ...]:
    """Say how many rows have no amount."""
    amount: ir.Column = rows[value]
    if amount.type().is_string():
        amount = amount.strip().nullif("")
    [found] = rows.aggregate(all=rows.count(), n=missing(amount).sum()).to_pyarrow().to_pylist()
    n = found["n"] or 0
    said = Message("retention.amounts_missing", n=n, rows=found["all"], column=value)
    return (said,) if n else ()


def _filled(rows: ir.Table, name: str) -> list[Message]:
    column = rows[name].cast("string").strip().nullif("")
    counts = rows.aggregate(n=column.count(), all=rows.count()).to_pyarrow().to_pylist()[0]
    if not 0 < counts["n"] < counts["all"]:
        return []
    said = {"n": counts["n"], "rows": counts["all"], "condition": f"{as_name(name)} is null"}
    return [Message("retention.undone_days", column=name, **said)]


def _named(rows: ir.Table, name: str, *, own: bool) -> list[Message]:
    """Count the rows whose value is a word for it; in a column named for it, "yes" too."""
    text = rows.select(cx=rows[name].cast("string").strip().nullif(""))
    word = text.cx.lower()
    undone = word.re_search(_UNDONE) & ~word.re_search(_NOT_IT)
    if own:
        undone |= word.isin(_YES)
    by = text.mutate(cx_undone=undone.fill_null(False)).group_by("cx", "cx_undone")
    by = by.aggregate(n=lambda each: each.count())
    by = by.mutate(all=by.n.sum().over(), values=ibis._.count().over())
    found = by.filter("cx_undone").order_by(ibis.desc("n"), "cx").limit(MOST + 1)
    values = found.to_pyarrow().to_pylist()
    if not values or len(values) > MOST:
        return []
    n, rows_n = sum(int(row["n"]) for row in values), int(values[0]["all"])
    if n == rows_n:
        return []
    words = [row["cx"] for row in values]
    condition = f"{as_name(name)} is null or {_others(rows, name, words)}"
    said = {"n": n, "rows": rows_n, "values": words, "condition": condition}
    return [Message("retention.undone", column=name, **said)]


def _others(rows: ir.Table, name: str, words: list[str]) -> str:
    """Return the condition that a value is none of these, as the column's type wants it."""
    if rows[name].type().is_boolean():
        return f"{as_name(name)} = false"
    if set(words) <= {"1", "1.0"}:
        return f"{as_name(name)} <> 1"
    return without(name, words)
