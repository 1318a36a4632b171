"""Every plot takes what people pass, respects their style, and knows the numbers that it shows."""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import to_hex

import cxlib
from cxlib import nps
from cxlib.errors import ParameterError
from cxlib.shown import theme
from cxlib.shown.drawing import Look
from cxlib.shown.result import Absent, Result

ROWS = pd.DataFrame(
    {
        "店": ["東京"] * 12 + ["부산"] * 9 + ["x"] * 6,
        "score": [10, 9, 3] * 4 + [8, 2, 1] * 3 + [9] * 6,
    }
)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def found():
    return nps.score(nps.count_scores(ROWS, score="score", by="店"), by="店")


def kinds():
    """Every class of results that draws itself."""
    for module in pkgutil.walk_packages(cxlib.__path__, "cxlib."):
        if "texts" not in module.name:
            importlib.import_module(module.name)
    left, seen = [Result], []
    while left:
        kind = left.pop()
        left += kind.__subclasses__()
        if (
            "plot" in vars(kind)
            and kind.__name__ not in ("Absent", "Result")
            and "cxlib" in kind.__module__
        ):
            seen.append(kind)
    return seen


def test_every_plot_takes_the_same_keywords_and_attaches_its_numbers():
    drawn = kinds()
    assert len({kind.__qualname__ for kind in drawn}) >= 28
    for kind in drawn:
        plot = kind.plot
        assert set(Look.__annotations__) <= set(inspect.signature(plot).parameters), kind
        assert "look" not in inspect.signature(plot).parameters, kind
        assert "with_numbers(" in inspect.getsource(plot.__wrapped__), kind


def test_a_title_of_her_own_none_or_ours():
    ours = found().plot(finding="ours")
    assert ours.get_title(loc="left") == "ours"
    assert [note for note in ours.texts if note.get_gid() == "subtitle"]
    own = found().plot(finding="ours", title="点数 $5")
    assert own.get_title(loc="left") == "点数 $5"
    none = found().plot(finding="ours", title=None)
    assert not none.get_title(loc="left")
    assert not [note for note in none.texts if note.get_gid() == "subtitle"]


@pytest.mark.parametrize("where", ["left", "center", "right"])
def test_a_title_that_she_sets_stands_alone(where):
    before = plt.subplots()[1]
    before.set_title("hers", loc=where)
    after = found().plot(finding="ours")
    after.set_title("hers", loc=where)
    for ax in (found().plot(before, finding="ours"), after):
        titles = [ax.get_title(loc=each) for each in ("left", "center", "right")]
        assert [title for title in titles if title] == ["hers"]
        assert not [note for note in ax.texts if note.get_gid() == "subtitle"]


def test_given_axes_keep_their_figure_and_their_size():
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
    size, place = figure.get_size_inches().tolist(), left.get_position().bounds
    assert found().plot(left) is left
    assert figure.get_size_inches().tolist() == size
    assert left.get_position().bounds == place
    assert not right.lines
    with pytest.raises(ParameterError, match=r"figsize=.*ax has one already"):
        found().plot(left, figsize=(3, 3))


def test_a_new_figure_has_the_size_asked_for():
    assert found().plot(figsize=(5, 2.5)).figure.get_size_inches().tolist() == [5, 2.5]


def colours(ax):
    return {to_hex(line.get_color()) for line in ax.lines} | {
        to_hex(each) for lines in ax.collections for each in lines.get_edgecolor()
    }


def test_one_colour_is_of_the_finding_and_its_companion_follows():
    ours, asked = colours(found().plot()), colours(found().plot(color="teal"))
    assert theme.BLUE.lower() in ours
    assert "#008080" in asked
    assert not {theme.BLUE.lower(), theme.SKY.lower()} & asked
    assert theme.GREY.lower() in asked


def test_several_colours_follow_one_another_and_what_was_there_keeps_its_own():
    ax = plt.subplots()[1]
    ax.plot([0, 1], [0, 1], color=theme.BLUE, gid="hers")
    found().plot(ax, color=["#112233", "#445566"])
    assert {"#112233", "#445566"} <= colours(ax)
    (hers,) = [line for line in ax.lines if line.get_gid() == "hers"]
    assert hers.get_color() == theme.BLUE


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"colour": "red"}, "no parameter 'colour'; did you mean 'color'"),
        ({"color": "bleu"}, "color='bleu' is no colour"),
        ({"color": ["red", "bleu"]}, "color='bleu' is no colour"),
        ({"figsize": 8}, "figsize=8 must be width and height"),
        ({"figsize": (8, -1)}, "must be width and height"),
        ({"title": 3}, "title=3 must be words"),
        ({"titel": "x"}, "did you mean 'title'"),
    ],
)
def test_what_is_no_wish_is_refused_with_the_next_step(given, says):
    with pytest.raises(ParameterError, match=says):
        found().plot(**given)
    if not {"color", "figsize", "title"} & set(given):
        with pytest.raises(ParameterError, match="has no parameter"):
            Absent.of("retention.no_value", type(found())).plot(**given)


def test_an_absent_result_takes_the_same():
    absent = Absent.of("retention.no_value", type(found()))
    assert absent.plot(title=None, color="red", figsize=(3, 2)).get_gid() == theme.MESSAGE


def test_a_style_of_hers_stays_and_ours_stays_within_the_figure():
    before = dict(mpl.rcParams)
    with mpl.rc_context({"axes.spines.top": True, "axes.edgecolor": "#123456"}):
        ax = found().plot()
        assert to_hex(ax.spines["top"].get_edgecolor()) == "#123456"
    plain = found().plot()
    assert not plain.spines["top"].get_visible()
    assert dict(mpl.rcParams) == before


def test_names_in_japanese_stay_readable_in_a_font_of_hers():
    with mpl.rc_context({"font.family": ["DejaVu Serif"]}):
        ax = found().plot()
    families = ax.get_yticklabels()[0].get_fontfamily()
    assert families == ["DejaVu Serif", theme.CJK_FAMILY]
    ax.figure.canvas.draw()  # a missing glyph is an error here


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_letters_have_the_forms_of_the_language(language):
    ax = found().plot(language=language)
    told = {each.get_language() for each in [*ax.texts, ax.title, ax._left_title]}
    assert told == {language}
    assert mpl.rcParams["text.language"] is None


def drawn_in(language, words):
    with theme.look(language):
        figure = plt.figure(figsize=(2, 1))
        figure.text(0.1, 0.3, words, fontsize=30)
        figure.canvas.draw()
    return bytes(figure.canvas.buffer_rgba())


def test_a_figure_in_korean_has_korean_forms():
    assert drawn_in("ja", "化社次") != drawn_in("ko", "化社次")  # three whose forms differ
    assert drawn_in("ja", "東京") == drawn_in("ko", "東京")
