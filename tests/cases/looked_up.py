"""Figures of a case, from the studies' functions and from a published report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

import cxlib as cx
from tests.cases.right import Case

Figures = dict[str, Any]


def by_functions(case: Case) -> tuple[Figures, str]:
    """Return a case's figures and all that its reading says, as a researcher who writes Python
    gets them."""
    return {"nps": _nps, "bias": _bias, "retention": _retention}[case.study](case.parameters())


def _nps(given: dict[str, Any]) -> tuple[Figures, str]:
    p = cx.nps.Parameters.parse(given)
    answers = cx.nps.read(p)
    counts = cx.nps.count_scores(
        answers.rows, score=p.score, by=answers.by, scale=p.scale, **answers.design
    )
    levels = cx.nps.score(counts, by=p.wave_column).frame
    names = levels[p.wave_column] if p.wave_column else [None] * len(levels)
    changes = cx.nps.compare(counts, between=p.wave_column, against=answers.against)
    moves = {}
    if hasattr(changes, "frame") and "difference" in changes.frame:
        moves = dict(
            zip(
                zip(changes.frame["a"], changes.frame["b"], strict=True),
                changes.frame["difference"],
                strict=True,
            )
        )
    nps = dict(zip(names, zip(levels["nps"], levels["n"], strict=True), strict=True))
    figures = {"nps": nps, "moves": moves, "latest": answers.wave}
    return figures, _said(answers, *changes.warnings)


def _bias(given: dict[str, Any]) -> tuple[Figures, str]:
    p = cx.bias.Parameters.parse(given)
    sample = cx.bias.read(p)
    weights = cx.bias.rake(sample.respondents, targets=sample.targets, weight=p.weight)
    nps = cx.bias.estimate_nps(
        sample.respondents, score=p.score, weights=weights, scale=p.scale, **p.design
    )
    first = nps.frame.iloc[0]
    return {"nps": {sample.subject: (first["nps"], first["n"])}}, _said(sample, *nps.warnings)


def _retention(given: dict[str, Any]) -> tuple[Figures, str]:
    p = cx.retention.Parameters.parse(given)
    data = cx.retention.read(p)
    log = {"customer": p.customer, "time": p.time, "zone": p.zone, "as_of": p.as_of}
    cohorts = cx.retention.count_cohorts(
        data.events, **log, period=p.period, duplicates=p.duplicates, value=data.told_apart_by
    )
    durations = cx.retention.follow_customers(data, **log, gap_days=p.gap_days)
    revenue = cx.retention.revenue(
        data.events, **log, period=p.period, value=p.value, duplicates=p.duplicates
    )
    average = cx.retention.average(cx.retention.triangle(cohorts))
    curve = cx.retention.survival(durations)
    figures = {
        "as_of": data.as_of,
        "average": average.frame,
        "movements": cx.retention.movements(cohorts).frame,
        "everyone": curve.frame,
        "revenue": getattr(revenue, "frame", pd.DataFrame()),
    }
    contract = cx.retention.contract(cohorts, durations, records=data)
    words = (
        *contract.warnings,
        *revenue.warnings,
        *curve.warnings,
        contract.table().written().to_string(),
    )
    return figures, _said(data, *words)


def _said(reading: Any, *more: Any) -> str:
    lines = [*map(str, reading.notes), *map(str, reading.warnings), *map(str, more)]
    return "\n".join([*lines, reading.table().written().to_string()])


def by_report(folder: Path) -> tuple[pd.DataFrame, str]:
    """Return the ledger of a published report (empty where it has none) and its words."""
    page = BeautifulSoup((folder / "report.html").read_text(encoding="utf-8"), "html.parser")
    for code in page.find_all(["style", "script", "pre"]):
        code.decompose()
    path = folder / "figures.csv"
    ledger = (
        pd.read_csv(path, dtype={"text": str, "wave": str}) if path.is_file() else pd.DataFrame()
    )
    return ledger, " ".join(page.get_text(" ").split())


def day(text: str) -> dt.date:
    """Return the date of `2026-01-31`."""
    return dt.date.fromisoformat(text[:10])
