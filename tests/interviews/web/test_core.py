"""Offsets, graphemes, words, blocks and find of the widget, in a browser."""

import random

import pytest

from tests.interviews.web.core_page import RAW, bare_page, interview, units

pytestmark = pytest.mark.browser

SIGNS = (
    *"ab .?!\n\t1*#",
    *"あがｶﾞＡ１漢한글각",
    "\r\n",
    "か\u3099",
    "e\u0301\u0323",
    "\u1112\u1161\u11ab",
    "𠮷",
    "😀",
    "👨‍👩‍👧‍👦",
    "👍🏽",
    "1\ufe0f\u20e3",
    "🇯🇵",
    "🇰",
    "क\u094dष",
    "\u0600",
    "\u200d",
    "\u0301",
    "\u0e33",
)


@pytest.fixture(scope="module")
def page(browser):
    page = bare_page(browser)
    yield page
    assert page.problems == []
    page.close()


def strings(n, *, longest=40, seed=3):
    chance = random.Random(seed)
    return ["".join(chance.choices(SIGNS, k=chance.randint(0, longest))) for _ in range(n)]


def test_offsets_equal_slices_of_python(page):
    texts = strings(10_000)
    found = page.evaluate(
        """texts => texts.map((text) => {
          const points = new cx.Points(text);
          const at = Array.from({length: points.length + 1}, (_, place) => points.toUtf16(place));
          return [points.length, at, at.map((place) => points.toPoints(place)),
                  cx.toUtf16(text, 3), cx.toPoints(text, at[3] ?? text.length)];
        })""",
        texts,
    )
    for text, (length, at, back, third, third_back) in zip(texts, found, strict=True):
        assert length == len(text)
        assert at == [units(text[:point]) for point in range(len(text) + 1)]
        assert back == list(range(len(text) + 1))
        assert third == units(text[:3])
        assert third_back == min(3, len(text))


def test_offsets_outside_of_a_text_and_within_a_pair_are_brought_inside(page):
    found = page.evaluate(
        """() => {
          const points = new cx.Points("a𠮷b");
          return [points.toUtf16(-1), points.toUtf16(9), points.toPoints(2), points.toPoints(9)];
        }"""
    )
    assert found == [0, 4, 1, 3]


def test_graphemes_are_those_of_the_whole_text(page):
    """The module looks only around a place; the whole text is looked at here."""
    wrong = page.evaluate(
        """texts => texts.filter((text) => {
          const whole = [...new Intl.Segmenter(undefined, {granularity: "grapheme"}).segment(text)];
          const edges = [...whole.map(({index}) => index), text.length];
          const inside = new Set(edges);
          for (let at = 0; at <= text.length; at += 1) {
            const next = edges.find((edge) => edge > at) ?? text.length;
            const before = edges.findLast((edge) => edge < at) ?? 0;
            if (cx.nextGrapheme(text, at, 1) !== next) return true;
            if (cx.nextGrapheme(text, at, -1) !== before) return true;
            if (cx.isEdge(text, at) !== inside.has(at)) return true;
            const [start, end] = cx.snapOut(text, at, Math.min(text.length, at + 3));
            if (start !== edges.findLast((edge) => edge <= at)) return true;
            if (end !== edges.find((edge) => edge >= Math.min(text.length, at + 3))) return true;
          }
          return false;
        })""",
        strings(1_500, seed=4),
    )
    assert wrong == []


def test_words_and_sentences_in_three_languages(page):
    found = page.evaluate(
        """() => {
          const cut = (text, [start, end]) => text.slice(start, end);
          const word = (text, at, lang) => cut(text, cx.wordAt(text, at, lang));
          const sentence = (text, at, lang) => cut(text, cx.sentenceAt(text, at, lang));
          const en = "I don't know. She left! ";
          const ko = "배송이 늦어서 답답했어요. 정말요?";
          const ja = "𠮷野家に行きました。とてもおいしかった。";
          const ends = [];
          for (let at = 0; at < en.length; ends.push(at)) at = cx.nextWord(en, at, 1, "en");
          return [word(en, 4, "en"), word(en, 7, "en"), word(ko, 5, "ko"), word(ja, 9, "ja"),
                  sentence(en, 3, "en"), sentence(en, 20, "en"), sentence(ko, 18, "ko"),
                  sentence(ja, 12, "ja"), ends, cx.nextWord(en, 13, -1, "en"),
                  cx.nextWord("", 0, 1, "en"), cx.wordAt("", 0, "en")];
        }"""
    )
    assert found[:3] == ["don't", "don't", "늦어서"]
    assert found[3] in "行きました"
    assert found[4:8] == ["I don't know.", "She left!", "정말요?", "とてもおいしかった。"]
    assert found[8:] == [[1, 7, 12, 17, 22, 24], 8, 0, [0, 0]]


