"""Colours of the palette are swapped, all others stay."""

import matplotlib.pyplot as plt
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from cxlib.shown import theme
from cxlib.shown.recolouring import recolour

palettes = st.lists(
    st.sampled_from([*theme.PALETTE, theme.GREY, "#123456"]), min_size=1, max_size=9
)


@settings(deadline=None, max_examples=20)
@given(palettes, st.lists(st.from_regex("#[0-9a-f]{6}", fullmatch=True), min_size=2, max_size=4))
def test_bars_lines_and_dots_get_the_colours_in_the_order_of_the_palette(used, asked):
    figure, ax = plt.subplots()
    bars = ax.bar(range(len(used)), 1, color=used)
    dots = ax.scatter(range(len(used)), [1] * len(used), color=used, alpha=0.5)
    lines = [ax.plot([0, 1], color=each)[0] for each in used]
    recolour(ax.findobj(), asked)
    swaps = dict(zip([each for each in theme.PALETTE if each in used], asked, strict=False))
    wanted = [swaps.get(each, each).lower() for each in used]
    assert [to_hex(bar.get_facecolor()) for bar in bars] == wanted
    assert [to_hex(line.get_color()) for line in lines] == wanted
    assert [to_hex(each) for each in dots.get_facecolor()] == wanted
    assert {each[3] for each in dots.get_facecolor()} == {0.5}
    plt.close(figure)
