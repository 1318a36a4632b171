"""Figures and manifests of runs, for the tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from cxlib.report.figures import NUMBERS, WORDS

HEADER = "study,figure,segment,wave,value,ci_low,ci_high,confidence,n,unit,verdict,method,text"


def figure(name: str = "level.nps", **values: Any) -> dict[str, Any]:
    blank = dict.fromkeys((*WORDS, "of"), "") | dict.fromkeys(NUMBERS)
    given = {"study": "nps", "figure": name, "unit": "points", "text": "NPS", "value": 1.5}
    return blank | given | values


def estimate(value: float, *, half: float = 5.0, **values: Any) -> dict[str, Any]:
    bounds = {"ci_low": value - half, "ci_high": value + half, "confidence": 0.95}
    return figure(**{"value": value, "n": 100.0, **bounds, **values})


def manifest(**values: Any) -> dict[str, Any]:
    answers = {"parameter": "survey", "path": "data/a.csv", "sha256": "aa"}
    return {
        "name": "nps",
        "run": "20260701T000000Z-0",
        "notebook": "notebooks/03_nps.ipynb",
        "status": "published",
        "started": "2026-07-01T08:00:00.000+00:00",
        "title": "Title",
        "headline": "Finding",
        "parameters": {"survey": "data/a.csv", "wave": "2026Q2", "looks": 1},
        "inputs": [answers],
        "versions": {"cxlib": "0.1.0"},
        "commit": "abc",
        "key": {"code": "c", "versions": "v"},
        **values,
    }


def write_run(folder: Path, rows: str = "", **values: Any) -> Path:
    folder.mkdir(parents=True)
    told = json.dumps(manifest(run=folder.name, name=folder.parent.name, **values))
    (folder / "manifest.json").write_text(told, encoding="utf-8")
    if rows:
        (folder / "figures.csv").write_text(f"{HEADER}\n{rows}\n", encoding="utf-8")
    return folder


_NAMES = st.sampled_from(["level.nps", "waves.nps", "gaps.difference", "chart.outside"])
_NUMBERS = st.none() | st.floats(-100, 100)
_FIGURES = st.builds(
    lambda **values: figure(**values),
    name=_NAMES,
    segment=st.sampled_from(["", "plan=pro", "a=2026Q1", 'plan="a, b=c"']),
    wave=st.sampled_from(["", "2026Q2", "2026Q3"]),
    value=_NUMBERS,
    ci_low=_NUMBERS,
    ci_high=_NUMBERS,
    confidence=st.just(0.95),
    n=_NUMBERS,
    unit=st.sampled_from(["points", "share", "yes_no", "furlongs"]),
    verdict=st.sampled_from(["", "up", "cannot_tell"]),
)
FIGURES = st.lists(
    _FIGURES, max_size=12, unique_by=lambda one: (one["figure"], one["segment"], one["wave"])
)
MANIFESTS = st.builds(
    manifest,
    parameters=st.dictionaries(st.sampled_from(["wave", "where"]), st.sampled_from(["a", "b"])),
    inputs=st.lists(
        st.fixed_dictionaries(
            {
                "parameter": st.sampled_from(["survey", "frame"]),
                "path": st.sampled_from(["a.csv", "b.csv"]),
                "sha256": st.sampled_from(["aa", "bb"]),
            }
        ),
        max_size=2,
        unique_by=lambda one: one["parameter"],
    ),
    commit=st.sampled_from([None, "abc", "def", "abc-dirty"]),
    key=st.sampled_from([None, {"code": "c"}, {"code": "d", "versions": "w"}]),
)
