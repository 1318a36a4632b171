"""What stands on one line of a page or of a figure's title."""

import pytest

from cxlib.shown.held import held_parts


@pytest.mark.parametrize(
    "held",
    [
        "128件", "1,051件", "約6,028件", "−21.8ポイント", "0.5倍", "第3四半期", "17か月後",
        "9〜10点", "95%",
        "2026-01", "2026-01-31", "2026年9月", "2026年9月30日", "9月1日", "p値 0.825", "p値 < 0.001",
        "「電話」", "「plan：family」",
    ],
)  # fmt: skip
def test_a_line_does_not_end_within(held):
    words = f"この値は{held}までである"
    assert list(held_parts(words)) == [("この値は", False), (held, True), ("までである", False)]


@pytest.mark.parametrize(
    "words",
    [
        "", "NPSは変化したか", "2026Q3年", "item-2026-01-x", "「とても長い名前は折り返すしかない」",
        "a2件", "in 2026, 12 of 40",
    ],
)  # fmt: skip
def test_other_words_may_break(words):
    assert not any(one for _, one in held_parts(words))
    assert "".join(part for part, _ in held_parts(words)) == words


@pytest.mark.parametrize(
    "held", ["‘A’입니다.", "2026Q3(12건)까지", "“B”라는", "[1,\xa02]에서", "18-24", "aoki–bae"]
)
def test_a_line_ends_neither_before_a_korean_particle_nor_within_a_pair(held):
    assert list(held_parts(f"앞말 {held} 뒷말")) == [
        ("앞말 ", False),
        (held, True),
        (" 뒷말", False),
    ]


@pytest.mark.parametrize(
    "words",
    ["‘A’ 그룹입니다", "(앞말)", f"{'긴' * 30}(말)까지", "a-1-2", "03-nps", "1e-9", "x – y"],
)
def test_other_korean_words_may_break(words):
    assert not any(one for _, one in held_parts(words))
