"""One look for every figure: CJK text without system fonts, a palette that colour-blind readers can
tell apart."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

from cxlib.errors import ParameterError
from cxlib.shown.held import held_parts
from cxlib.shown.message import Message, Sentences, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

# Okabe and Ito 2008, in the order of use: first the one that carries the finding, then the context.
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#F0E442",
)
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW)
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"
PROMOTER, PASSIVE, DETRACTOR = BLUE, PALE, VERMILION
CJK_FAMILY = "Noto Sans CJK JP"
_CLOSES = frozenset(",.;:!?)、。，．）」』】〉》：；！？・ーっゃゅょァィゥェォッャュョ々％")
_OPENS = frozenset("（「『【〈《")
_NAME, _LINES, _LONG = 34, 2, 46  # columns and lines of a name beside an axis; what is too long
_TWO_LINES = 28  # points that a row with a name of two lines takes
_EDGES = " …\u200d\ufe0f"  # beside the gap in a name: the last two join parts of an emoji
MESSAGE = "message"  # the mark of Axes that hold a sentence only
# behind a label that may lie on a line: "−24.5" whose minus a line crosses reads +24.5
CLEAR = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}


_MEASURED = "subtitle"  # the mark of what stands below a finding
_SHADES = "Blues"  # light to dark: reads in grey and to colour-blind readers


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one who draws asked for: a title in place of ours (`None`: none; `""`: ours), colours in
    place of ours, inches of a new figure."""

    title: Message | Sentences | str | None = ""
    colours: tuple[str, ...] = ()
    figsize: tuple[float, float] | None = None


_NOTHING = Asked()
_UNBROKEN: WeakKeyDictionary[Axes, dict[str, str]] = WeakKeyDictionary()
_ASKED: ContextVar[Asked] = ContextVar("asked", default=_NOTHING)


@contextmanager
def asked(wishes: Asked, language: str = "") -> Iterator[None]:
    """Follow somebody's wishes in what is drawn meanwhile, in the look of the suite."""
    token = _ASKED.set(wishes)
    try:
        with look(language):
            yield
    finally:
        _ASKED.reset(token)


@functools.cache
def _register() -> None:
    """Make the font that comes as a package known; once a process."""
    from matplotlib import font_manager
    from noto_cjk_sans_jp_regular import FONT_PATH

    font_manager.fontManager.addfont(
        str(FONT_PATH)
    )  # kana, kanji and hangul in one face; no system font is needed


@functools.cache
def _looks() -> dict[Any, Any]:
    import matplotlib as mpl

    return {
        "font.family": ["DejaVu Sans", CJK_FAMILY],
        "axes.unicode_minus": True,
        "axes.prop_cycle": mpl.rcsetup.cycler(color=PALETTE),
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": GREY,
        "axes.labelcolor": INK,
        "axes.titlelocation": "left",
        "text.color": INK,
        "xtick.color": INK,
        "ytick.color": INK,
        "text.hinting": "no_hinting",  # hinting takes a quarter of a drawing
        "text.parse_math": False,  # a customer's "$" is a dollar, not mathematics
        "figure.dpi": 100,
        "legend.frameon": False,
    }


@contextmanager
def look(language: str = "") -> Iterator[None]:
    """Draw in the look of the suite, but for what somebody has set otherwise: what differs from
    matplotlib's own values is hers. Names in Japanese and Korean are readable in any font; Han
    characters have the forms of the language, where matplotlib can (from 3.11 on)."""
    import matplotlib as mpl

    _register()
    now, usual = mpl.rcParams, mpl.rcParamsDefault
    wanted = {name: value for name, value in _looks().items() if now[name] == usual[name]}
    if now["font.sans-serif"] != usual["font.sans-serif"]:
        wanted.pop("font.family", None)
    if "font.family" not in wanted:
        own = [name for name in now["font.family"] if name != CJK_FAMILY]
        wanted["font.family"] = [*own, CJK_FAMILY]
    if language and "text.language" in now:
        wanted["text.language"] = language
    with mpl.rc_context(wanted):
        yield


def add_cjk_font(figure: Figure) -> None:
    """Let the texts of a figure that somebody drew outside the look show Japanese and Korean."""
    from matplotlib.text import Text as Label

    for label in figure.findobj(Label):
        families = list(label.get_fontfamily())
        if CJK_FAMILY not in families:
            label.set_fontfamily([*families, CJK_FAMILY])


