"""Transcripts as tools write them: speakers and turns are found, and offsets hold code point by
code point.

The expectations are written by hand from the formats' descriptions (WebVTT: W3C; Zoom, Teams and
Otter: their exports as described by their users); no real export was at hand."""

from __future__ import annotations

import hashlib
import html

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import sources
from cxlib.errors import EmptyDataError, SourceError
from tests.sources.interviews import folder_of, said

WEBVTT = """\
WEBVTT - 顧客インタビュー
Kind: captions

STYLE
::cue(b) {
  color: red;
}

REGION
id:fred

NOTE recorded in Tokyo
Name: this is no speech

intro
00:01.000 --> 00:03.500 align:start position:10%
<v.loud.first 田中 花子>配送が<b>遅い</b>のが困ります。</v>
<v Interviewer>R&amp;D &lt;3&nbsp;?

00:00:05.000 --> 00:00:06.000
<v Interviewer>いつから<00:00:05.500>ですか</v>

00:00:09.000 --> 00:00:10.000
<v Interviewer>もう一度</v>
"""
ZOOM = """\
WEBVTT

1
00:00:01.000 --> 00:00:04.000
Sato Hanako: Where do I pay: here or there?

2
00:00:04.500 --> 00:00:06.000
I looked at 10:30 and again later.

3
00:00:20.000 --> 00:00:22.000
상담원: 네, 도와드릴게요.

4
00:00:22.000 --> 00:00:23.000
Sato Hanako: Thanks.
See https://example.com
"""
TEAMS = """\
WEBVTT

1f0a4f8e-7c7e-4a59-8f0d-1/12-0
0:0:1.0 --> 0:0:2.50
<v Kim, Minsu (Guest)>처음엔 좋았어요</v>

1f0a4f8e-7c7e-4a59-8f0d-1/13-0
0:0:3.0 --> 0:0:4.0
<v Kim, Minsu (Guest)>나중엔 😀 별로</v>
"""
SRT = """\
1\r
00:00:01,000 --> 00:00:02,000\r
田中さん：<i>はい</i>、そうです。\r
\r
2\r
00:00:02,500 --> 00:00:03,000\r
{\\an8}とても便利\r
\r
もう一行\r
\r
3\r
00:00:03,100 --> 00:00:04,000\r
Interviewer: A &amp; B?\r
"""


def test_webvtt_voices(tmp_path):
    read = sources.read_transcripts(folder_of(tmp_path, a_vtt=WEBVTT))
    assert said(read) == [
        ("田中 花子", "配送が遅いのが困ります。"),
        ("Interviewer", "R&D <3\xa0?\nいつからですか"),
        ("Interviewer", "もう一度"),
    ]
    assert (
        read.documents["text"][0]
        == "配送が遅いのが困ります。\nR&D <3\xa0?\nいつからですか\nもう一度"
    )
    assert read.turns[["started_seconds", "ended_seconds"]].to_numpy().tolist() == [
        [1.0, 3.5],
        [1.0, 6.0],
        [9.0, 10.0],
    ]
    assert read.turns["turn"].tolist() == [0, 1, 2]
    row = read.documents.iloc[0]
    assert (row["document"], row["format"], row["characters"]) == ("a.vtt", "vtt", len(row["text"]))
    assert row["sha256"] == hashlib.sha256(WEBVTT.encode()).hexdigest()


def test_zoom_names_and_cues_without_one(tmp_path):
    read = sources.read_transcripts(folder_of(tmp_path, z_vtt=ZOOM))
    assert said(read) == [
        ("Sato Hanako", "Where do I pay: here or there?\nI looked at 10:30 and again later."),
        ("상담원", "네, 도와드릴게요."),
        ("Sato Hanako", "Thanks.\nSee https://example.com"),
    ]


