"""Cue files as tools write them: each word once, at its time, and nothing that is no word.

The cases of `tests/cases/transcripts` are written by hand after what YouTube, Whisper and makers of
subtitles export; the answers stand beside them. Others of each kind stand here."""

from __future__ import annotations

import html
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import sources
from tests.conftest import ROOT
from tests.sources.interviews import said

CASES = ROOT / "tests" / "cases" / "transcripts"

DASHES = [(None, "How did you start?"), (None, "With the trial.")]
RIGHT = {
    "dash_dialogue.srt": [*DASHES, (None, "And then?"), (None, "The bill came.")],
    "whisper_bracket.txt": [
        (
            None,
            "We moved to the new plan in May.\nAnd the bill doubled.\nSo I called support twice.",
        )
    ],
    "youtube_rolling.vtt": [(None, "we moved in may\nand the bill doubled\nso i called")],
    "no_speaker_whisper.srt": [
        (None, "\n".join(f"Sentence number {n} of the same hour." for n in range(1, 201)))
    ],
}
STARTS = {
    "dash_dialogue.srt": [1, 5],
    "whisper_bracket.txt": [1, 4, 9],
    "youtube_rolling.vtt": [1, 3.01, 5.01],
    "no_speaker_whisper.srt": list(range(0, 800, 4)),
}


def read_of(tmp_path: Path, name: str, content: str | bytes) -> sources.Transcripts:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return sources.read_transcripts(tmp_path)


@pytest.mark.parametrize("name", RIGHT)
def test_cases(tmp_path, name):
    read = read_of(tmp_path, name, (CASES / name).read_bytes())
    assert said(read) == RIGHT[name]
    assert read.cues["started_seconds"].tolist() == STARTS[name]


def words_of(read):
    """(words, started, ended) of each cue, from text and offsets alone."""
    text = read.documents["text"][0]
    return [
        (text[c.start : c.end], c.started_seconds, c.ended_seconds) for c in read.cues.itertuples()
    ]


def srt(*cues):
    stamp = "00:{:02}:{:02},{:03}".format
    return "".join(
        f"{n}\n{stamp(*clock(start))} --> {stamp(*clock(end))}\n{words}\n\n"
        for n, (words, start, end) in enumerate(cues, start=1)
    )


def clock(seconds):
    minutes, rest = divmod(round(seconds * 1000), 60_000)
    return minutes, *divmod(rest, 1000)


TWO_ROWS = srt(
    ("ええと五月に", 1, 3),
    ("ええと五月に", 3, 3.01),
    ("ええと五月に\n引っ越しました", 3.01, 5),
    ("引っ越しました", 5, 5.01),
    ("引っ越しました\n料金が倍に", 5.01, 8),
)
THREE_ROWS = "WEBVTT\n\n" + srt(
    (">> 오월에", 1, 2),
    (">> 오월에\n이사했고", 2, 3),
    (">> 오월에\n이사했고\n요금이", 3, 4),
    ("이사했고\n요금이\n두 배가", 4, 5),
    ("요금이\n두 배가\n됐어요", 5, 6),
).replace(",", ".")
GROWING = srt(
    ("we", 1, 2), ("we moved", 2, 3), ("we moved in may", 3, 4), ("we moved in may\nand so", 4, 5)
)


@pytest.mark.parametrize(
    ("name", "content", "lines", "starts"),
    [
        ("a.srt", TWO_ROWS, ["ええと五月に", "引っ越しました", "料金が倍に"], [1, 3.01, 5.01]),
        (
            "a.srt",
            TWO_ROWS.replace("\n", "\r\n"),
            ["ええと五月に", "引っ越しました", "料金が倍に"],
            [1, 3.01, 5.01],
        ),
        (
            "a.vtt",
            THREE_ROWS,
            ["오월에", "이사했고", "요금이", "두 배가", "됐어요"],
            [1, 2, 3, 4, 5],
        ),
        ("a.srt", GROWING, ["we moved in may", "and so"], [1, 4]),
    ],
)
def test_captions_that_roll_up_have_each_word_once(tmp_path, name, content, lines, starts):
    read = read_of(tmp_path, name, content)
    assert [words.removeprefix(">> ") for words, _, _ in words_of(read)] == lines
    assert read.cues["started_seconds"].tolist() == starts
    assert any("roll up" in str(note) for note in read.notes)


def test_what_people_say_twice_is_there_twice(tmp_path):
    content = srt(*[(words, n, n + 1) for n, words in enumerate(["Yes.", "Yes.", "No.", "Yes."])])
    read = read_of(tmp_path, "a.srt", content)
    assert said(read) == [(None, "Yes.\nYes.\nNo.\nYes.")]


