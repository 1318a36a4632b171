"""A picture has words for those who cannot see it."""

from __future__ import annotations

import base64

from cxlib.shown import theme
from cxlib.shown.picture import picture


def test_a_picture_has_words_and_is_closed():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    ax = theme.title(theme.axes(), "点数は上がった", "NPS, n = 12")
    ax.set_xlabel("wave")
    shown = picture(ax)
    assert plt.get_fignums() == before
    assert repr(shown) == "点数は上がった. NPS, n = 12. x: wave."
    data, metadata = shown._repr_mimebundle_()
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert metadata["image/png"]["alt"] == data["text/plain"] == shown.alt
    assert picture(theme.axes(), alt="words").alt == "words"
