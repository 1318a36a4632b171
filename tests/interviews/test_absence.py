"""Before anything is coded, and with one coder: who was heard, what comes next, and sheets."""

from __future__ import annotations

import pandas as pd
import pytest
from numpy.testing import assert_allclose

import cxlib as cx
from cxlib import interviews
from cxlib.errors import ColumnError, ParameterError
from cxlib.interviews import handing_out
from tests.conftest import ROOT

SAMPLE = ROOT / "data" / "sample" / "interviews"
RESULTS = {
    "prevalence": {},
    "agreement": {"by": "theme"},
    "pairs": {},
    "disagreements": {},
    "saturation": {"ahead": 3},
    "by_case": {"case": "language"},
    "cooccurrence": {},
    "quotes": {"each": 2},
}


@pytest.fixture(scope="module")
def uncoded():
    return interviews.read_corpus(
        SAMPLE,
        cases=SAMPLE / "cases.csv",
        speakers={"interviewer": ["聞き手", "진행자", "Interviewer"]},
    )


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_says_what_comes_next(uncoded, name):
    found = getattr(interviews, name)(uncoded, **RESULTS[name])
    assert found.summary().startswith("Nothing was coded yet. Code in JupyterLab with")
    assert found.frame.empty
    assert repr(found.table()) == "Not yet: nothing was coded."
    with pytest.raises(ColumnError, match="alfa"):
        found.table(["alfa"])
    with pytest.raises(ParameterError, match=f"{name} has no parameter 'rull'"):
        getattr(interviews, name)(uncoded, rull="any")
    for method in {"rule", "way", "caution", "first", "crosstab", "passages"} & set(dir(found)):
        one = getattr(found, method)
        said = one(8) if method == "first" else one() if callable(one) else one
        assert "othing was coded" in str(said) or "othing was coded" in repr(said)


def test_all_of_them_go_into_a_ledger(uncoded):
    found = {name: getattr(interviews, name)(uncoded, **RESULTS[name]) for name in RESULTS}
    assert cx.ledger(headline=found["agreement"], **found).frame.empty  # nothing was asked yet


def test_the_sentence_says_where_sheets_are(tmp_path):
    given = {"transcripts": SAMPLE, "coders": ["aoki", "kim"]}
    parameters = interviews.Parameters(**given, sheets=tmp_path / "s")
    told = interviews.prevalence(interviews.read(parameters)).summary()
    assert "Sheets for aoki and kim" in told
    assert "name those" not in told.lower()
    corpus = interviews.read(parameters)
    made = interviews.write_sheets(corpus, parameters.sheets, coders=parameters.coders)
    assert f"Written in {(tmp_path / 's').as_posix()}: " in made.summary()  # the whole path
    parameters = interviews.Parameters(**given, sheets=tmp_path / "s", codings=tmp_path / "s")
    told = interviews.prevalence(interviews.read(parameters)).summary()
    assert "no code stands in what was given as codings. Fill the sheets" in told
    told = interviews.prevalence(interviews.read(interviews.Parameters(**given))).summary()
    assert "name those who code" in told


def test_what_was_read_before_anything_is_coded(uncoded):
    assert uncoded.summary() == "12 interviews were read: 122 units. Nothing was coded yet."
    assert uncoded.warnings == ()
    assert set(uncoded.inputs) == {"transcripts", "cases"}


def test_who_was_heard(uncoded):
    found = interviews.heard(uncoded)
    frame = found.frame.set_index("document")
    assert frame["units"].sum() == len(uncoded.units) == 122
    texts = uncoded.documents.set_index("document")["text"]
    spans = zip(
        uncoded.units["document"], uncoded.units["start"], uncoded.units["end"], strict=True
    )
    assert frame["characters"].sum() == sum(len(texts[d][a:b].strip()) for d, a, b in spans)
    one = uncoded.units[uncoded.units["document"] == "interview_01_ja.vtt"]
    minutes = (one["ended_seconds"] - one["started_seconds"]).sum() / 60
    assert_allclose(frame.at["interview_01_ja.vtt", "minutes"], minutes)
    assert frame["minutes"].isna().sum() == 7  # docx, md and txt of the sample have no times
    assert "In 12 interviews 12 speakers were heard: 122 turns" in found.summary()
    assert "–" in repr(found.table())


