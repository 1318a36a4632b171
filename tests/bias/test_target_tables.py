"""Tables of totals: long or of cells, in any usual words, a wave or a country at a time."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.bias.target_tables import table_columns
from cxlib.errors import CxError, ParameterError, WeightError

COLUMNS = ["response_id", "country", "plan", "wave", "score"]
COUNTS = {"plan": {"basic": 60, "pro": 20}, "country": {"JP": 50, "KR": 30}}
LINES = [(m, c, n) for m, t in COUNTS.items() for c, n in t.items()]
NAMES = [
    ("column", "category", "count"),
    ("Variable", "Level", "N"),
    ("margin", "group", "customers"),
    ("列", "区分", "人数"),
    ("項目", "カテゴリ", "顧客数"),
    ("항목", "구분", "인원"),
    ("변수", "값", "고객 수"),
    ("what", "which", "how many"),
    ("Merkmal", "Ausprägung", "Anzahl"),
]


def mapping(table, **given):
    found = bias.read_targets(table, columns=COLUMNS, **given).as_mapping()
    return {name: totals.to_dict() for name, totals in found.items()}


def written(tmp_path, frame, kind):
    path = tmp_path / f"targets.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_parquet(path)
    return path


@pytest.mark.parametrize("names", NAMES)
def test_long_tables_in_usual_words(names):
    assert mapping(pd.DataFrame(LINES, columns=names)) == COUNTS
    shuffled = pd.DataFrame(LINES, columns=names)[[names[2], names[0], names[1]]]
    assert mapping(shuffled) == COUNTS


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("number", ["share", "割合", "비율", "percent", "%"])
def test_shares_and_percent_from_files(tmp_path, kind, number):
    lines = [("plan", "basic", "75 %"), ("plan", "pro", "25%")]
    frame = pd.DataFrame(lines, columns=["column", "category", number])
    found = mapping(written(tmp_path, frame, kind))
    assert_allclose([found["plan"][name] for name in ("basic", "pro")], [0.75, 0.25])


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("number", ["count", "customers", "人数", "인원", "n", "heads"])
def test_cells_are_added_up_to_each_margin(tmp_path, kind, number):
    cells = pd.DataFrame(
        [("JP", "basic", 1400), ("JP", "pro", 600), ("KR", "basic", 900), ("KR", "pro", 100)],
        columns=["country", "plan", number],
    )
    assert mapping(written(tmp_path, cells, kind)) == {
        "country": {"JP": 2000, "KR": 1000},
        "plan": {"basic": 2300, "pro": 700},
    }


@pytest.mark.parametrize("total", ["Total", "合計", "합계", "計", "Grand total", "全体"])
def test_rows_that_sum_up_others_are_left_out_and_told(total):
    lines = [*LINES[:2], ("plan", total, 80), *LINES[2:], ("country", total, 80)]
    found = bias.read_targets(
        pd.DataFrame(lines, columns=["column", "category", "count"]), columns=COLUMNS
    )
    assert {name: t.to_dict() for name, t in found.as_mapping().items()} == COUNTS
    assert [(note.key, note.values["n"]) for note in found.notes] == [("bias.targets_totals", 2)]


def test_cells_with_totals_and_merged_cells():
    cells = pd.DataFrame(
        [
            ("JP", "basic", 14),
            (None, "pro", 6),
            ("JP", "計", 20),
            ("KR", "basic", 9),
            ("計", "計", 29),
        ],
        columns=["country", "plan", "count"],
    )
    assert mapping(cells) == {"country": {"JP": 20, "KR": 9}, "plan": {"basic": 23, "pro": 6}}


WAVES = pd.DataFrame(
    [(w, m, c, n * k) for w, k in (("W1", 1), ("W2 ", 2)) for m, c, n in LINES],
    columns=["wave", "column", "category", "count"],
)


def test_the_rows_of_the_wave_that_is_looked_at():
    doubled = {m: {c: 2 * n for c, n in t.items()} for m, t in COUNTS.items()}
    assert mapping(WAVES, wave_column="wave", wave="W2") == doubled
    with pytest.raises(ParameterError, match=r"no targets of the wave 'W3'.*there is 'W1', 'W2'"):
        mapping(WAVES, wave_column="wave", wave="W3")
    with pytest.raises(ParameterError, match=r"several waves.*'W1', 'W2'"):
        mapping(WAVES, wave_column="wave")


def test_targets_within_a_country_are_of_combinations():
    counts = pd.DataFrame(
        [("JP", "plan", "basic", 30), ("JP", "plan", "pro", 20), ("KR", "plan", "basic", 30)],
        columns=["country", "column", "category", "count"],
    )
    assert mapping(counts) == {
        ("country", "plan"): {"JP · basic": 30, "JP · pro": 20, "KR · basic": 30}
    }
    assert table_columns(counts, columns=COLUMNS) == ["country", "plan"]


def test_shares_within_a_country_need_the_shares_of_countries():
    lines = [
        ("JP", "plan", "basic", 0.6),
        ("JP", "plan", "pro", 0.4),
        ("KR", "plan", "basic", 0.9),
        ("KR", "plan", "pro", 0.1),
    ]
    names = ["country", "column", "category", "share"]
    with pytest.raises(ParameterError, match="add rows with 'country' as the column"):
        mapping(pd.DataFrame(lines, columns=names))
    own = [(None, "country", "JP", 0.7), (None, "country", "KR", 0.3)]
    found = mapping(pd.DataFrame([*lines, *own], columns=names))
    wanted = {"JP · basic": 0.42, "JP · pro": 0.28, "KR · basic": 0.27, "KR · pro": 0.03}
    assert {key: round(value, 12) for key, value in found["country", "plan"].items()} == wanted


@pytest.mark.parametrize(
    ("frame", "error", "said"),
    [
        (pd.DataFrame({"plam": ["a"], "count": [3]}), ParameterError, "no table of targets"),
        (pd.DataFrame({"plan": ["a", "b"]}), ParameterError, "no table of targets"),
        (
            pd.DataFrame({"column": ["plam"], "category": ["a"], "count": [3]}),
            ParameterError,
            "did you mean 'plan'",
        ),
        (pd.DataFrame({"plan": ["a", "a"], "count": [3, 4]}), ParameterError, "'a' twice"),
        (
            pd.DataFrame({"plan": ["a", "b"], "count": [3, 4], "members": [5, 6]}),
            ParameterError,
            "several columns of numbers",
        ),
        (
            pd.DataFrame({"column": ["plan"] * 2, "category": ["a", "ａ"], "count": [3, 4]}),
            WeightError,
            "'a' and 'ａ'",
        ),
        (
            pd.DataFrame({"round": ["1", "2"], "plan": ["a", "a"], "count": [3, 4]}),
            ParameterError,
            "several waves",
        ),
    ],
)
def test_tables_that_cannot_be_read_are_refused(frame, error, said):
    with pytest.raises(error, match=said):
        bias.read_targets(frame, columns=COLUMNS)


def test_a_cell_without_a_number_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("column,category,count\nplan,basic,60\nplan,pro,\n", encoding="utf-8")
    with pytest.raises(CxError, match="pro"):
        bias.read_targets(path, columns=COLUMNS)


@pytest.mark.parametrize("file", ["population_cells.xlsx", "population_margins.xlsx"])
def test_the_population_weights_the_survey(shared, file):
    """The cases' own README: NPS -31.1 (-39.1 to -23.2), to a digit."""
    folder = shared / "cases" / "population"
    p = bias.Parameters.parse(
        {
            "survey": folder / "survey.csv",
            "score": "score",
            "wave_column": "quarter",
            "targets": folder / file,
        }
    )
    sample = bias.read(p)
    weights = bias.weigh(sample.respondents, targets=sample.targets)
    found = bias.estimate_nps(sample.respondents, score="score", weights=weights).frame
    last = found[found["kind"] == "weighted"].iloc[0]
    assert_allclose(
        [last["nps"], last["ci_low"], last["ci_high"]], [-31.1, -39.1, -23.2], atol=0.05
    )
    assert set(sample.margins) == {"country", "age_band", "plan"}