def write_powers(figure: Figure) -> None:
    """Let matplotlib's own ticks of a logarithmic axis be 10² rather than the formula as it is
    written, which the look would show: only such a tick is a formula."""
    from matplotlib.ticker import LogFormatterMathtext, LogitFormatter

    kinds = (LogFormatterMathtext, LogitFormatter)
    axes = [axis for ax in figure.axes for axis in (ax.xaxis, ax.yaxis)]
    major = [axis for axis in axes if isinstance(axis.get_major_formatter(), kinds)]
    minor = [axis for axis in axes if isinstance(axis.get_minor_formatter(), kinds)]
    if major or minor:
        figure.draw_without_rendering()  # ticks are made as they are needed
    labels = [label for axis in major for label in axis.get_ticklabels(which="major")]
    labels += [label for axis in minor for label in axis.get_ticklabels(which="minor")]
    for label in labels:
        label.set_parse_math(True)


class Used:
    """The look of the suite, for all that is drawn until `undo()`, or within `with`."""

    def __init__(self) -> None:
        import matplotlib as mpl

        _register()
        self._before = {name: mpl.rcParams[name] for name in _looks()}
        mpl.rcParams.update(_looks())

    def undo(self) -> None:
        """Set everything as it was before."""
        import matplotlib as mpl

        mpl.rcParams.update(self._before)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.undo()

    def __repr__(self) -> str:
        return "figures have the look of cxlib; .undo() on what use() returned takes it off"


def use() -> Used:
    """Give your own plots the look of the suite, and its font for Japanese and Korean.

    Returns
    -------
    Used
        `.undo()` sets everything as it was; as a context manager it does so by itself.

    Examples
    --------
    >>> import matplotlib
    >>> before = matplotlib.rcParams["axes.edgecolor"]
    >>> with use():
    ...     matplotlib.rcParams["axes.edgecolor"]
    '#767676'
    >>> matplotlib.rcParams["axes.edgecolor"] == before
    True
    """
    return Used()