def test_captions_that_roll_up_here_and_there_are_told(tmp_path):
    rolls = [("a\nb", 0, 1), ("b\nc", 1, 2), ("c\nd", 2, 3), ("d\ne", 3, 4)]
    others = [(f"sentence {n}", n, n + 1) for n in range(4, 20)]
    read = read_of(tmp_path, "a.srt", srt(*rolls, *others))
    assert read.documents["text"][0].startswith("a\nb\nb\nc\nc")
    assert any("3 cues begin with words that end the one before" in str(n) for n in read.notes)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        # Spanish and Japanese: another dash, no blank, a line that goes on, a name
        (
            srt(("—¿Cómo\nempezó?\n—Con la prueba.", 1, 4), ("Luego llegó la factura.", 4, 6)),
            ["¿Cómo\nempezó?", "Con la prueba.", "Luego llegó la factura."],
        ),
        (
            srt(("－いつから\n－五月です", 1, 4), ("－なぜ？", 5, 8)),
            ["いつから", "五月です", "なぜ？"],
        ),
        (srt(("‐ 언제요?\r\n‐ 오월에요", 1, 4)).replace("\n", "\r\n"), ["언제요?", "오월에요"]),
        # no dialogue: one dash alone, a number, a list of one
        (
            srt(("- and then", 1, 4), ("it went to\n-5 degrees", 4, 6)),
            ["- and then\nit went to\n-5 degrees"],
        ),
    ],
)
def test_dashes_in_a_cue_are_voices_that_nobody_named(tmp_path, content, expected):
    assert said(read_of(tmp_path, "a.srt", content)) == [(None, words) for words in expected]


def test_a_dash_before_a_name_leaves_the_name(tmp_path):
    content = srt(("- Ana: So?\n- Lee: Twice.", 1, 4), ("- Ana: Why?\n- Lee: No idea.", 4, 8))
    assert said(read_of(tmp_path, "a.srt", content)) == [
        ("Ana", "So?"),
        ("Lee", "Twice."),
        ("Ana", "Why?"),
        ("Lee", "No idea."),
    ]


GUID = "9c1f6a58-0d4f-4d1b-a9c2-{:012}"


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        # Teams: ids with and without an empty line before, and one that the last cue lost
        (
            f"WEBVTT\n\n{GUID.format(1)}/12-0\n00:01.0 --> 00:02.0\n<v Kim>네</v>\n"
            f"{GUID.format(2)}/13-0\n00:03.0 --> 00:04.0\n<v Kim>아니요</v>\n\n"
            f"{GUID.format(3)}/1-1\n",
            ["네", "아니요"],
        ),
        ("WEBVTT\n\n1\n00:01.0 --> 00:02.0\none\n2\n00:03.0 --> 00:04.0\ntwo\n", ["one", "two"]),
        # no id: words right before the next cue are words
        ("WEBVTT\n\n00:01.0 --> 00:02.0\none\n00:03.0 --> 00:04.0\ntwo\n", ["one", "two"]),
        ("WEBVTT\n\n00:01.0 --> 00:02.0\n♪ ♫\n\n00:03.0 --> 00:04.0\n♪♪\nyes 🎵\n", ["yes 🎵"]),
    ],
)
def test_ids_and_musical_notes_are_no_words(tmp_path, content, lines):
    assert [words for words, _, _ in words_of(read_of(tmp_path, "a.vtt", content))] == lines


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        (  # whisper.cpp, with what it prints of itself before
            "a.txt",
            "whisper_init: loading\n\n[00:00:01.000 --> 00:00:02.500]   五月です\n"
            "[00:59:59.000 --> 01:00:01.250]   はい\n",
            [("五月です", 1, 2.5), ("はい", 3599, 3601.25)],
        ),
        (  # faster-whisper; the words of a segment in two lines
            "a.txt",
            "[0.00s -> 4.20s]  we moved\r\nin may\r\n[4.20s -> 6.00s]  twice\r\n",
            [("we moved\nin may", 0, 4.2), ("twice", 4.2, 6)],
        ),
        (
            "a.md",
            "- \\[00:01.000 --\\> 00:04.000\\] 오월에요\n- \\[00:04.000 --\\> 00:05.000\\] 네\n",
            [("오월에요", 1, 4), ("네", 4, 5)],
        ),
        ("a.txt", "WEBVTT\n\n00:01.000 --> 00:02.000\nyes\n", [("yes", 1, 2)]),
        ("a.txt", "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\nyes\r\n", [("yes", 1, 2)]),
    ],
)
def test_times_before_the_words_of_a_text_are_no_words(tmp_path, name, content, expected):
    read = read_of(tmp_path, name, content)
    assert words_of(read) == expected