def test_blocks_hold_every_turn_and_are_cut_between_graphemes(page):
    text, turns = interview(2_600, longest=40)
    assert len(text) > 250_000
    long = "".join(random.Random(5).choices(SIGNS, k=54_000))
    spoken = "それで困っていました。次の日に電話が来たので、すぐに話しました。" * 1_700
    cases = [
        [text, turns],
        [long, [[0, units(long)]]],
        [spoken[:54_000], [[0, 54_000]]],
        [(RAW * 1_600)[:54_000], [[0, 54_000]]],
        ["a" * 550 + "e" + "\u0301" * 150 + "a" * 700, [[0, 1_401]]],
        ["e" + "\u0301" * 3_000 + "a" * 700, [[0, 3_701]]],  # longer than what is looked at
        ["  ", []],
    ]
    found = page.evaluate(
        """cases => cases.map(([text, turns]) => {
          const {starts, ends, turnOf, n} = cx.cutBlocks(text, turns);
          const whole = new Set([...new Intl.Segmenter(undefined, {granularity: "grapheme"})
            .segment(text)].map(({index}) => index).concat(text.length));
          const held = turns.map(() => "");
          let [least, most] = [Infinity, 0];
          for (let block = 0; block < n; block += 1) {
            if (turns.length) held[turnOf[block]] += text.slice(starts[block], ends[block]);
            most = Math.max(most, ends[block] - starts[block]);
            if (ends[block] === starts[block + 1]) {
              least = Math.min(least, ends[block] - starts[block]);
            }
          }
          return {
            n, least, most,
            whole: turns.every(([start, end], turn) => held[turn] === text.slice(start, end)),
            split: [...starts.slice(1)].filter((at, block) =>
              at === ends[block] && !whole.has(at)).length,
            last: starts[n] === text.length,
          };
        })""",
        cases,
    )
    for place, case in enumerate(found):
        assert case["whole"]
        assert case["split"] == 0 or place == 5
        assert case["last"]
        assert case["most"] <= 600
    assert found[2]["n"] < 54_000 / 300
    assert found[3]["n"] == 90
    assert found[6]["n"] == 1


def test_blocks_end_with_a_sentence_where_there_is_one(page):
    ends = page.evaluate(
        """() => {
          const text = "それで困っていました。次の日に電話が来た、すぐに話した。".repeat(90);
          const {ends, n} = cx.cutBlocks(text, [[0, text.length]]);
          return Array.from({length: n}, (_, block) => text[ends[block] - 1]);
        }"""
    )
    assert set(ends) == {"。"}


@pytest.mark.parametrize(
    ("text", "query", "hits"),
    [
        ("Wait, WAIT.", "wait", ["Wait", "WAIT"]),
        ("ＡＢＣとABC", "abc", ["ＡＢＣ", "ABC"]),
        ("ｶﾞｲﾄﾞとガイド", "ガイド", ["ｶﾞｲﾄﾞ", "ガイド"]),
        ("か\u3099くせい", "がくせい", ["か\u3099くせい"]),
        ("한국 \u1112\u1161\u11ab국", "한국", ["한국", "\u1112\u1161\u11ab국"]),
        ("cafe\u0301 café", "CAFÉ", ["cafe\u0301", "café"]),
        ("İzmir 𠮷 izmir", "𠮷", ["𠮷"]),
        ("two\r\n words", "two words", ["two\r\n words"]),
        ("ΟΔΟΣ οδος", "οδος", ["ΟΔΟΣ", "οδος"]),
        ("a.b (c) [d]", ".b (c) [", [".b (c) ["]),
        ("a-b", "-", ["-"]),
        ("神\ufa19", "\u795e", ["神", "\ufa19"]),
        ("क\u093c \u0958", "\u0958", ["क\u093c", "\u0958"]),
        ("aaa", "aa", ["aa"]),
        ("abc", "", []),
        ("abc", "  ", []),
    ],
)
def test_find_folds_and_gives_places_of_the_text_as_it_is(page, text, query, hits):
    found = page.evaluate(
        """([text, query]) => new cx.Finder(text).search(query)
          .map(([start, end]) => text.slice(start, end))""",
        [text, query],
    )
    assert found == hits


def test_find_is_fast_and_leaves_out_what_is_not_shown(page):
    text, turns = interview(2_600)
    shown, all_, milliseconds = page.evaluate(
        """([text, turns]) => {
          const finder = new cx.Finder(text, turns);
          finder.search("x");
          const began = performance.now();
          const shown = finder.search("e");
          const took = performance.now() - began;
          return [finder.search("Ann:").length, new cx.Finder(text).search("Ann:").length, took,
                  shown.length];
        }""",
        [text, turns],
    )[:3]
    assert shown == 0
    assert all_ == 1_300
    assert milliseconds < 300  # 10 on a quiet machine
