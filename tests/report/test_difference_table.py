"""What `cx diff` prints, and its CSV."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from rich.cells import cell_len
from rich.console import Console

from cxlib.errors import ParameterError
from cxlib.report.difference import compare_runs
from cxlib.report.difference_table import as_csv, print_difference
from cxlib.report.run_folders import Run
from tests.report.ledgers import FIGURES, estimate, figure, manifest


def printed(before, now, *, width=80, **reader):
    console = Console(file=io.StringIO(), width=width, color_system=None)
    runs = Run(manifest(), before), Run(manifest(), now)
    found = compare_runs(runs[0].manifest, before, runs[1].manifest, now)
    print_difference(found, *runs, console, **reader)
    return console.file.getvalue()


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width, language):
    where = {"segment": "店舗=" + "東京都千代田区丸の内" * 3, "text": "とても長い名前" * 5}
    told = printed(
        [estimate(0.0, **where)], [estimate(30.0, **where)], width=width, language=language
    )
    lines = told.splitlines()
    assert max(map(cell_len, lines)) <= width
    assert "東" in "".join(lines)


def test_it_speaks_the_readers_language_by_the_readers_clock():
    before, now = [estimate(0.0, verdict="up")], [estimate(30.0, verdict="cannot_tell")]
    told = printed(before, now, language="ja", zone="Asia/Tokyo")
    assert "前回 nps@20260701T000000Z-0（作成日時：2026年7月1日 17:00（日本時間））" in told
    assert "判定が変わったもの（1件）" in told
    assert "上昇、" in told
    with pytest.raises(ParameterError, match="Asia/Tokio"):
        printed(before, now, zone="Asia/Tokio")


def test_verdicts_come_first_then_estimates_and_equal_figures_are_counted():
    before = [
        estimate(1.0),
        estimate(0.0, name="a.x", text="Moved", segment="plan=pro"),
        figure("b.x", text="Same"),
        figure("b.n", text="SizeUnit", value=1),
        figure("c.x", text="Turned", verdict="up"),
        figure("d.x", text="Gone: x", segment="plan=free"),
    ]
    now = [
        before[0],
        estimate(30.0, name="a.x", text="Moved", segment="plan=pro"),
        before[2],
        before[3] | {"value": 2},
        before[4] | {"verdict": "cannot_tell"},
        figure("e", value=None, text="No column has an amount."),
    ]
    told = printed(before, now)
    assert "Verdicts that are not the same (1)" in told
    assert told.index("Turned\n") < told.index("Estimates that are not the same (1)")
    assert told.index("Estimates that are not the same (1)") < told.index("Moved\n")
    assert "apart" in told
    assert "2 figures are the same. 1 count, p value or other figure" in told
    assert "Only in the earlier run (1)\n• Gone: free" in told
    assert "Only in the later run (1)\n• e: No column has an amount." in told
    assert "up, +1.5" not in told
    assert "cannot tell, 1.5" in told


@given(FIGURES, FIGURES)
def test_the_csv_has_every_figure_of_both_runs(before, now):
    found = compare_runs(manifest(), before, manifest(), now)
    rows = list(csv.DictReader(io.StringIO(as_csv(found), newline="")))
    assert len(rows) == len(found.pairs) + len(found.gone) + len(found.new)
    for pair, row in zip(found.pairs, rows, strict=False):
        assert row["value_before"] == (
            "" if pair.before["value"] is None else str(pair.before["value"])
        )
    assert {row["change"] for row in rows} <= {"verdict", "value", "same", "gone", "new"}
    printed(before, now)