def axes(ax: Axes | None = None, *, width: float = 8.0, height: float = 4.2) -> Axes:
    """Return `ax`, or new Axes of the given size in inches, or of that somebody asked for."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=_ASKED.get().figsize or (width, height))[1]


def shades() -> Colormap:
    """Return shades for values from low to high, light to dark, of the colour asked for."""
    import matplotlib as mpl
    from matplotlib.colors import LinearSegmentedColormap

    colours = _ASKED.get().colours
    if not colours:
        return mpl.colormaps[_SHADES]
    return LinearSegmentedColormap.from_list("asked", ["white", *colours[:1]])


def figure_of(ax: Axes) -> Figure:
    """Return the whole figure in which Axes lie."""
    found = ax.get_figure(root=True)
    if found is None:
        raise ParameterError("ax lies in no figure; give Axes that `theme.axes` made")
    return found


def title(ax: Axes, finding: str, measured: str = "", *, language: str = "en") -> Axes:
    """Put the finding above the figure and, smaller, what is measured; long lines are broken.

    Both are left-aligned with the figure; a label of any script may stand in them. A title that
    somebody set stays as it is, alone; one that she sets later takes the place of ours.
    """
    if _has_own_title(ax):
        return ax
    wish = _ASKED.get().title
    if wish is None:
        return ax
    finding = said(wish, language) or finding
    _take_off(ax)
    characters = int(figure_of(ax).get_size_inches()[0] * ax.get_position().width * 12)
    whole = finding, measured
    finding, measured = wrap(finding, characters), wrap(measured, int(characters * 1.25))
    _UNBROKEN[ax] = dict(zip((finding, measured), whole, strict=True))
    lines = measured.count("\n") + 1 if measured else 0
    # where it is told, matplotlib need not measure all labels to find it
    ax.set_title(finding, loc="left", fontsize=13, pad=10 + 13 * lines, y=1.0)
    if measured:
        note = ax.annotate(
            measured,
            (0, 1),
            (0, 8),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=9.5,
            color=GREY,
            va="bottom",
            ha="left",
        )
        note.set_gid(_MEASURED)
    # her title is not printed over ours, wherever it stands: matplotlib has three places for it
    ax.set_title = functools.partial(_own_title, ax)  # type: ignore[method-assign]
    return ax


def unbroken(ax: Axes, words: str) -> str:
    """Return what `title` was given where it broke it into these lines, else the words themselves.

    A line may end where no blank was: between a Japanese letter and a figure, say.
    """
    return _UNBROKEN.get(ax, {}).get(words, words)


def _has_own_title(ax: Axes) -> bool:
    return "set_title" not in vars(ax) and any(
        (ax.get_title("left"), ax.get_title("center"), ax.get_title("right"))
    )


def _own_title(ax: Axes, *given: Any, **named: Any) -> Any:
    _take_off(ax)
    return ax.set_title(*given, **named)


def _take_off(ax: Axes) -> None:
    """Take off what `title` wrote, if it did."""
    if vars(ax).pop("set_title", None) is None:
        return
    for note in [note for note in ax.texts if note.get_gid() == _MEASURED]:
        note.remove()
    ax.set_title("", loc="left")


def message(ax: Axes | None, sentence: str) -> Axes:
    """Return Axes that hold a sentence only: why there is nothing to draw."""
    ax = axes(ax, height=1.2)
    ax.set_axis_off()
    ax.set_gid(MESSAGE)
    title(ax, "", sentence)
    return ax


def wrap(sentence: str, width: int) -> str:
    """Break a line so that it takes at most `width` columns, a CJK character counting two.

    Japanese and Chinese are broken anywhere, Korean between words, as Korean readers expect.
    """
    lines, used = [""], 0
    for word in _breakable(sentence, width):
        size = _columns(word)
        if used and used + size > width + 1:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            used = 0
        lines[-1] += word
        used += size
    return "\n".join(lines).rstrip()


def _breakable(sentence: str, width: int) -> Iterator[str]:
    """Give the pieces between which a line may end: an interval, `n = 128` and what `held_parts`
    holds are one, no line of Japanese begins with a mark that closes or ends with one that opens.
    """
    apart = "\u3000-\u9fff\uff00-\uffef"
    parts = rf"\[[^\[\]]{{1,30}}\]\s*|\bn = [\d,]+\s*|[^\s{apart}\[]+\s*|\[|[{apart}]\s*|\s+"
    pieces: list[str] = []
    for part in itertools.chain.from_iterable(
        [words] if held and re.search(f"[{apart}]", words) else re.findall(parts, words)
        for words, held in held_parts(sentence)
    ):
        if pieces and (part[0] in _CLOSES or pieces[-1][-1] in _OPENS):
            pieces[-1] += part
        else:
            pieces.append(part)
    for part in pieces:
        if _columns(part.rstrip()) > width and re.search("[\uac00-\ud7af]", part):
            yield from part  # no line takes it whole
        else:
            yield part


def fit(ax: Axes) -> None:
    """Break long names beside an axis of names over two lines, or cut them to one where rows stand
    close, and cut what is longer still; where two would be cut to the same, none is."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    if not isinstance(ax.yaxis.get_major_locator(), FixedLocator):
        return
    names = [label.get_text() for label in ax.get_yticklabels()]
    if all(_columns(line) <= _LONG for name in names for line in name.split("\n")):
        return
    height = figure_of(ax).get_size_inches()[1] * ax.get_position().height * 72
    is_close = height < len(names) * _TWO_LINES
    full = names if is_close else [wrap(name, _NAME) for name in names]
    short = [_two_lines(name) for name in full]
    ax.yaxis.set_major_formatter(FixedFormatter(short if len({*short}) == len({*full}) else full))


def _two_lines(name: str) -> str:
    lines = name.split("\n")
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"{lines[_LINES - 1].rstrip()}…"]
    return "\n".join(_cut(line) for line in lines)


def _cut(line: str) -> str:
    """Cut what has no place to break at in its middle (names often differ at their ends, where `n`
    stands too), a CJK character counting two columns; letters stay whole."""
    line = unicodedata.normalize("NFC", line)  # macOS writes letters in pieces
    if _columns(line) <= _NAME + 4:
        return line
    end = _beginning(line[::-1], _NAME // 2)[::-1]
    return f"{_beginning(line, _NAME - _NAME // 2).rstrip(_EDGES)}…{end.lstrip(_EDGES)}"


def _beginning(line: str, most: int) -> str:
    columns = itertools.accumulate(map(_columns, line))
    return line[: sum(used <= most for used in columns)]


def _columns(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in words)
