"""Figures of 221 codes and 40 interviews can be read: bounded, what is left out is said, no text
lies on another."""

from __future__ import annotations

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cxlib import interviews

CODES = (
    "delivery came late",
    "長い待ち時間が続く",
    "배송이 늦게 도착",
    "not to be understood by anybody",
)
KINDS = ("goal", "obstacle", "annoyance", "delight", "contact")


@pytest.fixture(scope="module")
def many(build):
    rng = np.random.default_rng(3)
    names = [f"{CODES[i % 4]}, of those that were seldom heard {i}" for i in range(221)]
    documents = [f"interview_{i:02d}_長い名前.vtt" for i in range(40)]
    drawn = np.minimum(rng.exponential(55, (40, 30)), 220).astype(int)
    rows = [
        (document, unit // 2, names[code], who)
        for document, codes in zip(documents, drawn, strict=True)
        for unit, code in enumerate(codes)
        for who in ("K", "M")
        if who == "K" or rng.random() < 0.8
    ]
    book = {name: (f"theme {i % 12}", KINDS[i % 5]) for i, name in enumerate(names)}
    return build(
        dict.fromkeys(documents, 30),
        rows,
        book,
        language=[("English", "日本語", "한국어")[i % 3] for i in range(40)],
        person=[f"客 {i} of the first round" for i in range(40)],
    )


RESULTS = {
    "prevalence": lambda corpus: interviews.prevalence(corpus, rule="any"),
    "themes": lambda corpus: interviews.prevalence(corpus, by="theme", rule="any"),
    "agreement": lambda corpus: interviews.agreement(corpus, resamples=100),
    "by language": lambda corpus: interviews.by_case(corpus, case="language", rule="any"),
    "by person": lambda corpus: interviews.by_case(corpus, case="person", rule="any"),
    "together": lambda corpus: interviews.cooccurrence(corpus, rule="any"),
    "saturation": lambda corpus: interviews.saturation(corpus, rule="any", resamples=50),
}


@pytest.mark.parametrize("what", RESULTS)
def test_no_text_lies_on_another_where_there_are_many(many, what):
    ax = RESULTS[what](many).plot()
    figure = ax.figure
    figure.canvas.draw()
    width, height = figure.get_size_inches()
    assert width <= 10
    assert height <= 14
    boxes = [
        (text.get_text(), text.get_window_extent())
        for text in figure.findobj(plt.Text)
        if text.get_visible() and text.get_text().strip() and text.get_rotation() != 40
    ]
    assert len(boxes) > 5
    for (one, a), (other, b) in combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        down = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1 or down <= 1, f"{one!r} lies on {other!r}"
    plt.close(figure)


def test_what_is_not_in_the_figure_is_said_and_what_the_title_names_is(many):
    ax = RESULTS["prevalence"](many).plot()
    heard = (RESULTS["prevalence"](many).frame["interviews"] > 0).sum()
    assert f"… and {heard - 30} more codes" in ax.get_xlabel()
    assert len(ax.get_yticklabels()) == 30
    ax = RESULTS["by person"](many).plot()
    assert "30 more groups" in ax.get_xlabel()
    found = RESULTS["by language"](many)
    labels = {label.get_text() for label in found.plot().get_yticklabels()}
    widest = found._widest()[0][0]
    assert any(label.endswith(widest[-12:]) for label in labels)
    plt.close("all")


def test_of_many_codes_those_in_most_interviews_are_drawn(many):
    frame = RESULTS["prevalence"](many).frame
    least = frame["interviews"].nlargest(30).min()
    ax = RESULTS["prevalence"](many).plot()
    shown = {label.get_text().rpartition(" ")[2] for label in ax.get_yticklabels()}
    for code, n in frame[["code", "interviews"]].itertuples(index=False):
        if n > least:
            assert code.rpartition(" ")[2] in shown
    assert not shown & {
        code.rpartition(" ")[2] for code in frame.loc[frame["interviews"] < least, "code"]
    }
    plt.close("all")
