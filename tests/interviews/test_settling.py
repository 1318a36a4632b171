"""What coders differ about -> a sheet, filled, and back into every count but agreement."""

from __future__ import annotations

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cxlib as cx
from cxlib import interviews
from cxlib.errors import ColumnError, CxError, ParameterError, SourceError
from cxlib.interviews.counts import grid
from cxlib.interviews.decisions import differs
from tests.conftest import ROOT

SAMPLE = ROOT / "data" / "sample" / "interviews"
ASKING = ["聞き手", "진행자", "Interviewer"]
BEGINS = ["=SUM(1)", "森: 遅い。", "배송이 늦다", "+1 late", "bell \x07 rings", "😀 <b>late</b>"]


def sample(**more):
    options = {"codings": SAMPLE / "codings.csv", "speakers": {"interviewer": ASKING}} | more
    return interviews.read_corpus(SAMPLE, codebook=SAMPLE / "codebook.yaml", **options)


def fill(path, decide):
    """Fill a sheet: `decide` takes a row as a mapping and returns what is written into it."""
    book = openpyxl.load_workbook(path)
    page = book.active
    names = [cell.value for cell in page[1]]
    for cells in page.iter_rows(min_row=2):
        row = {name: cell.value for name, cell in zip(names, cells, strict=True)}
        for name, value in (decide(row) or {}).items():
            cells[names.index(name)].value = value
    book.save(path)


def alpha(corpus):
    return interviews.agreement(corpus, resamples=0).frame["alpha"].iloc[0]


@pytest.fixture
def home(tmp_path):
    """Two coders who differ on each of six units, about words that act in a spreadsheet."""
    folder = tmp_path / "texts"
    folder.mkdir()
    text = "\n\n".join(f"Ann: {begin} unit {n}" for n, begin in enumerate(BEGINS)) + "\n"
    (folder / "a.txt").write_text(text, encoding="utf-8")
    rows = []
    for n, begin in enumerate(BEGINS):
        start = text.index(begin)
        rows.append(("a.txt", start, start + len(begin), "late", ["Mori", "김"][n % 2]))
    for who in ("Mori", "김"):
        rows.append(("a.txt", text.index("unit 0"), text.index("unit 0") + 6, "both", who))
    frame = pd.DataFrame(rows, columns=["document", "start", "end", "code", "coder"])
    frame.to_csv(tmp_path / "codings.csv", index=False)
    return tmp_path


def small(home, **more):
    return interviews.read_corpus(home / "texts", codings=home / "codings.csv", **more)


def test_the_sample_is_settled(tmp_path):
    before, path = sample(), tmp_path / "settling.xlsx"
    differing = interviews.disagreements(before)
    assert interviews.write_settling(before, path) == path
    fill(
        path,
        lambda row: (
            {"settled": "yes", "reason": f"said so: {row['code']}", "decided by": "both"}
            if "aoki" in row["applied by"]
            else {"settled": "いいえ"}
        ),
    )
    after = sample(settled=path)
    assert len(after.decisions) == len(differing.frame) == differs(grid(before)).sum()
    assert alpha(after) == alpha(before)
    assert after.coders == before.coders
    found = interviews.disagreements(after)
    assert f"{len(found.frame)} of these {len(found.frame)} are settled" in found.summary()
    assert set(found.frame["settled"]) == {"yes", "no"}
    assert found.frame.loc[found.frame["settled"] == "yes", "reason"].str.startswith("said").all()
    # whoever is named is not settled for; any rule is: where all are settled, rules do not differ
    laid_out = grid(after)
    assert (laid_out.presence("any") == laid_out.presence("all")).all()
    assert (laid_out.presence("aoki") == grid(before).presence("aoki")).all()
    shared = differs(grid(before))
    assert (laid_out.presence("any")[shared] == grid(before).presence("aoki")[shared]).all()
    said = interviews.prevalence(after).rule.text()
    assert said.startswith(f"What was settled counts first ({len(found.frame)} decisions).")
    assert after.inputs["settled"] == path


def test_a_caution_says_what_is_settled(tmp_path):
    before, path = sample(), tmp_path / "settling.xlsx"
    found = interviews.agreement(before, interval=None)
    low = list(found.frame["code"].iloc[1:][found.frame["judgement"] == "not_reliable"])
    assert len(low) > 1
    settle = "settle what is meant before"
    assert settle in found.caution()
    one, n = low[0], int((interviews.disagreements(before).frame["code"] == low[0]).sum())
    interviews.write_settling(before, path)
    fill(path, lambda row: {"settled": "yes"} if row["code"] == one else None)
    said = interviews.agreement(sample(settled=path), interval=None).caution()
    first, _, second = said.partition("counted. ")
    assert settle in first
    assert f"“{one}”" not in first
    assert f"“{one}” before settling; {n} of {n} " in second
    fill(path, lambda row: {"settled": "no"})
    said = interviews.agreement(sample(settled=path), interval=None).caution()
    assert settle not in said
    assert all(f"“{name}”" in said for name in low)


