"""Surveys are read from real bytes in the encodings and layouts that tools write; no answer is
altered."""

from __future__ import annotations

import datetime
import io
import unicodedata

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import sources
from cxlib.errors import EmptyDataError, ParameterError, SourceError
from cxlib.rows import scales

JAPANESE = 'response_id,score,comment\nR1,10点,"対応が早くて、とても満足しています。\nまた利用します。"\nR2,７,配送が遅い\n'  # noqa: E501
KOREAN = 'response_id,score,comment\nR1,10점,"상담원이 친절했어요.\n또 이용할게요."\nR2,7,배송이 늦었습니다 ㅠㅠ\n'  # noqa: E501
# Layout of a current Qualtrics export: field ids, question texts (one with a line break and
# quotes), import ids.
QUALTRICS = (
    "StartDate,ResponseId,Q_NPS,Q2_1,Q3\n"
    'Start Date,Response ID,"How likely are you to recommend us?\nChoose ""0"" to ""10""",Reasons - Price,Anything else?\n'  # noqa: E501
    '"{""ImportId"":""startDate"",""timeZone"":""Asia/Tokyo""}","{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}",'
    '"{""ImportId"":""QID2_1""}","{""ImportId"":""QID3_TEXT""}"\n'
    '2026-07-01 09:00:00,R_1,10 - Extremely likely,Price,"Fast,\nfriendly"\n'
    "2026-07-01 10:00:00,R_2,3,,\n"
)
# Layout of a SurveyMonkey export: questions, and below them options; a multi-select has a column an
# option.
SURVEYMONKEY = (
    "Respondent ID,Collector ID,How likely are you to recommend us?,Which channels did you "
    "use?,,,Anything else?\n"
    ",,Response,E-mail,Phone,Other (please specify),Open-Ended Response\n"
    '118,55,10,E-mail,,,"Great, thanks"\n'
    "119,55,2,,Phone,fax,\n"
)


def write(folder, name, content, encoding="utf-8"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (JAPANESE, "utf-8", "utf-8"),
        (JAPANESE, "utf-8-sig", "utf-8-sig"),
        (JAPANESE, "cp932", "cp932"),
        (JAPANESE, "utf-16", "utf-16"),
        (KOREAN, "utf-8", "utf-8"),
        (KOREAN, "utf-8-sig", "utf-8-sig"),
        (KOREAN, "cp949", "cp949"),
        (KOREAN, "utf-16-be", "utf-16"),
    ],
)
def test_every_encoding_gives_the_same_answers(tmp_path, text, encoding, said):
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    survey = sources.read_survey(write(tmp_path, "s.csv", mark + text.encode(encoding)))
    plain = sources.read_survey(write(tmp_path, "plain.csv", text))
    pd.testing.assert_frame_equal(survey.frame, plain.frame)
    assert survey.encoding == said
    assert any(said.removesuffix("-sig").upper() in str(note) for note in survey.notes) is (
        said != "utf-8"
    )
    assert list(survey.frame.columns) == ["response_id", "score", "comment"]
    assert "\n" in survey.frame["comment"][0]


def test_answers_stay_as_given_and_become_scores_later(tmp_path):
    survey = sources.read_survey(write(tmp_path, "s.csv", JAPANESE, "cp932"))
    assert survey.frame["score"].tolist() == ["10点", "７"]
    assert scales.parse_scores(survey.frame["score"]).values.tolist() == [10, 7]


def test_excel_unicode_text_is_tabs_in_utf_16(tmp_path):
    survey = sources.read_survey(write(tmp_path, "s.txt", "번호\t의견\r\n1\t좋아요\r\n", "utf-16"))
    assert survey.frame.to_dict("list") == {"번호": [1], "의견": ["좋아요"]}


def test_qualtrics(tmp_path):
    survey = sources.read_survey(write(tmp_path, "q.csv", QUALTRICS))
    assert survey.layout == "qualtrics"
    assert list(survey.frame.columns) == ["StartDate", "ResponseId", "Q_NPS", "Q2_1", "Q3"]
    assert survey.questions["Q_NPS"] == 'How likely are you to recommend us?\nChoose "0" to "10"'
    assert survey.frame["Q_NPS"].tolist() == ["10 - Extremely likely", "3"]
    assert survey.frame["Q3"][0] == "Fast,\nfriendly"
    assert survey.frame["Q3"].isna().tolist() == [False, True]
    assert "3 header rows" in str(survey.notes[0])