def test_speakers_of_timed_lines_are_heard(tmp_path):
    content = (
        "[00:01.000 --> 00:04.000] SPEAKER_00: So?\n[00:04.000 --> 00:05.000] SPEAKER_01: Twice.\n"
        "[00:05.000 --> 00:06.000] SPEAKER_00: Why?\n[00:07.000 --> 00:08.000] SPEAKER_01: Well.\n"
    )
    read = read_of(tmp_path, "a.txt", content)
    assert [speaker for speaker, _ in said(read)] == ["SPEAKER_00", "SPEAKER_01"] * 2
    assert said(read)[1][1] == "Twice."


TEAMS = """\
Interview with a customer
Recorded 2026

0:0:1.0 --> 0:0:2.5
Kim Minsu
처음엔 좋았어요

0:0:3.0 --> 0:0:4.0
Aoki
なぜ？

0:0:5.0 --> 0:0:6.0
Kim Minsu
나중엔 별로
그래서 끊었어요

0:0:9.0 --> 0:0:10.0
Aoki
はい
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_names_above_the_words_of_cues_are_voices(tmp_path, end):
    read = read_of(tmp_path, "a.txt", TEAMS.replace("\n", end))
    assert said(read) == [
        ("Kim Minsu", "처음엔 좋았어요"),
        ("Aoki", "なぜ？"),
        ("Kim Minsu", "나중엔 별로\n그래서 끊었어요"),
        ("Aoki", "はい"),
    ]
    assert any("2 lines before the first cue are left out" in str(note) for note in read.notes)


def test_two_lines_of_subtitles_are_no_names_above_words(tmp_path):
    lines = [("yes\nI do", 0, 1), ("no\nnot now", 1, 2), ("yes\nnow", 2, 3), ("maybe\nso", 3, 4)]
    read = read_of(tmp_path, "a.srt", srt(*lines))
    assert [speaker for speaker, _ in said(read)] == [None]


def test_prose_with_an_arrow_stays_prose(tmp_path):
    text = "We drew a line.\nOn it stood\n00:01.000 --> 00:02.000\nand no more.\n"
    assert read_of(tmp_path, "a.txt", text).documents["text"][0] == text


def test_prose_with_years_in_brackets_stays_prose(tmp_path):
    text = "(2019 - 2021) I lived in Porto.\n(2021 - 2023) Then in Seoul.\n"
    read = read_of(tmp_path, "a.txt", text)
    assert read.documents["text"][0] == text
    assert read.cues.empty


# What is said in a cue: no dash, bracket or colon first, which have meanings of their own.
line = st.text(
    st.one_of(
        st.sampled_from("と配送가나다àé ab😀&<"),
        st.characters(categories=["Lu", "Ll", "Lo"]),
    ),
    min_size=1,
    max_size=20,
).filter(lambda words: words.strip() == words and "-->" not in words and words[0] not in "<&")
milliseconds = st.integers(0, 3_599_000)
scripts = st.lists(line, min_size=3, max_size=9).flatmap(
    lambda lines: st.tuples(
        st.just(lines),
        st.lists(milliseconds, min_size=2 * len(lines), max_size=2 * len(lines), unique=True),
    )
)


def cues_of(script):
    """Return (words, start, end) of each cue, ends before the next start."""
    lines, times = script
    times = sorted(times)
    return [(words, times[2 * n] / 1000, times[2 * n + 1] / 1000) for n, words in enumerate(lines)]


def as_vtt(cues):
    return "WEBVTT\n\n" + srt(*[(html.escape(w, quote=False), *at) for w, *at in cues]).replace(
        ",", "."
    )


def as_whisper(cues):
    stamp = "{:02}:{:02}.{:03}".format
    return "".join(
        f"[{stamp(*clock(a))} --> {stamp(*clock(b))}]  {words}\n" for words, a, b in cues
    )


def as_youtube(cues):
    """Each line comes below the one before, then stands alone for 0.01 s."""
    shown, before = [], " "
    for words, start, end in cues:
        escaped = html.escape(words, quote=False)
        tagged = escaped.replace(" ", "<00:00:01.000><c> </c>")
        shown += [(f"{before}\n{tagged}", start, end), (f"{escaped}\n ", end, end)]
        before = escaped
    return "WEBVTT\nKind: captions\n\n" + srt(*shown).replace(",", ".")


WRITERS = [
    (".vtt", as_vtt),
    (".srt", lambda cues: srt(*cues)),
    (".txt", as_whisper),
    (".vtt", as_youtube),
]


@pytest.mark.parametrize(("suffix", "write"), WRITERS)
@given(scripts)
@settings(max_examples=40)
def test_cues_are_read_back_once_each_at_their_times(tmp_path_factory, suffix, write, script):
    cues = cues_of(script)
    read = read_of(tmp_path_factory.mktemp("c"), f"a{suffix}", write(cues))
    assert words_of(read) == cues
    assert "\n".join(words for words, _, _ in cues) == read.documents["text"][0]