def test_an_interval_of_two_interviews_is_told_with_the_finding(build):
    marks = [(d, u, "late", who) for d in "abc" for u in (0, 1) for who in ("Kim", "Mori")]
    marks += [("a", 2, "late", "Kim"), ("b", 3, "late", "Mori"), ("b", 2, "late", "Kim")]
    three = interviews.agreement(build(dict.fromkeys("abc", 5), marks))
    told = "rest on 2 interviews, too few to say"
    assert told not in three.caution()
    two = build(dict.fromkeys("ab", 5), [mark for mark in marks if mark[0] != "c"])
    found = interviews.agreement(two)
    assert told in found.caution()
    assert told in " ".join(map(str, found.warnings))
    assert told not in interviews.agreement(two, interval=None).caution()
    assert str(found.said_size(0)) == "10 turns in 2 interviews"
    [mark] = cx.ledger(agreement=found, key=[("agreement.alpha", "first")]).keys
    assert mark["n"] == "10 turns in 2 interviews"
    [mark] = cx.ledger(agreement=found, key=[("agreement.alpha", "first")], language="ja").keys
    assert mark["n"] == "インタビュー2件、発話10件"


def test_half_of_a_sheet_and_writing_it_again(tmp_path):
    path = tmp_path / "settling.xlsx"
    interviews.write_settling(sample(), path)
    numbers = iter(range(10_000))
    fill(path, lambda row: {"settled": "예", "reason": "; =1+1"} if next(numbers) % 2 else None)
    half = sample(settled=path)
    rows = interviews.disagreements(half).frame
    assert len(half.decisions) == len(rows) // 2
    stamp = path.stat().st_mtime_ns
    interviews.write_settling(half, path)
    assert path.stat().st_mtime_ns == stamp  # nothing new: the file is not touched
    # a coder changes her mind on what is settled: the decision stays, last, and is told
    place = half.decisions.iloc[0]
    codings = pd.read_csv(SAMPLE / "codings.csv")
    unit = (codings["document"] == place["document"]) & (codings["code"] == place["code"])
    inside = unit & (codings["end"] > place["start"]) & (codings["start"] < place["end"])
    codings[~inside].to_csv(tmp_path / "codings.csv", index=False)
    changed = sample(codings=tmp_path / "codings.csv", settled=path)
    assert len(changed.decisions) == len(half.decisions)
    assert "goes against what all coders now have" in " ".join(map(str, changed.warnings))
    interviews.write_settling(changed, path)
    again = sample(codings=tmp_path / "codings.csv", settled=path)
    keys = ["document", "start", "end", "code", "holds", "reason"]
    one, two = (set(map(tuple, it.decisions[keys].to_numpy())) for it in (half, again))
    assert one == two


def test_the_heading_says_what_may_be_written(home):
    path = interviews.write_settling(small(home), home / "settling.xlsx")
    heads = {cell.value: cell.comment for cell in openpyxl.load_workbook(path).active[1]}
    said = heads.pop("settled").text
    assert not any(heads.values())
    for word in ("yes", "no", "はい", "いいえ", "예", "아니오", "○", "×"):
        assert word in said
        fill(path, lambda row, word=word: {"settled": word})  # each is read
        assert len(small(home, settled=path).decisions) == len(BEGINS)


def test_words_that_act_are_text(home):
    path = interviews.write_settling(small(home), home / "settling.xlsx")
    page = openpyxl.load_workbook(path).active
    assert page.title == "settling"
    kinds = {cell.data_type for row in page.iter_rows(min_row=2) for cell in row if cell.value}
    assert kinds == {"s", "n"}
    assert page.column_dimensions["M"].hidden
    assert page.data_validations.dataValidation[0].formula1 == '"yes,no"'
    fill(path, lambda row: {"settled": "○" if "unit 1" in row["words"] else "x"})
    after = small(home, settled=path)
    assert after.decisions["holds"].tolist().count(True) == 1
    presence = grid(after).presence("all")
    late = grid(after).codes.index("late")
    assert presence[:, late].tolist() == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    ("word", "holds"),
    [
        *dict.fromkeys(["yes", "Yes.", "TRUE", "○", "はい", "예", "ㅇ", 1, True], True).items(),
        *dict.fromkeys(["no", "×", "Ｎｏ", "いいえ", "아니오", 0, False], False).items(),
    ],
)
def test_yes_and_no_as_people_write_them(home, word, holds):
    path = interviews.write_settling(small(home), home / "settling.xlsx")
    fill(path, lambda row: {"settled": word} if "unit 2" in row["words"] else None)
    assert small(home, settled=path).decisions["holds"].tolist() == [holds]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"settled": "maybe"}, "row 1: settled='maybe' is neither yes nor no; write yes where"),
        ({"settled": "x"}, r"settled='x' is neither yes nor no \(x is yes to some"),
        (
            {"settled": "yes", "code": "latte"},
            "row 1: code='latte' is not in the codebook; did you",
        ),
        ({"settled": "yes", "start": 0}, "row 1: 0 to .* of 'a.txt' is no unit, but lies across"),
        ({"settled": "yes", "start": "?"}, "row 1: start='.' is no number"),
    ],
)
def test_rows_that_cannot_be_read(home, change, says):
    path = interviews.write_settling(small(home), home / "settling.xlsx")
    numbers = iter(range(100))
    fill(path, lambda row: change if next(numbers) == 0 else None)
    with pytest.raises(SourceError, match=says):
        small(home, settled=path)