def test_qualtrics_without_question_texts_or_in_tabs(tmp_path):
    texts_removed = "\n".join(
        line
        for line in QUALTRICS.replace("us?\nCh", "us? Ch").split("\n")
        if "Start Date" not in line
    )
    survey = sources.read_survey(write(tmp_path, "q.csv", texts_removed))
    assert (survey.layout, len(survey.frame), survey.questions["Q3"]) == ("qualtrics", 2, "Q3")
    buffer = io.StringIO()
    pd.read_csv(io.StringIO(QUALTRICS), header=None, dtype=str).to_csv(
        buffer, sep="\t", header=False, index=False
    )
    tabs = sources.read_survey(write(tmp_path, "q.tsv", buffer.getvalue(), "utf-16"))
    pd.testing.assert_frame_equal(
        tabs.frame, sources.read_survey(write(tmp_path, "q2.csv", QUALTRICS)).frame
    )


def test_surveymonkey(tmp_path):
    survey = sources.read_survey(write(tmp_path, "m.csv", SURVEYMONKEY))
    assert survey.layout == "surveymonkey"
    channels = "Which channels did you use?"
    assert list(survey.frame.columns) == [
        "Respondent ID",
        "Collector ID",
        "How likely are you to recommend us?",
        f"{channels} - E-mail",
        f"{channels} - Phone",
        f"{channels} - Other (please specify)",
        "Anything else?",
    ]
    assert survey.questions[f"{channels} - Phone"] == channels
    assert survey.frame[f"{channels} - Phone"].tolist()[1] == "Phone"
    assert survey.frame["How likely are you to recommend us?"].tolist() == [10, 2]
    assert survey.frame["Anything else?"][0] == "Great, thanks"


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        (QUALTRICS, "surveymonkey"),
        (SURVEYMONKEY, "qualtrics"),
        ("a,b\n1,2\n", "qualtrics"),
        ("a,b\n1,2\n", "surveymonkey"),
    ],
)
def test_a_layout_that_is_not_there_is_refused(tmp_path, content, layout):
    with pytest.raises(SourceError, match=f"layout='{layout}'"):
        sources.read_survey(write(tmp_path, "s.csv", content), layout=layout)


def test_plain_can_be_insisted_on_and_an_unknown_layout_is_refused(tmp_path):
    path = write(tmp_path, "m.csv", SURVEYMONKEY)
    assert len(sources.read_survey(path, layout="plain").frame) == 3
    with pytest.raises(ParameterError, match="did you mean 'qualtrics'"):
        sources.read_survey(path, layout="qualtrix")


def test_a_plain_file_whose_first_answer_is_missing_stays_plain(tmp_path):
    survey = sources.read_survey(write(tmp_path, "s.csv", "a,b\n,x\n2,y\n"))
    assert (survey.layout, len(survey.frame)) == ("plain", 2)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        min_size=1,
        max_size=5,
    )
)
def test_text_answers_come_back_code_point_by_code_point(tmp_path_factory, answers):
    quoted = ['"' + answer.replace('"', '""') + '"' for answer in answers]
    path = write(
        tmp_path_factory.mktemp("s"),
        "s.csv",
        "id,comment\n" + "".join(f"r,{q}\n" for q in quoted) + "r,word\n",
    )
    comments = sources.read_survey(path).frame["comment"]
    assert [None if pd.isna(comment) else comment for comment in comments] == [
        answer or None for answer in answers
    ] + ["word"]


def test_repeated_and_empty_headers_get_names_and_are_said(tmp_path):
    survey = sources.read_survey(
        write(tmp_path, "s.csv", "score,why,why,,why (2),why\n1,a,b,c,d,e\n")
    )
    assert list(survey.frame.columns) == [
        "score",
        "why",
        "why (3)",
        "column 4",
        "why (2)",
        "why (4)",
    ]
    assert survey.questions["why (4)"] == "why"
    assert any("'why' stands over 3 columns" in str(note) for note in survey.notes)
    assert any("1 columns have no header" in str(note) for note in survey.notes)


def test_a_question_in_two_columns_is_told_of_the_asked_one(tmp_path):
    survey = sources.read_survey(
        write(tmp_path, "s.csv", "score,why,score,empty,empty\n9,a,,,x\n,b,3,,y\n8,c,4,,\n")
    )
    (told,) = survey.asked_twice("score")
    assert told.values == {"column": "score", "other": "score (2)", "n": 2, "alone": 1}
    assert survey.asked_twice("score (2)")[0].values["alone"] == 1
    assert survey.asked_twice("why") == survey.asked_twice("empty (2)") == ()
    texts = QUALTRICS.replace("Anything else?", "Reasons - Price")
    assert sources.read_survey(write(tmp_path, "q.csv", texts)).asked_twice("Q3")[0].values == {
        "column": "Q3",
        "other": "Q2_1",
        "n": 1,
        "alone": 0,
    }
    assert (
        sources.read_survey(write(tmp_path, "m.csv", SURVEYMONKEY)).asked_twice(
            "Which channels did you use? - Phone"
        )
        == ()
    )