def test_teams_unpadded_times_ids_and_commas_in_names(tmp_path):
    read = sources.read_transcripts(folder_of(tmp_path, t_vtt=TEAMS))
    assert said(read) == [("Kim, Minsu (Guest)", "처음엔 좋았어요\n나중엔 😀 별로")]
    assert read.turns[["started_seconds", "ended_seconds"]].iloc[0].tolist() == [1.0, 4.0]


def test_subrip(tmp_path):
    read = sources.read_transcripts(folder_of(tmp_path, s_srt=SRT))
    assert said(read) == [
        ("田中さん", "はい、そうです。\nとても便利\nもう一行"),
        ("Interviewer", "A &amp; B?"),
    ]


def test_cues_without_any_name_are_turns_of_someone_unknown(tmp_path):
    plain = "WEBVTT\n\n00:01.0 --> 00:02.0\none\n\n00:03.0 --> 00:04.0\ntwo\n\n00:09.0 --> 00:10.0\nthree\n"  # noqa: E501
    read = sources.read_transcripts(folder_of(tmp_path, a_vtt=plain))
    assert said(read) == [(None, "one\ntwo"), (None, "three")]


def test_overlapping_cues_keep_the_later_end(tmp_path):
    text = "WEBVTT\n\n00:01.0 --> 00:09.0\n<v A>one\n\n00:02.0 --> 00:03.0\n<v A>two\n"
    read = sources.read_transcripts(folder_of(tmp_path, a_vtt=text))
    assert read.turns[["started_seconds", "ended_seconds"]].to_numpy().tolist() == [[1.0, 9.0]]


TXT = """\
Interview 3
Date: 2026-07-01
日時：2026年7月1日 10：30

聞き手：配送はいかがでしたか。
田中さん：遅かったです。理由は：不明です。
  二行目も同じ人です。

10:30 Meeting: ここは誰でもない
聞き手：そうですか。
"""


def test_txt_keeps_its_text_and_leaves_labels_outside_turns(tmp_path):
    read = sources.read_transcripts(folder_of(tmp_path, i_txt=TXT))
    assert read.documents["text"][0] == TXT
    assert said(read) == [
        ("聞き手", "配送はいかがでしたか。"),
        (
            "田中さん",
            "遅かったです。理由は：不明です。\n  二行目も同じ人です。\n\n10:30 Meeting: ここは誰でもない",  # noqa: E501
        ),
        ("聞き手", "そうですか。"),
    ]
    assert read.documents["front_matter"].tolist() == [3]
    assert read.turns["started_seconds"].isna().all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "【田中】こんにちは\n[상담원] 안녕하세요\n【田中】\nはい\n[笑]\n",
            [("田中", "こんにちは"), ("상담원", "안녕하세요"), ("田中", "はい\n[笑]")],
        ),
        ("[田中]: はい\n[Kim]: yes\n", [("田中", "はい"), ("Kim", "yes")]),
        ("상담원:안녕하세요\n고객:네\n", [("상담원", "안녕하세요"), ("고객", "네")]),
        ("[00:01:05] Sato: hello\n(01:10) Kim: yes\n", [("Sato", "hello"), ("Kim", "yes")]),
        ("Sato (00:05): hello\n00:01:10 Kim: yes\n", [("Sato", "hello"), ("Kim", "yes")]),
        (
            "Sato Hanako  0:03\nhello\nthere\n\nKim  1:00:05\nyes\n",
            [("Sato Hanako", "hello\nthere"), ("Kim", "yes")],
        ),
        (
            "interviewer: so?\np1: well: it broke\ninterviewer: when?\np1: at 10:30\n",
            [
                ("interviewer", "so?"),
                ("p1", "well: it broke"),
                ("interviewer", "when?"),
                ("p1", "at 10:30"),
            ],
        ),
        (
            "Dr. Kim: yes\nJ. P. Müller-Lüdenscheid: nein\n",
            [("Dr. Kim", "yes"), ("J. P. Müller-Lüdenscheid", "nein")],
        ),
        (
            "I told him this: no.\nSee http://example.com: good\n",
            [(None, "I told him this: no.\nSee http://example.com: good")],
        ),
        (
            "문제는: 배송\n그래서 제가 말했어요: 싫다고\n",
            [(None, "문제는: 배송\n그래서 제가 말했어요: 싫다고")],
        ),
        (
            "First note.\nstill first\n\nSecond note.\n",
            [(None, "First note.\nstill first"), (None, "Second note.")],
        ),
        ("Sato: a\r\nb\r\n\r\nKim：c\r\n", [("Sato", "a\r\nb"), ("Kim", "c")]),
        ("Sato: a\rKim: b", [("Sato", "a"), ("Kim", "b")]),
    ],
)
def test_labels(tmp_path, text, expected):
    assert said(sources.read_transcripts(folder_of(tmp_path, i_txt=text))) == expected


