"""What is marked as no answer is left out by a rule, counted and said."""

import pytest

from cxlib.errors import EmptyDataError
from cxlib.shown.language import word
from cxlib.sources import LeftOut, read_list
from tests.sources.test_header_rows import read


@pytest.mark.parametrize("reason", list(LeftOut))
def test_every_reason_has_its_words(reason):
    assert word(reason).startswith("left out: ")


def survey(folder, columns, n=12, **how):
    """Write 12 answers and beside them columns that say what they are; read them."""
    names = ["id", "score", *columns]
    rows = [[f"r{i}x", i % 11, *(values[i] for values in columns.values())] for i in range(n)]
    return read(folder, [names, *rows], **how)


QUALTRICS = {"Progress": [100] * 12, "RecordedDate": ["2026-05-01"] * 12}
KNOWN = {
    "labels": ({"Status": ["IP Address"] * 9 + ["Survey Preview", "Spam", "Survey Test"]}, "pst"),
    "codes": ({"Status": [0] * 9 + [1, 8, 2], **QUALTRICS}, "pst"),
    "flags": ({"Status": [0, 16, 4, 32, 0, 0, 0, 0, 0, 17, 12, 2], **QUALTRICS}, "pst"),
    "channel": ({"DistributionChannel": ["anonymous"] * 9 + ["email", "preview", "gl"]}, "p"),
    "Finished": ({"Finished": ["True"] * 10 + ["False"] * 2, **QUALTRICS}, "uu"),
    "Finished 1/0": ({"Finished": [1] * 10 + [0] * 2, **QUALTRICS}, "uu"),
    "FINISHED of SoSci": ({"FINISHED": [1] * 10 + [0] * 2, "LASTPAGE": [9] * 12}, "uu"),
    "Progress alone": (
        {"Progress": [100] * 10 + [40, 99], "EndDate": ["x"] * 12, "StartDate": ["y"] * 12},
        "uu",
    ),
    "SurveyMonkey": ({"Response Status": ["completed"] * 10 + ["partial", "disqualified"]}, "uu"),
    "Alchemer": ({"Status": ["Complete"] * 9 + ["Partial", "Deleted", "Disqualified"]}, "usu"),
    "test data": ({"Is Test Data": ["No"] * 10 + ["Yes"] * 2}, "tt"),
    "QuestionPro": ({"Response Status": ["Completed"] * 11 + ["Started But Not Completed"]}, "u"),
    "Japanese": ({"回答状況": ["完了"] * 10 + ["途中", "途中"]}, "uu"),
    "Japanese status": ({"ステータス": ["回答済み"] * 11 + ["未完了"]}, "u"),
    "Korean": ({"상태": ["완료"] * 10 + ["중단", "진행 중"]}, "uu"),
    "LimeSurvey": ({"submitdate": ["2026-05-01"] * 10 + [""] * 2, "lastpage": [9] * 12}, "uu"),
    "SoSci": ({"MODE": ["interview"] * 11 + ["pretest"], "QUESTNNR": ["base"] * 12}, "t"),
    "Unipark": ({"dispcode": [31] * 6 + [32] * 5 + [22], "lfdn": range(12)}, "u"),
}
LETTERS = {"p": LeftOut.PREVIEW, "s": LeftOut.SPAM, "t": LeftOut.TEST, "u": LeftOut.UNFINISHED}


@pytest.mark.parametrize(("columns", "marks"), KNOWN.values(), ids=KNOWN)
def test_what_a_tool_marks_is_left_out_counted_and_said(tmp_path, columns, marks):
    found = survey(tmp_path, columns)
    assert found.left_out == {LETTERS[c]: marks.count(c) for c in marks}
    assert len(found.frame) == 12 - len(marks)
    for reason, n in found.left_out.items():
        assert any(f"{n} row" in str(note) and word(reason) in str(note) for note in found.notes)
    unfinished = marks.count("u")
    kept = survey(tmp_path, columns, finished_only=False)
    assert len(kept.frame) == 12 - len(marks) + unfinished
    assert LeftOut.UNFINISHED not in kept.left_out
    assert any(f"{unfinished} response" in str(note) for note in kept.notes) is bool(unfinished)


OWN = {
    "status": {"status": ["active", "churned"] * 6},
    "ones and noughts": {"status": [0, 1] * 6},
    "small numbers": {"Status": [1, 2, 3] * 4},
    "progress": {"progress": [10, 100] * 6},
    "mode": {"mode": ["web", "phone"] * 6, "case": range(12)},
    "Japanese": {"状態": ["会員", "退会"] * 6},
    "seen": {"order status": ["completed", "deleted"] * 6},
    "submitted": {"submitdate": ["2026-05-01", ""] * 6},
    "missing": {"status": [""] * 12},
}


