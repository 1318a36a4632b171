"""Layouts of transcripts as tools and people write them: who is heard, in which words.

The files of `tests/cases/transcripts` have their right answers in the table below; the other
layouts are of the same kinds in another language, with another clock, with CRLF or a byte order
mark. All expectations are written by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import sources
from tests.cases.right import HERE
from tests.sources.interviews import folder_of, said

FOLDER = HERE / "transcripts"
START, TRIAL, THEN, BILL = "How did you start?", "With the trial.", "And then?", "The bill came."
FILES = {  # lines of front matter; who says what; when
    "angle.txt": (0, [("Ana", START), ("Lee", TRIAL), ("Ana", THEN)], None),
    "clova_note.txt": (
        3,
        [
            ("참석자 1", "어떻게 시작하셨어요?"),
            ("참석자 2", "무료 체험으로요."),
            ("참석자 1", "그다음에는요?"),
            ("참석자 2", "요금이 두 배가 됐어요."),
        ],
        [2, 9, 15, 20],
    ),
    "ja_qa.txt": (
        0,
        [
            ("Q", "どうやって始めましたか。"),
            ("A", "無料体験からです。"),
            ("Q", "そのあとは。"),
            ("A", "料金が倍になりました。"),
        ],
        None,
    ),
    "otter_header.txt": (
        5,
        [("Ana Pereira", START), ("P07", TRIAL), ("Ana Pereira", THEN)],
        [12, 18, 29],
    ),
    "otter_no_time.md": (
        0,
        [
            ("Ana Pereira", f"Thanks for coming. {START}"),
            ("Lee Novak", "I started with the trial."),
            ("Ana Pereira", THEN),
            ("Lee Novak", "Then the bill came."),
        ],
        None,
    ),
    "timecode_speaker.txt": (
        0,
        [("Speaker A", START), ("Speaker B", TRIAL), ("Speaker A", THEN)],
        [12, 19, 25],
    ),
    "ukds.txt": (2, [("I", START), ("R", TRIAL), ("I", THEN), ("R", BILL)], None),
}


@pytest.fixture(scope="module")
def cases():
    return sources.read_transcripts(FOLDER)


@pytest.mark.parametrize("file", FILES)
def test_each_case_is_what_it_seems(cases, file):
    front, turns, times = FILES[file]
    assert said(cases, file) == turns
    assert cases.documents.set_index("document")["front_matter"][file] == front
    if times:
        assert cases.turns.query("document == @file")["started_seconds"].tolist() == times


def test_a_stage_direction_is_no_speaker(cases):
    speakers = cases.turns.query("document == 'stage_direction.srt'")["speaker"]
    assert list(dict.fromkeys(speakers)) == ["Ana", "Lee"]


def test_what_was_left_out_is_told(cases):
    notes = [str(note) for note in cases.notes]
    assert (
        "clova_note.txt: 3 lines at the top were left out as words of nobody; the first is "
        "'고객 인터뷰'." in notes
    )
    assert (
        "ukds.txt: 1 line at the end was left out as words of nobody: '[End of recording]'."
        in notes
    )


TWO = [("Ana", START), ("Lee", TRIAL), ("Ana", THEN)]
JA = [("田中", "どうですか。"), ("鈴木", "はい。"), ("田中", "そうですか。")]
KO = [("참석자 1", "어땠어요?"), ("참석자 2", "좋아요."), ("참석자 1", "네.")]
UNNAMED = [(None, START), (None, TRIAL), (None, THEN), (None, BILL)]


def laid(form, talk, end="\n"):
    return "".join(form.format(n=n, a=who, b=words) + end for n, (who, words) in enumerate(talk))


@pytest.mark.parametrize(
    ("form", "talk"),
    [
        # name and clock
        ("{a} 0:{n}2\n{b}\n", TWO),
        ("{a} 00:0{n}\r\n{b}\r\n", KO),
        ("{a}　０：１{n}\n{b}\n", [("話者１", "はい。"), ("話者２", "いえ。")]),
        ("{a} (00:0{n})\n{b}\n", TWO),
        ("{a} · 1:0{n}:00\n{b}\n", TWO),
        ("{a} {n}分05秒\n{b}\n", JA),
        ("{a} 10:0{n} AM\n{b}\n", TWO),
        ("**{a}** 00:0{n}\n{b}\n", TWO),
        ("{a} 00:0{n} - 00:0{n}\n{b}\n", TWO),
        ("**{a}** _(00:0{n})_\n{b}\n", TWO),
        ("{a}: 00:00:0{n}\n{b}\n", JA),
        ("#00:00:1{n}-5# {a}: {b}", TWO),
        ("{a}: {b} #00:00:1{n}-5#", TWO),
        ("{a}： {b} [00:1{n}]\n", JA),
        # clock first
        ("[00:1{n}] {a}\n{b}\n", TWO),
        ("00:1{n} - {a}\n{b}\n", TWO),
        ("00:00:1{n}.250 {a}\r\n{b}\r\n", JA),
        ("（００：１{n}）{a}\n{b}\n", JA),
        ("00:1{n} {a}: {b}", TWO),
        ("[00:00:1{n}] {a}： {b}", JA),
        ("00:00:1{n}:05 - 00:00:1{n}:20\n{a}\n{b}\n", TWO),
        # a name on a line of its own
        ("{a}\n{b}\n", TWO),
        ("{a}  \r\n{b}\r\n", JA),
        ("{a}\n00:1{n}\n{b}\n", TWO),
        ("{a}\n\n{b}\n", [*TWO, ("Lee", BILL)]),
        # in brackets
        ("({a})\n{b}\n", TWO),
        ("（{a}）{b}", JA),
        ("<{a}> {b}", KO),
        ("＜{a}＞{b}", JA),
        ("［{a}］{b}", JA),
        # arrows, dashes
        (">> {a}: {b}", TWO),
        (">>{a}: {b}", TWO),
        ("&gt;&gt; {a}: {b}", TWO),
        ("{a} - {b}", TWO),
        ("{a} – {b}", [("I", START), ("R", TRIAL)] * 2),
        ("{a} — {b}", JA),
        # tables and numbered lines
        ("{n}\t{a}\t{b}", TWO),
        ("00:1{n}\t{a}\t{b}", JA),
        ("{a}\t00:1{n}\t{b}", TWO),
        ("{n} {a}: {b}", TWO),
        ("{n}. {a}: {b}", TWO),
        # full-width blank
        ("{a}　{b}", JA),
        ("○{a}　{b}", JA),
        ("{a}: [00:1{n}] {b}", TWO),
    ],
)
def test_layouts_in_other_dress(tmp_path, form, talk):
    text = laid(form, talk)
    windows = "\ufeff" + text.replace("\r\n", "\n").replace("\n", "\r\n")
    for document in (text, windows):
        assert said(sources.read_transcripts(folder_of(tmp_path, i_txt=document))) == talk


@pytest.mark.parametrize(
    ("asks", "answers", "roles"),
    [
        ("Q{n}. ", "A{n}. ", ("Q", "A")),
        ("Q. ", "A. ", ("Q", "A")),
        ("Ｑ{n}．", "Ａ{n}．", ("Q", "A")),
        ("Q{n}: ", "A{n}: ", ("Q", "A")),
        ("Q{n}) ", "A{n}) ", ("Q", "A")),
        ("問{n}　", "答{n}　", ("問", "答")),
        ("問：", "答：", ("問", "答")),
        ("문{n}. ", "답{n}. ", ("문", "답")),
        ("문: ", "답: ", ("문", "답")),
        ("質問{n}：", "回答{n}：", ("質問", "回答")),
        ("【問{n}】", "【答{n}】", ("問", "答")),
        ("질문 {n}. ", "답변 {n}. ", ("질문", "답변")),
        ("**Q{n}.** ", "**A{n}.** ", ("Q", "A")),
        ("P. ", "R. ", ("P", "R")),
        ("Frage {n}: ", "Antwort {n}: ", ("Frage", "Antwort")),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_questions_and_answers_are_two_roles(tmp_path, asks, answers, roles, end):
    text = "".join(
        asks.format(n=n) + f"どう{n}？" + end + answers.format(n=n) + f"はい{n}。" + end
        for n in (1, 2)
    )
    asked, answered = roles
    assert said(sources.read_transcripts(folder_of(tmp_path, i_txt=text))) == [
        (asked, "どう1？"),
        (answered, "はい1。"),
        (asked, "どう2？"),
        (answered, "はい2。"),
    ]


@pytest.mark.parametrize("mark", ["- ", "– ", "—", "― ", ">> ", ">>> "])
def test_voices_without_a_name_begin_turns(tmp_path, mark):
    read = sources.read_transcripts(folder_of(tmp_path, i_txt=laid(mark + "{b}", UNNAMED)))
    assert said(read) == UNNAMED
    assert any("4 turns begin with a dash or >>" in str(note) for note in read.notes)


def test_an_unnamed_voice_ends_the_turn_of_a_named_one(tmp_path):
    text = f">> ANA: {START}\n>> LEE: {TRIAL}\n>> {THEN}\n>> ANA: {BILL}\n"
    assert said(sources.read_transcripts(folder_of(tmp_path, i_txt=text))) == [
        ("ANA", START),
        ("LEE", TRIAL),
        (None, THEN),
        ("ANA", BILL),
    ]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("md", "# Notes\n\n- Ana wants a refund\n- She asked why?\n- The bill came.\n- Third\n"),
        ("txt", "Field note\n- small kitchen\n- asked: why so small?\n- bill on the table\n"),
        ("txt", "Was it good?\n- Yes.\n- No.\n- Perhaps.\n"),
        ("txt", "1. First do this.\n2. Then that.\n3. Then: stop.\n"),
        ("txt", "1. Price: too high\n2. Support: slow\n3. App: fine\n"),
        ("txt", "Breakfast 08:00\nLunch 12:00\nDinner 18:00\nBreakfast 08:00\n"),
        ("txt", "08:00 Breakfast\n12:00 Lunch\n18:00 Dinner\n08:00 Breakfast\n"),
        ("txt", "Breakfast 08:00\nSoup.\n\nLunch 12:30\nRice.\n\nBreakfast 08:10\nSoup.\n"),
        ("txt", "09:00 Meeting: start\n10:00 Break: coffee\n11:00 Meeting: go on\n"),
        ("txt", "(so they said) it was fine.\nNothing more.\n(she laughed) and went on.\n"),
        ("txt", "Q1: revenue rose.\nQ2: revenue fell.\nQ3: flat.\n"),
        ("txt", "We looked at it.\nQ1. was good.\nNothing else happened.\n"),
        ("txt", "Q1. Which?\nA. Basic\nB. Pro\nC. None\nQ2. Why?\nA. Price\nB. Other\n"),
        ("txt", "We moved.\nNote: she left early.\nMore prose here.\nNote: done.\n"),
        ("txt", "Kitchen\nIt is small.\n\nLiving room\nIt is big.\n\nGarden\nIt is green.\n"),
        ("txt", "Did it work?\n\nYes\n\nWas it good?\n\nNo\n\nDid you pay?\n\nYes\n\nYes\n"),
        ("txt", "[00:12] We moved.\n[00:15] The bill doubled.\n[00:18] So I called.\n"),
        ("txt", "We moved.\n[suspira] It doubled.\nI called.\nNobody came.\n[suspira] I paid.\n"),
        ("txt", "> I wrote this.\n>> You wrote that.\n>> And that.\n> So I said.\n"),
        ("txt", "We met Monday - it rained.\nWe ate - soup.\nAll was well.\n"),
    ],
)
def test_nobody_is_better_than_a_wrong_somebody(tmp_path, kind, text):
    read = sources.read_transcripts(folder_of(tmp_path, **{f"i_{kind}": text}))
    assert read.turns["speaker"].isna().all()
    words = " ".join(" ".join(line for _, line in said(read)).split())
    assert words == " ".join(text.removeprefix("# Notes").split())


def test_dashes_that_were_read_as_a_list_are_told(tmp_path):
    text = "- one thing\n- another\n- a third\n"
    notes = [str(note) for note in sources.read_transcripts(folder_of(tmp_path, i_txt=text)).notes]
    assert any(note.startswith("i.txt: 3 lines begin with a dash.") for note in notes)


# Random talks in each layout: names and words of several scripts, with emoji.
FORMS = [
    "{a}: {b}\n",
    "{a} 0:{n:02d}\n{b}\n\n",
    "{a}  00:{n:02d}\n{b}\n\n",
    "00:00:{n:02d} {a}\n{b}\n\n",
    "[00:{n:02d}] {a}\n{b}\n\n",
    "00:{n:02d} - {a}\n{b}\n\n",
    "{a}\n{b}\n\n",
    "{a}\n00:{n:02d}\n{b}\n\n",
    "({a})\n{b}\n\n",
    "[{a}] {b}\n",
    "【{a}】{b}\n",
    "<{a}> {b}\n",
    ">> {a}: {b}\n",
    "{a} - {b}\n",
    "{a}\t{b}\n",
    "{n}. {a}: {b}\n",
]
# no letters of which words such as Version, Notes or Fin could be made, which are no names
latin = st.text("aeioukvzöłñ", min_size=2, max_size=7).map(lambda letters: f"Z{letters}")
alphabets = (
    "田中佐藤鈴木高橋山本渡辺",
    "タナカサトウキムリ",
    "김이박최정민수지영호",
    "たなかさとすずき",
)
name = st.one_of(
    latin,
    st.tuples(latin, latin).map(" ".join),
    st.tuples(latin, st.integers(1, 99)).map(lambda both: f"{both[0]} {both[1]}"),
    *(st.text(alphabet, min_size=2, max_size=4) for alphabet in alphabets),
    *(
        st.text(alphabet, min_size=2, max_size=3).map(lambda n: f"{n}さん")
        for alphabet in alphabets
    ),
)
name = name.filter(lambda drawn: drawn != "박수")  # applause, also where it would be a name
scripts = st.lists(name, min_size=2, max_size=2, unique=True)
spoken = st.lists(
    st.sampled_from(["I moved", "料金が", "倍に", "요금이", "😀", "𠮷", "é", "and then", "well,"]),
    min_size=3,
    max_size=8,
).map(lambda words: " ".join(words) + ".")


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=40)
@given(names=scripts, words=st.lists(spoken, min_size=4, max_size=8), crlf=st.booleans())
def test_a_talk_is_read_back_in_each_layout(tmp_path_factory, form, names, words, crlf):
    talk = [(names[n % 2], line) for n, line in enumerate(words)]
    text = laid(form, talk, end="").replace("\n", "\r\n" if crlf else "\n")
    read = sources.read_transcripts(folder_of(tmp_path_factory.mktemp("t"), a_txt=text))
    assert said(read) == talk
    assert read.documents["front_matter"].tolist() == [0]