def test_times_beside_names(tmp_path):
    read = sources.read_transcripts(
        folder_of(tmp_path, i_txt="[00:01:05] Sato: hello\n(01:10) Kim: yes\nSato: bye\n")
    )
    np.testing.assert_array_equal(read.turns["started_seconds"], [65.0, 70.0, np.nan])


def test_markdown_front_matter_headings_and_bold_names(tmp_path):
    text = (
        "---\ntitle: Interview\nlanguage: ko\n---\n# Interview 4\n\n**상담원:** 안녕하세요\n\n**고객**: *정말* "  # noqa: E501
        "느려요\n\n"
        "## Part 2\n\n- 상담원: 네\n> 고객: 끝\n"
    )
    read = sources.read_transcripts(folder_of(tmp_path, i_md=text))
    assert read.documents["text"][0] == text
    assert said(read) == [
        ("상담원", "안녕하세요"),
        ("고객", "*정말* 느려요"),
        ("상담원", "네"),
        ("고객", "끝"),
    ]


def test_a_label_seen_once_among_others_is_pointed_to(tmp_path):
    text = "Kim: a\nSato: b\nKim: c\nProblem: it broke\nKim: d\nSato: e\n"
    notes = [str(note) for note in sources.read_transcripts(folder_of(tmp_path, i_txt=text)).notes]
    assert [note for note in notes if "Problem" in note] == [
        "i.txt: 'Problem' speaks only once; check that this is a speaker."
    ]


def test_documents_stand_in_the_order_of_their_numbers(tmp_path):
    folder = folder_of(tmp_path, **{"interview 10_txt": "Ann: a\n", "interview 2_txt": "Ann: b\n"})
    assert sources.read_transcripts(folder).documents["document"].tolist() == [
        "interview 2.txt",
        "interview 10.txt",
    ]


def test_encodings_are_decoded_strictly_and_said(tmp_path):
    folder_of(
        tmp_path,
        j_txt="聞き手：いかがですか\n田中：とても遅い\n".encode("cp932"),
        k_txt="상담원: 안녕하세요\n고객: 배송이 늦어요\n".encode("cp949"),
        u_txt="\ufeffKim: yes\n",
        w_txt="Kim: 네\n".encode("utf-16"),
    )
    read = sources.read_transcripts(tmp_path)
    assert said(read)[:2] == [("聞き手", "いかがですか"), ("田中", "とても遅い")]
    assert said(read, "k.txt")[1] == ("고객", "배송이 늦어요")
    assert said(read, "u.txt") == [("Kim", "yes")]
    assert read.documents.set_index("document")["text"]["u.txt"] == "Kim: yes\n"
    for expected in (
        "j.txt was read as CP932",
        "k.txt was read as CP949",
        "u.txt is UTF-8; its byte order mark",
        "w.txt is UTF-16",
    ):
        assert any(str(note).startswith(expected) for note in read.notes)


