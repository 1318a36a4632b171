"""A segment of the file of customers keeps its name, and its groups theirs, in every output."""

import pandas as pd
import pytest

import cxlib as cx
from cxlib.retention import compare
from tests.retention.notebook import Notebook, given


@pytest.mark.parametrize("name", ["lost", "cohort", "n", "method", "period", "age", "tenure", "回"])
def test_a_segment_may_have_any_name(folder, name):
    (folder / "customers.csv").write_text(
        f"customer_id,acquired_on,{name}\n1,2024-01-05,法人\n2,2024-01-09,個人\n3,2024-02-20,法人\n",
        encoding="utf-8",
    )
    nb = Notebook(given(folder, segment=name))
    [column] = nb.durations.by
    assert column == (name if name == "回" else f"by_{name}")
    groups = nb.segments
    assert sorted(groups.frame[column].unique()) == ["個人", "法人"]
    shown = groups.table()
    assert shown.written().columns[0] == name
    taken = name in groups.frame  # an estimate has the name in the CSV too
    assert shown.to_csv().split(",")[0] == (column if taken else name)
    assert "個人: " in groups.summary()
    assert f"of “{name}”" in compare(nb.durations, between=name).summary()
    assert cx.picture(groups.plot(months=1)).png


def test_names_of_groups_that_look_alike_are_one_group_and_turn_no_text_around(folder):
    (folder / "customers.csv").write_text(
        "customer_id,acquired_on,segment\n1,2024-01-05,\u3000法人\n2,2024-01-09,法人 \n"
        "3,2024-02-20,\u202e \n",
        encoding="utf-8",
    )
    nb = Notebook(given(folder))
    assert sorted(nb.segments.frame["segment"].unique()) == ["(not known)", "法人"]
    assert "were taken for one name: 法人" in str(nb.data.notes[0])


def test_long_names_of_groups_leave_the_figure_its_size(folder):
    names = ["とても長い名前" * 20, "long words " * 20, "$x$\n_1^{"]
    pd.DataFrame({"customer_id": [1, 2, 3], "acquired_on": "2024-01-05", "segment": names}).to_csv(
        folder / "customers.csv"
    )
    ax = Notebook(given(folder)).segments.plot(months=1)
    drawn = {words for note in ax.texts if "長い" in (words := note.get_text()) or "…" in words}
    assert drawn == {"とても長い名前…長い名前", "long words lon…ong words"}
    ax.figure.canvas.draw()
    assert ax.get_tightbbox().width < 2 * ax.get_window_extent().width
