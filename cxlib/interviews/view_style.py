"""How a coded transcript looks: rules for all, and one for each combination of spans."""

from __future__ import annotations

from collections.abc import Sequence

from cxlib.interviews.lanes import Span
from cxlib.shown.theme import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILION

COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
_LINE, _STEP = 3, 5  # pixels: a line under the words, and from one to the next
# gaps of a coder's line, so that coders can be told apart without colour: none, long, short
_GAPS = ((1, 0), (9, 3), (3, 3))

SHEET = """
.cx-view{font:16px/1.5 "cx-cjk",system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",\
"Hiragino Sans","Yu Gothic",Meiryo,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans CJK JP",\
sans-serif;color:#222;background:#fff;overflow-wrap:anywhere}
.cx-view:lang(ko),.cx-view [lang|=ko]{word-break:keep-all;font-family:"cx-ko","cx-cjk",\
"Apple SD Gothic Neo","Malgun Gothic","Noto Sans CJK KR",system-ui,sans-serif}
.cx-view [lang|=ja]{word-break:normal;font-family:"cx-cjk","Hiragino Sans","Yu Gothic",Meiryo,\
"Noto Sans CJK JP",system-ui,sans-serif}
.cx-view h2{font-size:1.25rem;margin:0 0 .3rem;line-height:1.3}
.cx-view p{margin:0 0 .5rem}
.cx-view .soft,.cx-view .who,.cx-view .codes{color:#595959;font-size:.8rem;line-height:1.45}
.cx-view .both{display:grid;grid-template-columns:minmax(0,1fr) 17rem;gap:2rem;align-items:start}
.cx-view .u{display:grid;grid-template-columns:7.5rem minmax(0,1fr);column-gap:1rem;\
padding:.5rem 0;border-top:1px solid #e4e4e4}
.cx-view .u:target{background:#fbf6e9}
.cx-view .who b{color:#222;display:block;font-size:.85rem}
.cx-view pre{font:inherit;color:inherit;background:none;border:0;margin:0;padding:0;\
white-space:pre-wrap}
.cx-view pre.out{color:#767676}
.cx-view .t{unicode-bidi:isolate;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.cx-view .gap.none{display:none}
.cx-view .g{font-size:.68rem;line-height:1;border:1px solid;border-left-width:4px;\
border-radius:2px;padding:0 .25rem;margin:0 .2rem 0 .1rem;vertical-align:.35em;\
white-space:nowrap;user-select:none;\
background:#fff}
.cx-view .g span{color:#222}
.cx-view td a{text-decoration:none}
.cx-view td a:hover{text-decoration:underline}
.cx-view thead th{white-space:nowrap}
.cx-view .codes{grid-column:2;list-style:none;margin:.2rem 0 0;padding:0}
.cx-view .codes details{display:inline}
.cx-view summary{cursor:pointer;display:inline-block;text-decoration:underline dotted}
.cx-view .codes details p{margin:.1rem 0 .3rem;padding-left:.8rem;color:#222;white-space:pre-wrap}
.cx-view aside{position:sticky;top:0;max-height:100vh;overflow:auto;font-size:.85rem}
.cx-view table{border-collapse:collapse;width:100%;font-size:.8rem;line-height:1.35;\
font-variant-numeric:tabular-nums}
.cx-view caption{text-align:left;font-weight:600;padding-bottom:.3rem}
.cx-view th,.cx-view td{text-align:left;padding:.25rem .5rem .25rem 0;\
border-bottom:1px solid #e4e4e4;vertical-align:top}
.cx-view .n{text-align:right}
.cx-view td a{color:inherit}
.cx-view .lane{display:inline-block;width:2.4rem;height:3px;vertical-align:.3em;margin-right:.4rem}
@media (max-width:52rem){.cx-view .both{grid-template-columns:minmax(0,1fr);gap:.5rem}\
.cx-view aside{position:static;max-height:16rem;order:-1;border-bottom:1px solid #ccc}\
.cx-view .u{grid-template-columns:minmax(0,1fr)}.cx-view .codes{grid-column:1}\
.cx-view .who b{display:inline;margin-right:.5rem}}
@media print{.cx-view .both{display:block}.cx-view aside{position:static;max-height:none}\
.cx-view .u{break-inside:avoid}}
"""


def colour(position: int) -> str:
    """Return the colour of the code at a position of the list; after six they come again."""
    return COLOURS[position % len(COLOURS)]


def line(colour: str, coder: int) -> str:
    """Return a coder's line as a CSS image: the first unbroken, the others each with their own
    gaps."""
    drawn, gap = _GAPS[coder % len(_GAPS)]
    if not gap:
        return f"linear-gradient({colour},{colour})"
    return (
        f"repeating-linear-gradient(90deg,{colour} 0 {drawn}px,transparent {drawn}px "
        f"{drawn + gap}px)"
    )


class Combinations:
    """The combinations of lines that occur in a view; each has a class of its own in its sheet."""

    def __init__(self, root: str, codes: Sequence[str], coders: Sequence[str], lanes: int) -> None:
        self._root, self._lanes = root, lanes
        self._codes = {code: position for position, code in enumerate(codes)}
        self._coders = {coder: position for position, coder in enumerate(coders)}
        self._known: dict[str, str] = {}

    def name(self, spans: Sequence[Span]) -> str:
        """Return the class of a piece of text that these spans cover; empty where none has a
        lane."""
        images = [
            f"{line(colour(self._codes[span.code]), self._coders[span.coder])} 0 calc(100% - "
            f"{(self._lanes - 1 - span.lane) * _STEP}px)/100% {_LINE}px no-repeat"
            for span in spans
            if span.lane is not None
        ]
        if not images:
            return ""
        return self._known.setdefault(",".join(images), f"k{len(self._known)}")

    def sheet(self) -> str:
        """Return the rules of this view."""
        room = self._lanes * _STEP
        rules = [
            f"#{self._root} .lined{{line-height:calc(1.65em + {room}px);margin-bottom:{room}px}}"
        ]
        rules += [
            f"#{self._root} .{name}{{background:{images};padding-bottom:{room}px}}"
            for images, name in self._known.items()
        ]
        return "\n".join(rules)