def test_rows_and_columns_without_content_are_left_out_and_counted(tmp_path):
    survey = sources.read_survey(write(tmp_path, "s.csv", "a,b,,\r\n1,x,,\r\n,,,\r\n\r\n2,y,,\r\n"))
    assert survey.frame.to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}
    assert any("hold no answer: 1" in str(note) for note in survey.notes)


def test_a_semicolon_in_a_lone_header_does_not_split_it(tmp_path):
    survey = sources.read_survey(write(tmp_path, "s.csv", "Why; really?\ngood\n"))
    assert survey.frame.to_dict("list") == {"Why; really?": ["good"]}


def test_semicolons_are_found_and_said(tmp_path):
    survey = sources.read_survey(write(tmp_path, "s.csv", "note;score\nfast, good;9\n"))
    assert survey.frame.to_dict("list") == {"note": ["fast, good"], "score": [9]}
    assert any("semicolon" in str(note) for note in survey.notes)


@pytest.mark.parametrize(
    "content", ["sep=;\nid;note\n1;a, b\n", '\ufeffsep=,\r\nid,note\r\n1,"a, b"\r\n']
)
def test_excels_own_line_about_separators_is_no_header(tmp_path, content):
    assert sources.read_survey(write(tmp_path, "s.csv", content)).frame.to_dict("list") == {
        "id": [1],
        "note": ["a, b"],
    }


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("s.csv", b"", EmptyDataError, "empty"),
        ("s.csv", b"\n\n", EmptyDataError, "no cell with content"),
        ("s.csv", b"a,b\n", EmptyDataError, "no responses"),
        ("s.csv", "\n".join(QUALTRICS.split("\n")[:4]).encode(), EmptyDataError, "3 header row"),
        ("s.csv", b"a,b\n1,2\n3,4,5\n", SourceError, "line 3 has 3 cells and the header 2"),
        ("s.csv", b'a,b\n1,"open\n3,4\n', SourceError, "quotes do not match"),
        ("s.csv", b'a,b\n1,"x"y\n', SourceError, "quotes do not match"),
        ("s.csv", b"PK\x03\x04rest", SourceError, "zip archive"),
        ("s.csv", b"PAR1rest", SourceError, "Parquet"),
        ("s.csv", b"\x01\x00\x02", SourceError, "zero bytes"),
        ("s.csv", b"<!DOCTYPE html><html>sign in</html>", SourceError, "web page"),
        ("s.csv", b"\xff\xfea", SourceError, "begins as UTF-16"),
        ("s.csv", b"\xff\xfe\0\0a\0\0\0", SourceError, "UTF-32"),
        ("s.xlsx", b"a,b\n1,2\n", SourceError, "not what its suffix says"),
        ("s.xlsx", b"\xd0\xcf\x11\xe0rest", SourceError, "password"),
        ("s.xlsx", b"PK\x03\x04broken", SourceError, "not what its suffix says"),
        ("s.parquet", b"a,b\n1,2\n", SourceError, "not what its suffix says"),
        ("s.sav", b"$FL2", SourceError, "cannot be read as an SPSS file"),
        ("s", b"a\n1\n", SourceError, "no suffix"),
    ],
)
def test_what_cannot_be_read_is_one_refusal(tmp_path, name, content, error, message):
    with pytest.raises(error, match=message):
        sources.read_survey(write(tmp_path, name, content))