def test_files_that_are_no_settling_sheet(home):
    corpus, other = small(home), home / "other.xlsx"
    openpyxl.Workbook().save(other)
    with pytest.raises(SourceError, match="is no settling sheet, so it is not written over"):
        interviews.write_settling(corpus, other)
    alone = interviews.read_corpus(home / "texts", codings=home / "codings.csv", coders=["Mori"])
    with pytest.raises(ParameterError, match=r"there is nothing to settle: One person coded"):
        interviews.write_settling(alone, home / "settling.xlsx")
    with pytest.raises(ParameterError, match="is no XLSX file"):
        interviews.write_settling(corpus, home / "settling.csv")
    with pytest.raises(ColumnError, match=r"settled='codings.csv' has no column 'settled'"):
        small(home, settled=home / "codings.csv")
    path = interviews.write_settling(corpus, home / "settling.xlsx")
    fill(path, lambda row: {"settled": "yes"})
    with pytest.raises(ParameterError, match="settles codings, and there are none"):
        interviews.read_corpus(home / "texts", settled=path)


def test_another_text_than_when_it_was_settled(home):
    path = interviews.write_settling(small(home), home / "settling.xlsx")
    fill(path, lambda row: {"settled": "yes"})
    text = home / "texts" / "a.txt"
    words = text.read_text(encoding="utf-8")
    text.write_text(words + "\nAnn: and more\n", encoding="utf-8")  # the rest stands where it stood
    assert len(small(home, settled=path).decisions) == len(BEGINS)
    text.write_text(words.replace("unit 0", "unit X"), encoding="utf-8")
    with pytest.raises(SourceError, match=r"is another text than .* 'unit X'|another text than"):
        small(home, settled=path)


def test_a_sheet_in_the_folder_of_codings_is_not_codings(home):
    each = home / "each"
    each.mkdir()
    (home / "codings.csv").rename(each / "codings.csv")
    corpus = interviews.read_corpus(home / "texts", codings=each)
    interviews.write_settling(corpus, each / "settling.xlsx")
    again = interviews.read_corpus(home / "texts", codings=each)
    assert len(again.codings) == len(corpus.codings)
    assert "settling.xlsx in the folder of codings is for settling" in " ".join(
        map(str, again.notes)
    )


def test_decisions_elsewhere_are_told(home):
    path = interviews.write_settling(small(home), home / "settling.xlsx")
    fill(path, lambda row: {"settled": "yes"})
    fill(path, lambda row: {"document": "b.txt"} if "unit 3" in row["words"] else None)
    found = small(home, settled=path)
    assert len(found.decisions) == len(BEGINS) - 1
    assert "1 decision is about interviews that are not looked at" in " ".join(
        map(str, found.warnings)
    )


@settings(max_examples=15, deadline=None)
@given(chosen=st.lists(st.sampled_from(["yes", "no", ""]), min_size=6, max_size=6))
def test_what_is_settled_counts_and_nothing_else(tmp_path_factory, chosen):
    home = tmp_path_factory.mktemp("settled")
    folder = home / "texts"
    folder.mkdir()
    text = "\n\n".join(f"Ann: {begin} unit {n}" for n, begin in enumerate(BEGINS)) + "\n"
    (folder / "a.txt").write_text(text, encoding="utf-8")
    rows = [
        ("a.txt", text.index(begin), text.index(begin) + 2, "late", ["Mori", "김"][n % 2])
        for n, begin in enumerate(BEGINS)
    ]
    frame = pd.DataFrame(rows, columns=["document", "start", "end", "code", "coder"])
    frame.to_csv(home / "codings.csv", index=False)
    before = small(home)
    path = interviews.write_settling(before, home / "settling.xlsx")
    fill(path, lambda row: {"settled": chosen[int(row["unit"]) - 1] or None})
    after = small(home, settled=path)
    for rule in ("majority", "any", "all"):
        usual = grid(before).presence(rule)[:, 0]
        found = grid(after).presence(rule)[:, 0]
        for n, word in enumerate(chosen):
            assert found[n] == {"yes": True, "no": False, "": usual[n]}[word]


def test_every_refusal_is_one_of_ours(home):
    path = home / "settling.xlsx"
    path.write_bytes(b"PK no workbook")
    with pytest.raises(CxError):
        small(home, settled=path)