@pytest.fixture
def written(monkeypatch):
    """Sheets of one line, in place of those that the package of sheets writes."""
    made = []

    def write(corpus, path, *, coder, codebook, language):
        path.write_text(f"{coder}: {len(corpus.units)}", encoding="utf-8")
        made.append(coder)

    monkeypatch.setattr(handing_out, "write_sheet", write)
    return made


def test_a_sheet_a_coder_and_none_twice(uncoded, written, tmp_path):
    nothing = interviews.write_sheets(uncoded, None, coders=["aoki"])
    assert nothing.frame.empty
    assert nothing.summary() == ""
    assert list(tmp_path.iterdir()) == []
    folder = tmp_path / "sheets" / "two"
    first = interviews.write_sheets(uncoded, folder, coders=["aoki", "김 민수"])
    assert first.frame["file"].tolist() == ["aoki.xlsx", "김 민수.xlsx"]
    (folder / "aoki.xlsx").write_text("filled", encoding="utf-8")
    again = interviews.write_sheets(uncoded, folder, coders=["aoki", "김 민수", "clark"])
    assert written == ["aoki", "김 민수", "clark"]
    assert again.frame["state"].tolist() == ["kept", "kept", "written"]
    assert (folder / "aoki.xlsx").read_text(encoding="utf-8") == "filled"
    assert "clark.xlsx; there already and left as they are: aoki.xlsx" in again.summary()


def test_where_coders_differ_they_get_a_sheet_to_settle_it(written, tmp_path):
    coded = interviews.read_corpus(SAMPLE, codings=SAMPLE / "codings.csv")
    found = interviews.write_sheets(coded, tmp_path)
    assert found.frame["file"].tolist() == [
        *("aoki.xlsx", "bae.xlsx", "clark.xlsx", "settling.xlsx")
    ]
    again = interviews.write_sheets(coded, tmp_path)
    assert set(again.frame["state"]) == {"kept"}


@pytest.mark.parametrize(
    ("coders", "says"),
    [
        ([], r"coders=\[\] names nobody"),
        (["aoki", "Aoki"], "would have the same file 'Aoki.xlsx' as 'aoki'"),
        (["a/b", "a:b"], "would have the same file 'a_b.xlsx'"),
        (["settling"], "as the settling sheet"),
        (["consensus"], "is no name of a coder"),
        ([" "], "is no name of a coder"),
    ],
)
def test_names_that_are_no_files(uncoded, written, tmp_path, coders, says):
    with pytest.raises(ParameterError, match=says):
        interviews.write_sheets(uncoded, tmp_path / "s", coders=coders)
    assert written == []


def test_names_cannot_leave_the_folder(uncoded, written, tmp_path):
    folder = tmp_path / "s"
    interviews.write_sheets(uncoded, folder, coders=["../up", "..", ".hidden", "C:\\x"])
    assert {path.parent for path in tmp_path.rglob("*.xlsx")} == {folder}
    assert not any(path.name.startswith(".") for path in folder.iterdir())


def test_one_coder_has_counts_and_no_agreement():
    rows = pd.read_csv(SAMPLE / "codings.csv")
    assert set(rows["coder"]) == {"aoki", "bae", "clark"}
    corpus = interviews.read_corpus(SAMPLE, codings=SAMPLE / "codings.csv", coders=["aoki"])
    assert "One person coded" in interviews.agreement(corpus).summary()
    for name in ("pairs", "disagreements", "coefficients"):
        assert getattr(interviews, name)(corpus).summary() == ""  # it is said once
    assert interviews.prevalence(corpus).frame["interviews"].sum() > 0


def test_sheets_are_written_where_codings_are_read_from(tmp_path):
    """A path of what is written is as any other path of the notebook, and no input."""
    from cxlib import report

    notebook = ROOT / "notebooks" / "01_interviews.ipynb"
    planned = report.from_notebook(notebook, {"codings": "None", "sheets": str(tmp_path / "new")})
    ready = report.ready(planned, report.read_notebook(notebook), model=interviews.Parameters)
    assert ready.checked.outputs == {"sheets": tmp_path / "new"}
    assert "sheets" not in ready.checked.inputs
