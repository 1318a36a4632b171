"""Only the parameters cell, as it was run last, and papermill's say what a parameter is."""

import pytest

from cxlib.errors import ParameterError
from cxlib.parameter_cells import (
    Assigned,
    assigned_names,
    is_near,
    refuse_left_behind,
    refuse_misspelt,
    refuse_near,
    refuse_replaced,
)

FIELDS = ("survey", "score", "segment", "wave", "wave_column", "columns")
CELL = 'survey = "a.csv"  # file\nscore = "Q1"\nsegment = "store"\n'
SET = ("survey", "score", "segment")
READ = "import cxlib as cx\n\np = cx.nps.Parameters.of(globals())"


@pytest.mark.parametrize(
    ("cells", "cell", "injected"),
    [
        (["", CELL, READ], SET, ()),
        (["", CELL, '# Parameters\nwave = "2026Q3"\n', READ], SET, ("wave",)),
        # run again without a line
        (["", CELL, READ, 'survey = "a.csv"\nscore = "Q1"', READ], ("survey", "score"), ()),
        # the notebook's own variables are no parameters, nor is a cell that does more
        (["", CELL, "waves = counts(p)\nwave = waves[0]()", READ], SET, ()),
        (["", CELL, "wave = 1\nprint(wave)", "for wave in x: pass", READ], SET, ()),
        (["", CELL, "log = {'a': p.customer}\nother = 5", READ], SET, ()),
        # types, paths, several names of one value
        (["", 'survey: str = "a"\nscore = segment = None\nwave = Path("x")', READ],
         ("survey", "score", "segment", "wave"), ()),
        (["", "%matplotlib inline", "survey = (", CELL, READ], SET, ()),
        (["", '# Parameters\nwave = "2026Q3"\n', READ], (), ("wave",)),
        (["", "import pandas as pd\n" + CELL, READ], SET, ()),
        (["", CELL + "columns = dict(zip('a', 'b'))", READ], (*SET, "columns"), ()),
        # a cell of one's own after it
        (["", CELL, 'wave = "2026Q3"\ntitle = "x"', READ], SET, ("wave",)),
        (["", CELL, 'wave = "2026Q3"', CELL, READ], SET, ()),
        (["", 'wave = "2026Q3"', CELL, READ], SET, ()),
        (["", CELL, 'segmnt = "s"\nwave = "2026Q3"', READ], SET, ("segmnt", "wave")),
    ],
)  # fmt: skip
def test_the_parameters_cell_is_the_last_of_assignments_alone(cells, cell, injected):
    assert assigned_names(cells, FIELDS) == Assigned(cell, injected)


@pytest.mark.parametrize("cells", [[], [""], ["", READ], ["", "x = 1"]])
def test_without_such_a_cell_nothing_is_known(cells):
    assert assigned_names(cells, FIELDS) is None


@pytest.mark.parametrize(
    ("cell", "injected", "said"),
    [
        (("segmnt",), (), "parameter 'segmnt' is unknown; did you mean 'segment'?"),
        (("segment", "segmnt"), (), "'segmnt' is unknown; did you mean 'segment'"),
        (("Segment",), (), "did you mean 'segment'"),
        (("wavecolumn",), (), "did you mean 'wave_column'"),
        (("waev",), (), "did you mean 'wave'"),
        (("scores",), (), "did you mean 'score'"),
        (("comment",), (), "is one of the names within 'columns'; write it like columns ="),
        ((), ("segmnt",), "did you mean 'segment'"),
        ((), ("nonsense",), "'nonsense' is unknown; there is 'survey', 'score'"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest(cell, injected, said):
    with pytest.raises(ParameterError, match="parameter") as refused:
        refuse_misspelt(Assigned(cell, injected), FIELDS, inner={"columns": ("comment", "weight")})
    assert said in str(refused.value)


def test_all_misspelt_names_are_told_at_once_and_others_pass():
    inner = {"columns": ("comment",)}
    refuse_misspelt(Assigned(("survey", "folder", "today", "n")), FIELDS, inner=inner)
    with pytest.raises(ParameterError) as refused:
        refuse_misspelt(Assigned(("segmnt", "wvae", "folder")), FIELDS, inner=inner)
    assert len(str(refused.value).splitlines()) == 2


def test_a_value_that_an_earlier_run_left_behind_is_refused():
    assigned = Assigned(("survey", "score"))
    refuse_left_behind(assigned, FIELDS, {"survey": 1, "score": 2, "p": 3})
    with pytest.raises(ParameterError, match="'segment', 'wave': the parameters cell") as refused:
        refuse_left_behind(assigned, FIELDS, {"survey": 1, "segment": "store", "wave": None})
    assert "set it in the parameters cell and run that cell again" in str(refused.value)


def test_in_a_plain_mapping_a_name_is_misspelt_where_its_parameter_has_no_value():
    refuse_near([("wave", 1), ("waves", [1, 2]), ("_segmnt", 1), ("segmnt", object())], FIELDS)
    with pytest.raises(ParameterError, match="'segmnt' is unknown; did you mean 'segment'"):
        refuse_near([("segmnt", "store")], FIELDS)


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("segmnt", "segment", True),
        ("Survey", "survey", True),
        ("wave_by", "waveby", True),
        ("asof", "as_of", True),
        ("clock", "clocks", True),
        ("cases", "case", True),
        ("pandas", "margins", False),
        ("order", "orders", True),
        ("month", "mode", False),
        ("values", "value", True),
        ("np", "n", True),
        ("data", "wave", False),
    ],
)
def test_what_is_near(name, known, near):
    assert is_near(name, known) is near


def test_a_parameter_of_an_earlier_release_is_refused_with_what_takes_its_place():
    replaced = {"old": "new = [{value!r}]"}
    refuse_replaced({"other": 1}, replaced)
    with pytest.raises(ParameterError, match=r"'old' has been replaced; write new = \[\[1, 2\]\]"):
        refuse_replaced({"old": (1, 2)}, replaced)