@pytest.mark.parametrize("columns", OWN.values(), ids=OWN)
def test_a_column_of_the_researchers_own_is_never_taken_for_one(tmp_path, columns):
    found = survey(tmp_path, columns)
    assert (len(found.frame), found.left_out, found.warnings) == (12, {}, ())


def test_a_column_that_may_be_one_is_left_alone_and_flagged(tmp_path):
    found = survey(tmp_path, {"Status": ["IP Address"] * 9 + ["Survey Preview", "Spam", "Odd one"]})
    assert (len(found.frame), found.left_out) == (12, {})
    assert "'spam' and 'survey preview' in 2 rows" in str(found.warnings[0])
    found = survey(tmp_path, {"finished": ["yes", "no"] * 6})
    assert (len(found.frame), found.left_out) == (12, {})
    assert "'no' in 6 rows" in str(found.warnings[0])


def test_where_nothing_is_left_it_is_refused_and_the_advice_works(tmp_path):
    columns = {"Response Status": ["partial"] * 12}
    with pytest.raises(EmptyDataError, match=r"12 unfinished.*finished_only=False"):
        survey(tmp_path, columns)
    assert len(survey(tmp_path, columns, finished_only=False).frame) == 12
    with pytest.raises(EmptyDataError, match=r"12 preview.*export the answers"):
        survey(tmp_path, {"DistributionChannel": ["preview"] * 12})


def test_a_row_is_counted_once(tmp_path):
    columns = {
        "Status": ["Survey Preview"] * 2 + ["IP Address"] * 10,
        "Finished": ["False"] * 3 + ["True"] * 9,
        **QUALTRICS,
    }
    found = survey(tmp_path, columns)
    assert found.left_out == {LeftOut.PREVIEW: 2, LeftOut.UNFINISHED: 1}
    assert len(found.frame) == 9


def test_a_list_has_no_statuses(tmp_path):
    survey(tmp_path, {"Response Status": ["complete", "partial"] * 6})
    assert len(read_list(tmp_path / "s.csv").frame) == 12


TOOL = {"Response ID": range(12)}
MORE = {
    "Status of a tool": ({"Status": ["Complete"] * 10 + ["Partial"] * 2, **TOOL}, 2),
    "Complete?": ({"Complete?": ["Complete"] * 10 + ["Incomplete"] * 2, **TOOL}, 2),
    "Japanese values": ({"Finished": ["真"] * 11 + ["偽"], **TOOL}, 1),
    "Korean values": ({"Finished": ["참"] * 11 + ["거짓"], **TOOL}, 1),
    "LimeSurvey": ({"Datum Abgeschlossen": ["2026"] * 9 + [""] * 3, "Letzte Seite": [3] * 12}, 3),
    "REDCap": ({"record_id": range(12), "nps_complete": [2] * 10 + [0, 1]}, 2),
    "Decipher": ({"record": range(12), "uuid": range(12), "status": [3] * 9 + [1, 2, 4]}, 3),
}


@pytest.mark.parametrize(("columns", "n"), MORE.values(), ids=MORE)
def test_what_needs_a_column_of_the_tool_beside_it_is_left_out_with_one(tmp_path, columns, n):
    found = survey(tmp_path, columns)
    assert found.left_out == {LeftOut.UNFINISHED: n}
    assert not found.warnings


FLAGGED = {
    "an order's status": {"Status": ["Complete"] * 10 + ["Partial"] * 2},
    "an order's progress": {"Status": ["Completed"] * 10 + ["In progress"] * 2},
    "progress": {"Progress": [100] * 10 + [30] * 2, **TOOL},
    "completed": {"completed_at": ["2026-05-01"] * 10 + [""] * 2, **TOOL},
    "screened": {"Screened out": ["No"] * 10 + ["Yes"] * 2},
    "exit": {"Exit": ["complete"] * 10 + ["quota full"] * 2},
    "one of two forms": {
        "record_id": range(12),
        "a_complete": [2] * 12,
        "b_complete": [2] * 10 + [0, 1],
    },
}


@pytest.mark.parametrize("columns", FLAGGED.values(), ids=FLAGGED)
def test_what_is_not_certain_is_flagged_and_no_row_left_out(tmp_path, columns):
    found = survey(tmp_path, columns)
    assert (len(found.frame), found.left_out) == (12, {})
    (said,) = found.warnings
    assert "in 2 rows" in str(said)