def test_companions_are_passed_over_and_strangers_named(tmp_path):
    folder_of(
        tmp_path,
        a_vtt=TEAMS,
        codebook_yaml="codes: []",
        codings_csv="a\n",
        README_md="# read me",
        talk_mp4=b"\0",
        a_txt="Kim: yes\n",
    )
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    (tmp_path / "~$a.docx").write_bytes(b"\0")
    (tmp_path / "old").mkdir()
    read = sources.read_transcripts(tmp_path)
    assert read.documents["document"].tolist() == ["a.txt", "a.vtt"]
    notes = [str(note) for note in read.notes]
    assert [note for note in notes if "Not read" in note] == [
        "Not read, because only docx, md, odt, pdf, rtf, srt, txt and vtt are transcripts: "
        "talk.mp4."
    ]
    assert any("old" in note for note in notes)
    assert any("counts twice: a.txt and a.vtt" in note for note in notes)
    assert not any("codebook" in note or "codings" in note or "README" in note for note in notes)


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        ({}, SourceError, "holds no transcript .*nothing"),
        ({"codes_csv": "a\n"}, SourceError, "holds no transcript .*codes.csv"),
        ({"a_vtt": "WEBVTT\n\nNOTE nothing\n"}, EmptyDataError, "holds no words"),
        ({"a_vtt": "Kim: yes\n"}, SourceError, "no cue"),
        (
            {"a_srt": "1\n00:00:01 --> soon\nhello\n"},
            SourceError,
            r"line 2: .* no valid time stamps",
        ),
        ({"a_txt": ""}, EmptyDataError, "0 bytes"),
        ({"a_txt": " \n\n"}, EmptyDataError, "holds no words"),
        ({"a_txt": b"PK\x03\x04"}, SourceError, "zip archive"),
        ({"a_docx": b"Kim: yes"}, SourceError, "not what its suffix says"),
        ({"a_docx": b"PK\x03\x04"}, SourceError, "not what its suffix says"),
    ],
)
def test_what_cannot_be_read_is_one_refusal(tmp_path, files, error, message):
    with pytest.raises(error, match=message):
        sources.read_transcripts(folder_of(tmp_path, **files))


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match=r"folder='.*none' is no folder"):
        sources.read_transcripts(tmp_path / "none")


def test_cues_that_end_before_they_start_are_said(tmp_path):
    read = sources.read_transcripts(
        folder_of(tmp_path, a_vtt="WEBVTT\n\n00:05.0 --> 00:01.0\n<v A>hm\n")
    )
    assert any("1 cue(s) end before they start" in str(note) for note in read.notes)


# Anything a person may say, with emoji and CJK, but no line break within it and no white space
# around it.
words = (
    st.text(
        st.one_of(
            st.sampled_from("😀👩‍👩‍👧と配送가나다àé<&>:：[]【】　-"),
            st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]),
        ),
        min_size=1,
        max_size=30,
    )
    .map(str.strip)
    .filter(bool)
)
people = st.sampled_from(["Interviewer", "田中さん", "상담원", "P1", "O'Neill"])
talks = st.lists(st.tuples(people, words), min_size=1, max_size=8)


def holds(read, expected):
    assert said(read) == expected
    turns = read.turns
    assert (turns["start"] < turns["end"]).all()
    assert (turns["start"].to_numpy()[1:] >= turns["end"].to_numpy()[:-1]).all()


@given(talks)
def test_what_was_said_in_txt_is_text_from_start_to_end(tmp_path_factory, talk):
    text = "".join(f"{person}： {line}\n" for person, line in talk)
    holds(sources.read_transcripts(folder_of(tmp_path_factory.mktemp("t"), a_txt=text)), talk)


@given(talks)
def test_what_was_said_in_vtt_is_text_from_start_to_end(tmp_path_factory, talk):
    text = "WEBVTT\n\n" + "\n".join(
        f"0:{9 * n}:0.0 --> 0:{9 * n}:1.0\n<v {person}>{html.escape(line, quote=False)}</v>\n"
        for n, (person, line) in enumerate(talk)
    )
    holds(sources.read_transcripts(folder_of(tmp_path_factory.mktemp("t"), a_vtt=text)), talk)
