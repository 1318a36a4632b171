"""A saved figure is whole, reads CJK, and replaces what was there."""

from __future__ import annotations

import io

import matplotlib.pyplot as plt
import pytest
from PIL import Image
from pypdf import PdfReader

from cxlib import errors
from cxlib.shown import theme
from cxlib.shown.picture import picture
from cxlib.shown.saving import save


@pytest.fixture
def ax():
    with theme.use():
        ax = theme.title(theme.axes(width=4, height=3), "点数は上がった 점수", "n = 12")
    yield ax
    plt.close(ax.figure)


@pytest.mark.parametrize("name", ["波.svg", "wave.PNG", "wave.pdf"])
def test_each_format_is_written_whole_and_replaces_what_was_there(ax, tmp_path, name):
    path = tmp_path / name
    path.write_text("old", encoding="utf-8")
    assert save(ax, path) == path
    content = path.read_bytes()
    assert content.startswith({"g": b"<?xml", "G": b"\x89PNG", "f": b"%PDF"}[name[-1]])
    assert save(ax, str(path)).read_bytes() == content  # the same figure is the same file
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert plt.fignum_exists(ax.figure.number)


def test_a_png_is_twice_as_fine_and_an_svg_needs_no_font(ax, tmp_path):
    with Image.open(io.BytesIO(save(ax, tmp_path / "a.png").read_bytes())) as read:
        assert read.width > 600
        assert read.info["dpi"] == pytest.approx((200, 200), abs=0.1)
    assert "<text" not in save(ax, tmp_path / "a.svg").read_text(encoding="utf-8")


def test_japanese_and_korean_can_be_read_out_of_a_pdf(ax, tmp_path):
    words = PdfReader(save(ax, tmp_path / "a.pdf")).pages[0].extract_text()
    assert "点数は上がった" in words
    assert "점수" in words


@pytest.mark.parametrize(("name", "says"), [("a.gif", "'.gif' is none"), ("no/a.svg", "no folder")])
def test_what_cannot_be_saved_is_refused(ax, tmp_path, name, says):
    with pytest.raises(errors.ParameterError, match=says):
        save(ax, tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_half_a_figure_is_never_there(ax, tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_text("old", encoding="utf-8")

    def full(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(ax.figure, "savefig", full)
    with pytest.raises(OSError, match="full"):
        save(ax, path)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.png", "old")]


def test_letters_of_a_figure_that_somebody_drew_herself_are_all_there(tmp_path):
    ax = plt.subplots()[1]
    ax.set_title("東京 서울")  # a letter that is not there is a warning, and an error here
    ax.set_xticks([0, 1], labels=["店", "가"])
    save(ax, tmp_path / "own.svg")
    assert picture(ax).png
