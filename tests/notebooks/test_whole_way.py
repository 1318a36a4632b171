"""A team of two codes ten interviews in three languages with nothing but sheets and the notebook:
sheets, one of them half way, agreement, settling, the report, and the second coder finishes.

What is published is compared with what stands in the sheets, counted here anew.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.conftest import ROOT

SAMPLE = ROOT / "data" / "sample" / "interviews"
PLAYED = {"aoki": "aoki", "김": "clark"}  # who is played by which coder of the sample
Row = dict[str, Any]


def rows_of(path: Path, column: str | None = None) -> tuple[Any, list[Row], list[Any]]:
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    head = next(
        row for row in page.iter_rows() if {"document", "unit"} <= {str(cell.value) for cell in row}
    )
    names = [cell.value for cell in head]
    cells = list(page.iter_rows(min_row=head[0].row + 1))
    return (
        book,
        [{name: cell.value for name, cell in zip(names, row, strict=True)} for row in cells],
        [dict(zip(names, row, strict=True)) for row in cells],
    )


def fill(path: Path, decide: Callable[[Row], Row]) -> None:
    """Write into a sheet what `decide` says of each row, as somebody in a spreadsheet would."""
    book, rows, cells = rows_of(path)
    for row, places in zip(rows, cells, strict=True):
        for name, value in decide(row).items():
            places[name].value = value
    book.save(path)


def sample_codes(who: str) -> Callable[[Row], list[str]]:
    """The codes that a coder of the sample put on a unit."""
    codings = pd.read_csv(SAMPLE / "codings.csv")
    own = codings[codings["coder"] == who]

    def codes(row: Row) -> list[str]:
        here = own[own["document"] == row["document"]]
        here = here[(here["start"] < row["end"]) & (here["end"] > row["start"])]
        return list(dict.fromkeys(here["code"]))

    return codes


def as_cells(codes: list[str]) -> Row:
    named = dict(zip(("code", "code 2", "code 3"), codes, strict=False))
    return named | ({"more codes": "; ".join(codes[3:])} if codes[3:] else {})


def sets_in(path: Path, until: Callable[[Row], bool]) -> dict[tuple[str, int], frozenset[str]]:
    """What a sheet says of each unit that was read."""
    _, rows, _ = rows_of(path)
    return {
        (row["document"], row["unit"]): frozenset(
            str(row[name]) for name in ("code", "code 2", "code 3") if row[name]
        )
        | frozenset(filter(None, map(str.strip, str(row["more codes"] or "").split(";"))))
        for row in rows
        if until(row)
    }


def masi(a: frozenset[str], b: frozenset[str]) -> float:
    if a == b:
        return 0.0
    both = a & b
    weight = 2 / 3 if a <= b or b <= a else 1 / 3 if both else 0.0
    return 1 - len(both) / len(a | b) * weight


def alpha(first: dict, second: dict) -> float:
    """Krippendorff's alpha of two coders, by all pairs of what they gave."""
    shared = sorted(set(first) & set(second))
    seen = sum(masi(first[unit], second[unit]) for unit in shared) / len(shared)
    given = [coder[unit] for coder in (first, second) for unit in shared]
    pairs = [masi(a, b) for a, b in itertools.permutations(given, 2)]
    return 1 - seen / (sum(pairs) / len(pairs))


@pytest.fixture(scope="module")
def team(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("team")
    for name in ("notebooks", "reports", "texts"):
        (home / name).mkdir()
    shutil.copy(ROOT / "notebooks" / "01_interviews.ipynb", home / "notebooks")
    (home / "reports" / "mine.yml").write_text("reports: []\n", encoding="utf-8")
    for path in sorted(SAMPLE.glob("interview_*"))[:10]:
        shutil.copy(path, home / "texts")
    return home


def run(home: Path, **given: str) -> str:
    values = {
        "transcripts": "texts",
        "codings": "None",
        "codebook": str(SAMPLE / "codebook.yaml"),
        **dict.fromkeys(("cases", "case", "order"), "None"),
        **given,
    }
    options = [part for item in values.items() for part in ("-p", "=".join(item))]
    ran = subprocess.run(
        [sys.executable, "-m", "cxlib.cli", "run", "notebooks/01_interviews.ipynb", *options],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def published(home: Path) -> tuple[float, str]:
    """Overall agreement in the ledger of the newest report, and its page."""
    folder = home / "reports" / "published" / "interviews"
    newest = folder / (folder / "latest").read_text(encoding="utf-8").strip()
    figures = pd.read_csv(newest / "figures.csv")
    return figures["value"].iloc[0], (newest / "report.html").read_text(encoding="utf-8")


def test_the_whole_way(team):
    sheets = team / "sheets"
    said = run(team, coders="[aoki, 김]", sheets=str(sheets))
    assert "Nothing was coded yet" in said
    assert sorted(path.name for path in sheets.iterdir()) == ["aoki.xlsx", "김.xlsx"]

    # aoki reads all; 김 five interviews, and of the sixth the first half
    documents = sorted(path.name for path in (team / "texts").iterdir())
    half = documents[5]
    codes = {name: sample_codes(played) for name, played in PLAYED.items()}
    fill(sheets / "aoki.xlsx", lambda row: {**as_cells(codes["aoki"](row)), "read": "done"})
    before = {row["unit"] for row in rows_of(sheets / "김.xlsx")[1] if row["document"] == half}
    middle = sorted(before)[len(before) // 2]

    def read_by_kim(row: Row) -> bool:
        return row["document"] < half or (row["document"] == half and row["unit"] <= middle)

    def kim(row: Row) -> Row:
        if not read_by_kim(row):
            return {}
        mark = "x" if (row["document"], row["unit"]) == (half, middle) else None
        mark = "完了" if row["document"] < half else mark
        return {**as_cells(codes["김"](row)), "memo": "=1+1; \n확인", "read": mark}

    fill(sheets / "김.xlsx", kim)
    run(team, codings="sheets", sheets=str(sheets))
    value, page = published(team)
    by_hand = alpha(
        sets_in(sheets / "aoki.xlsx", lambda row: True), sets_in(sheets / "김.xlsx", read_by_kim)
    )
    assert value == pytest.approx(by_hand, abs=1e-9)
    assert "not yet read by 김" in page

    # what they differ about is settled
    settling = sheets / "settling.xlsx"
    _, differing, _ = rows_of(settling)
    assert differing
    fill(settling, lambda row: {"settled": "yes", "reason": "読み合わせ"})
    run(team, codings="sheets", settled=str(settling), sheets=str(sheets))
    after, page = published(team)
    assert after == pytest.approx(by_hand, abs=1e-9)  # never a coder in agreement
    assert f"{len(differing)} of these {len(differing)} are settled" in page

    # 김 finishes; what was settled stays
    fill(sheets / "김.xlsx", lambda row: {**as_cells(codes["김"](row)), "read": "done"})
    run(team, codings="sheets", settled=str(settling), sheets=str(sheets))
    value, page = published(team)
    whole = [sets_in(sheets / name, lambda row: True) for name in ("aoki.xlsx", "김.xlsx")]
    assert value == pytest.approx(alpha(*whole), abs=1e-9)
    assert "not yet read" not in page
    now = rows_of(settling)[1]
    assert len(now) > len(differing)
    assert sum(row["settled"] == "yes" for row in now) == len(differing)
    assert f"{len(differing)} of these {len(now)} are settled" in page
