"""Weights that are written: each wave to its own people, an id and a weight a row, and back again
in the study of the NPS."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias, nps
from cxlib.errors import ParameterError
from tests.bias.conftest import SURVEY, parameters

ANSWERS = pd.DataFrame(
    {
        "回答": [f"{i:03d}" for i in range(60)],
        "wave": ["W1"] * 30 + ["W2"] * 30,
        "国": (["日"] * 20 + ["韓"] * 10) * 2,
        "score": [10, 0, 9, 7, 6, 10] * 10,
    }
)
TARGETS = {"国": {"日": 0.5, "韓": 0.5}}


def given(tmp_path, **more):
    ANSWERS.to_csv(tmp_path / "a.csv", index=False)
    values = {"survey": tmp_path / "a.csv", "score": "score", "targets": TARGETS}
    return bias.Parameters.parse(
        values | {"answer_id": "回答", "weights_out": tmp_path / "out" / "w.csv"} | more
    )


def test_both_studies_find_the_same_weighted_score(tmp_path):
    p = given(tmp_path)
    sample = bias.read(p)
    written = bias.write_weights(p, sample)
    assert written.frame.to_numpy().tolist() == [["W1", 30, "written"], ["W2", 30, "written"]]
    assert "Weights of 60 answers (2 waves" in written.summary()
    assert [*written.said().wrote] == [p.weights_out.as_posix()]
    table = pd.read_csv(p.weights_out, dtype={"回答": str})
    assert list(table.columns) == ["回答", "weight"]
    assert_allclose(table["weight"], ([0.75] * 20 + [1.5] * 10) * 2)  # half of 30 on 20, and on 10
    weights = bias.rake(sample.respondents, targets=TARGETS)
    here = bias.estimate_nps(sample.respondents, score="score", weights=weights)
    asked = {"survey": tmp_path / "a.csv", "weights": p.weights_out}
    answers = nps.read(nps.Parameters.parse(asked | {"columns": {"weight": "weight"}}))
    there = nps.score(answers.current, score="score", weight="weight").frame.iloc[0]
    assert_allclose(there["nps"], here.row("weighted")["nps"])
    assert there["n"] == 30
    assert not answers.flags


def test_a_named_wave_is_written_alone_and_nothing_where_nothing_is_asked(tmp_path):
    p = given(tmp_path, wave="W1")
    written = bias.write_weights(p, bias.read(p))
    assert written.frame["wave"].tolist() == ["W1"]
    assert len(pd.read_csv(p.weights_out)) == 30
    p = given(tmp_path, weights_out=None)
    none = bias.write_weights(p, bias.read(p))
    assert (none.summary(), none.said().wrote) == ("", {})


def test_waves_that_cannot_be_weighted_are_told(tmp_path):
    p = given(tmp_path)
    ANSWERS.assign(国=ANSWERS["国"].where(ANSWERS["wave"] == "W2", "日")).to_csv(
        tmp_path / "a.csv", index=False
    )
    written = bias.write_weights(p, bias.read(p))
    assert written.frame["state"].tolist() == ["not_weighted", "written"]
    assert "Wave W1 is not among them. These targets cannot be met" in written.summary()


def test_ids_that_are_none_are_refused(files, tmp_path):
    p = given(tmp_path, answer_id=None)
    with pytest.raises(ParameterError, match=r"answer_id=None is missing.*such as '回答'"):
        bias.write_weights(p, bias.read(p))
    p = given(tmp_path, answer_id="国")
    with pytest.raises(ParameterError, match=r"there twice for some answers.*'回答'"):
        bias.write_weights(p, bias.read(p))
    SURVEY.assign(who="c1").to_csv(files / "survey.csv", index=False)
    p = parameters(files, weights_out=files / "w.csv", invitations=None, frame=None, margins=[])
    with pytest.raises(ParameterError, match="answer_id='who'"):
        bias.write_weights(p, bias.read(p))


def test_where_nothing_can_be_weighted_nothing_is_written(tmp_path):
    p = given(tmp_path, targets=None)
    written = bias.write_weights(p, bias.read(p))
    assert written.summary().startswith("No weights were written. Wave W1 is not among them.")
    assert not p.weights_out.exists()


def test_a_wave_without_targets_is_told_and_the_others_are_written(tmp_path):
    table = pd.DataFrame(
        {"wave": "W2", "column": "国", "category": ["日", "韓"], "share": ["50 %", "50 %"]}
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    p = given(tmp_path, targets=tmp_path / "t.csv")
    written = bias.write_weights(p, bias.read(p))
    assert written.frame["state"].tolist() == ["not_weighted", "written"]
    assert "Wave W1 is not among them. It cannot be read:" in written.summary()


def test_no_other_file_is_written_over(tmp_path):
    with pytest.raises(ParameterError, match="is the file that survey names"):
        given(tmp_path, weights_out=tmp_path / "x" / ".." / "a.csv")
    (tmp_path / "mine.csv").write_text("id,weight,name\n", encoding="utf-8")
    p = given(tmp_path, weights_out=tmp_path / "mine.csv")
    with pytest.raises(ParameterError, match="holds something else"):
        bias.write_weights(p, bias.read(p))
    for _ in range(2):
        p = given(tmp_path)
        bias.write_weights(p, bias.read(p))