def test_absent_files_and_folders_are_refused(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        sources.read_survey(tmp_path / "none.csv")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(SourceError, match="is a folder"):
        sources.read_survey(tmp_path / "folder.csv")


def workbook(folder, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / "s.xlsx")
    return folder / "s.xlsx"


def test_workbook(tmp_path):
    day = datetime.datetime(2026, 7, 1, 9, 30)
    survey = sources.read_survey(
        workbook(
            tmp_path,
            ("表紙", []),
            (
                "回答",
                [
                    ["id", "点数", "理由", "when", "mixed", "price"],
                    ["007", 10, "早い\n安い", day, 3, 1.5],
                    ["8", None, None, day, "4点", 2],
                    [None] * 6,
                ],
            ),
            ("other", [["x"], [1]]),
        )
    )
    frame = survey.frame
    assert frame["id"].tolist() == ["007", "8"]
    assert frame["点数"].tolist() == [10, pd.NA]
    assert frame["理由"][0] == "早い\n安い"
    assert frame["when"].tolist() == [pd.Timestamp(day)] * 2
    assert frame["mixed"].tolist() == ["3", "4点"]
    assert frame["price"].tolist() == [1.5, 2.0]
    assert survey.encoding == "xlsx"
    assert any("sheet '回答'; not from 'other'" in str(note) for note in survey.notes)


def test_workbook_with_qualtrics_headers_and_an_empty_one(tmp_path):
    rows = [
        [None if pd.isna(cell) else cell for cell in row]
        for row in pd.read_csv(io.StringIO(QUALTRICS), header=None, dtype=str).to_numpy().tolist()
    ]
    survey = sources.read_survey(workbook(tmp_path, ("data", rows)))
    assert (survey.layout, survey.frame["ResponseId"].tolist()) == ("qualtrics", ["R_1", "R_2"])
    with pytest.raises(EmptyDataError, match="no sheet with content"):
        sources.read_survey(workbook(tmp_path, ("data", [])))


def test_parquet_keeps_types_and_large_ids(tmp_path):
    frame = pd.DataFrame(
        {
            "id": pd.array([2**62 + 1, None], dtype="Int64"),
            "hash": pd.array([2**64 - 1, None], dtype="UInt64"),
            "score": [9, 10],
            "why": ["빠르다", None],
        }
    )
    frame.to_parquet(tmp_path / "s.parquet")
    survey = sources.read_survey(tmp_path / "s.parquet")
    assert survey.frame["id"].tolist() == [2**62 + 1, pd.NA]
    assert survey.frame["hash"].tolist() == [2**64 - 1, pd.NA]
    assert survey.frame["score"].dtype == "int64"
    assert survey.encoding == "parquet"
    with pytest.raises(SourceError, match="leave layout='auto'"):
        sources.read_survey(tmp_path / "s.parquet", layout="qualtrics")
    frame.iloc[:0].to_parquet(tmp_path / "s.parquet")
    with pytest.raises(EmptyDataError, match="0 rows"):
        sources.read_survey(tmp_path / "s.parquet")


def test_names_are_lazy_and_unknown_ones_are_refused():
    assert "read_survey" in dir(sources)
    with pytest.raises(AttributeError, match="read_interviews"):
        sources.read_interviews  # noqa: B018


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_column_with_what_may_be_thousands_stays_text(tmp_path, separator):
    path = tmp_path / "answers.csv"
    path.write_text("score;w\n9;720\n8;1.286\n".replace(";", separator), encoding="utf-8")
    assert sources.read_survey(path).frame["w"].tolist() == ["720", "1.286"]


def test_letters_in_pieces_are_the_name_that_one_types(tmp_path):
    name = "추천 점수"  # as macOS may write it: each syllable in two or three pieces
    path = tmp_path / "survey.csv"
    path.write_text(unicodedata.normalize("NFD", name) + ",id\n9,1\n", encoding="utf-8")
    assert list(sources.read_survey(path).frame) == [name, "id"]


@pytest.mark.parametrize("day", [2**31 - 1, -(2**31), 2_932_897, -719_163])
def test_a_day_of_no_calendar_in_parquet_is_text(tmp_path, day):
    """As `infinity` is: no reader of days takes it, and most do not ask for the column."""
    days = pa.array([day, 20_000, None], pa.int32()).cast(pa.date32())
    pq.write_table(pa.table({"score": [9, 10, 3], "ended": days}), tmp_path / "answers.parquet")
    frame = sources.read_survey(tmp_path / "answers.parquet").frame
    assert list(frame["score"]) == [9, 10, 3]
    assert isinstance(frame["ended"][0], str)
    assert frame["ended"][1] == "2024-10-04"
    assert pd.isna(frame["ended"][2])


def test_the_last_day_of_the_calendar_stays_a_day(tmp_path):
    days = pa.array([2_932_896, -719_162, None], pa.int32()).cast(pa.date32())
    pq.write_table(pa.table({"ended": days}), tmp_path / "answers.parquet")
    frame = sources.read_survey(tmp_path / "answers.parquet").frame
    assert list(frame["ended"][:2]) == [datetime.date.max, datetime.date.min]
