"""Every table of the study for each source by itself."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib import interviews
from cxlib.errors import ColumnError, ParameterError

STUDIES = {
    "prevalence": {"rule": "any"},
    "agreement": {"resamples": 0},
    "pairs": {"resamples": 0},
    "cooccurrence": {"rule": "any"},
    "saturation": {"rule": "any", "resamples": 5},
    "quotes": {"width": (5, 20), "rule": "any"},
    "disagreements": {},
    "codebook": {},
}


@pytest.mark.parametrize("name", STUDIES)
def test_a_part_is_what_it_would_be_alone(small, name):
    study, options = getattr(interviews, name), STUDIES[name]
    found = interviews.by_group(small, study, by="세그먼트", options=options)
    parts = small.split("세그먼트")
    assert set(found.parts) == {"새 고객", "단골"}
    for group, corpus in parts.items():
        alone = study(corpus, **options).frame.reset_index(drop=True)
        rows = found.frame[found.frame["세그먼트"] == group].reset_index(drop=True)
        pd.testing.assert_frame_equal(
            rows[list(alone.columns)].astype(object), alone.astype(object), check_dtype=False
        )
    assert found.table()._repr_mimebundle_()["text/html"]
    said = " ".join(map(str, found.warnings))
    assert all(group in said for group, part in found.parts.items() if part.warnings)


def test_a_column_that_a_result_has_itself_is_carried(small):
    cases = small.cases.assign(kind=["a", "a", "b"])
    corpus = interviews.Corpus(
        documents=small.documents,
        units=small.units,
        codings=small.codings,
        codebook=small.codebook,
        cases=cases,
    )
    found = interviews.by_group(corpus, interviews.prevalence, by="kind")
    assert found.frame["by_kind"].unique().tolist() == ["a", "b"]
    assert "by kind" in str(found.caption())
    assert found.summary().splitlines()[0].startswith("a: Most often heard")


def test_who_is_not_coded_or_not_stated_is_said(small):
    corpus = interviews.Corpus(
        documents=small.documents.assign(source=["ticket", None, "note"]),
        units=small.units,
        codings=small.codings[small.codings["document"] != "c.txt"],
        codebook=small.codebook,
        cases=small.cases,
    )
    found = interviews.by_group(corpus, interviews.prevalence)
    assert found.frame["source"].unique().tolist() == ["ticket", ""]
    assert "Nothing can be said of note: nobody coded it." in map(str, found.warnings)
    assert "not stated: No code counts" in found.summary()
    with pytest.raises(ColumnError, match="by='sourc'"):
        interviews.by_group(corpus, interviews.prevalence, by="sourc")
    with pytest.raises(ParameterError, match=r"prevalence has no parameter 'rul'.*mean 'rule'"):
        interviews.by_group(small, interviews.prevalence, by="language", options={"rul": "any"})
    with pytest.raises(ParameterError, match="no group of it was coded"):
        interviews.by_group(corpus.split("source")["note"], interviews.prevalence, by="source")
