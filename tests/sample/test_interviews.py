"""The sample company's interviews: same seed same bytes, offsets that hold, coders who disagree
believably."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
import yaml

from cxlib.errors import SourceError
from cxlib.sample import interviews as sample_interviews
from cxlib.sample import scripts as sample_scripts
from cxlib.sample.company import SEED
from cxlib.sample.interviews import CODERS, write_interviews
from cxlib.sample.scripts import read_scripts
from cxlib.sources import read_transcripts

KINDS = {"goal", "obstacle", "annoyance", "delight", "contact"}


class Written:
    """The interviews as a reader finds them in their folder."""

    def __init__(self, folder: Path, truth: dict) -> None:
        self.folder, self.truth = folder, truth
        read = read_transcripts(folder)
        self.documents, self.turns, self.notes = (
            read.documents.set_index("document"),
            read.turns,
            read.notes,
        )
        self.codes = yaml.safe_load((folder / "codebook.yaml").read_text(encoding="utf-8"))["codes"]
        self.cases = pd.read_csv(folder / "cases.csv")
        self.codings = pd.read_csv(folder / "codings.csv")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("company") / "interviews"
    return Written(folder, write_interviews(folder, seed=SEED))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def turn_of(turns: pd.DataFrame, coding: pd.Series) -> list[int]:
    inside = turns[
        (turns["document"] == coding["document"])
        & (turns["start"] <= coding["start"])
        & (coding["end"] <= turns["end"])
    ]
    return inside["turn"].tolist()


def alpha(written: Written, code: str) -> float:
    """Krippendorff's nominal alpha of present or absent by turn (2011, section B); a document never
    opened is missing."""
    chosen = written.codings[written.codings["code"] == code]
    said = {
        (row["document"], turn_of(written.turns, row)[0], row["coder"])
        for _, row in chosen.iterrows()
    }
    opened = set(zip(written.codings["document"], written.codings["coder"], strict=True))
    disagreed, values, present = 0.0, 0, 0
    for document, turn in zip(written.turns["document"], written.turns["turn"], strict=True):
        marks = [(document, turn, coder) in said for coder in CODERS if (document, coder) in opened]
        disagreed += 2 * sum(marks) * (len(marks) - sum(marks)) / (len(marks) - 1)
        values, present = values + len(marks), present + sum(marks)
    return 1 - (values - 1) * disagreed / (2 * present * (values - present))


def test_same_seed_gives_the_same_bytes(written: Written, tmp_path: Path) -> None:
    truth = write_interviews(tmp_path / "again", seed=SEED)
    assert contents(tmp_path / "again") == contents(written.folder)
    assert truth == written.truth


def test_another_seed_changes_the_codings_alone(written: Written, tmp_path: Path) -> None:
    write_interviews(tmp_path, seed=SEED + 1)
    one, other = contents(written.folder), contents(tmp_path)
    assert {name for name in one if one[name] != other[name]} == {"codings.csv"}


def test_the_committed_interviews_are_those_of_the_seed(written: Written, sample: Path) -> None:
    assert contents(sample / "interviews") == contents(written.folder)


def test_twelve_interviews_in_three_languages_and_five_formats(written: Written) -> None:
    assert written.truth["languages"] == {"en": 4, "ja": 4, "ko": 4}
    assert written.cases["language"].value_counts().to_dict() == {"en": 4, "ja": 4, "ko": 4}
    assert written.documents["format"].value_counts().to_dict() == {
        "vtt": 3,
        "docx": 3,
        "txt": 3,
        "srt": 2,
        "md": 1,
    }
    assert sorted(written.cases["document"]) == sorted(written.documents.index)
    assert written.cases["customer_id"].is_unique
    assert written.cases["stated_nps"].between(0, 10).all()
    assert [str(note) for note in written.notes] == [
        f"12 transcripts, {written.truth['turns']} turns."
    ]  # nothing to look at in any of them


def test_the_cases_are_customers_of_the_committed_company(written: Written, sample: Path) -> None:
    customers = pd.read_csv(sample / "customers.csv", dtype=str)
    both = written.cases.merge(customers, on="customer_id", suffixes=("", "_customer"))
    assert len(both) == 12
    for column in ("language", "country", "segment"):
        assert (both[column] == both[f"{column}_customer"]).all(), column


def test_said_and_done_differ_in_some(written: Written) -> None:
    cases = written.cases
    assert ((cases["stated_nps"] >= 8) & (cases["stays"] == "no")).any()  # satisfied but leaving
    assert ((cases["stated_nps"] <= 6) & (cases["stays"] == "yes")).any()  # complaining but loyal


def test_turns_read_back_as_the_scripts_have_them(written: Written) -> None:
    for script in read_scripts():
        turns = written.turns[written.turns["document"] == script.case["document"]]
        text = written.documents.loc[script.case["document"], "text"]
        assert len(turns) >= 14
        assert turns["speaker"].tolist() == [turn.speaker for turn in script.turns]
        said = [
            re.sub(r"\s", "", text[start:end])
            for start, end in zip(turns["start"], turns["end"], strict=True)
        ]
        assert said == [re.sub(r"\s", "", turn.text) for turn in script.turns]


def test_every_coding_lies_within_one_turn_of_the_customer(written: Written) -> None:
    for _, coding in written.codings.iterrows():
        turns = turn_of(written.turns, coding)
        assert len(turns) == 1
        assert turns[0] % 2 == 1  # the interviewer begins
        words = written.documents.loc[coding["document"], "text"][coding["start"] : coding["end"]]
        assert words
        assert words == words.strip()


def test_without_moves_and_misses_the_codings_are_the_scripts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    exact = sample_interviews.Coder(0.0, 0.0, 1.0, CODERS["aoki"].begins, "ja")
    monkeypatch.setattr(sample_interviews, "CODERS", {"aoki": exact})
    monkeypatch.setattr(sample_interviews, "CONFUSED", {})
    write_interviews(tmp_path, seed=1)
    texts = read_transcripts(tmp_path).documents.set_index("document")["text"]
    codings = pd.read_csv(tmp_path / "codings.csv")
    found = [
        (row.document, row.code, texts[row.document][row.start : row.end])
        for row in codings.itertuples()
    ]
    expected = [
        (script.case["document"], span.code, turn.text[span.start : span.end])
        for script in read_scripts()
        for turn in script.turns
        for span in turn.spans
    ]
    assert found == expected


def test_offsets_hold_beyond_the_basic_plane(written: Written) -> None:
    text = {name: written.documents.loc[name, "text"] for name in written.documents.index}
    assert "𠮷田さん" in text["interview_04_ja.docx"]
    assert "🥹🎂" in text["interview_02_ko.vtt"]
    assert "<3" in text["interview_03_en.vtt"]  # and no voice tag swallowed it
    spans = [text[row.document][row.start : row.end] for row in written.codings.itertuples()]
    assert any(span.startswith('"잘 받았다 😊👍"') for span in spans)


def test_code_book_and_codings_name_the_same_codes(written: Written) -> None:
    names = [code["name"] for code in written.codes]
    assert len(names) == len(set(names)) == 22
    assert set(names) == set(written.codings["code"]) == set(written.truth["codes"])
    assert {code["kind"] for code in written.codes} == KINDS
    assert all(
        set(code) == {"name", "label", "theme", "kind", "definition", "example"}
        for code in written.codes
    )
    for language in ("ja", "ko"):  # a reader of either sees no name in another language
        called = [code["label"].get(language, code["name"]) for code in written.codes]
        assert len({*called}) == 22
        letters = {"ja": "[぀-ヿ一-鿿]", "ko": "[가-힣]"}[language]
        told = [
            code[field][language] for code in written.codes for field in ("theme", "definition")
        ]
        for words in (*called, *told):
            assert re.search(letters, words)
            assert not re.search("[A-Za-z]", words)
    themes = [code["theme"]["en"] for code in written.codes]
    kinds = pd.DataFrame(written.codes).groupby(themes)["kind"].nunique()
    assert (kinds == 1).all()  # a theme is built on one kind
    assert sum(bool(re.search("[぀-ヿ一-鿿]", name)) for name in names) == 2
    assert sum(bool(re.search("[가-힣]", name)) for name in names) == 2


def test_codings_that_are_not_english_have_a_gloss_and_english_ones_none(written: Written) -> None:
    codings = written.codings.merge(written.cases[["document", "language"]], on="document")
    assert codings["gloss"].isna().equals(codings["language"].eq("en"))
    assert not codings["gloss"].dropna().str.contains("[぀-ヿ一-鿿가-힣]").any()


def test_frequencies_of_codes_fall_off(written: Written) -> None:
    interviews = pd.Series(
        {name: counts["interviews"] for name, counts in written.truth["codes"].items()}
    )
    assert (interviews >= 9).sum() >= 2
    assert (interviews == 2).sum() >= 3
    assert (interviews == 1).sum() == 3
    seen, curve = set(), []
    for script in read_scripts():
        seen |= {span.code for turn in script.turns for span in turn.spans if not span.doubtful}
        curve.append(len(seen))
    assert curve[5] - curve[0] > 3 * (curve[11] - curve[6])  # the saturation curve bends


def test_one_coder_never_opened_two_documents(written: Written) -> None:
    opened = written.codings.groupby("coder")["document"].nunique()
    assert opened.to_dict() == {"aoki": 12, "bae": 12, "clark": 10}
    assert written.truth["coders"]["clark"]["unopened"] == [
        "interview_05_ko.docx",
        "interview_10_ja.txt",
    ]


def test_no_coder_codes_the_same_words_twice_alike(written: Written) -> None:
    assert not written.codings.duplicated(["document", "start", "end", "code", "coder"]).any()


def test_times_are_utc_and_memos_are_few(written: Written) -> None:
    assert written.codings["coded_at"].str.fullmatch(r"2026-\d\d-\d\dT\d\d:\d\d:\d\dZ").all()
    assert all(
        group["coded_at"].is_monotonic_increasing for _, group in written.codings.groupby("coder")
    )
    assert 5 <= written.codings["memo"].notna().sum() <= 15


def test_coders_agree_believably(written: Written) -> None:
    """The range asked for: most codes between 0.55 and 0.9, one or two below 0.5, none by chance
    alone."""
    by_code = pd.Series({name: alpha(written, name) for name in written.truth["codes"]})
    assert by_code.between(0.5, 0.9).mean() > 0.75
    assert 1 <= (by_code < 0.5).sum() <= 2
    assert by_code.min() > 0.2
    assert 0.6 < by_code.mean() < 0.85


def test_a_code_that_the_code_book_lacks_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = read_scripts()[0]
    wrong = sample_scripts.Script(
        script.case, script.layout, (sample_scripts._turn("P1", "[[no such code|yes|gloss]]"),)
    )
    monkeypatch.setattr(sample_interviews, "read_scripts", lambda: [wrong])
    with pytest.raises(SourceError, match="no such code"):
        write_interviews(tmp_path, seed=1)


def test_a_transcript_that_reads_back_otherwise_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(
        sample_interviews, "transcript", lambda script: "P1: something else\nP2: yes\n"
    )
    monkeypatch.setattr(sample_interviews, "read_scripts", lambda: [read_scripts()[6]])
    with pytest.raises(SourceError, match="does not read back"):
        write_interviews(tmp_path, seed=1)
