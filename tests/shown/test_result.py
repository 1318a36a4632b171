"""A result is data, and hands on the words and the table that say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
import pytest

from cxlib.errors import ColumnError, ParameterError
from cxlib.shown import result
from cxlib.shown.message import Message
from cxlib.shown.picture import picture


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Shares(result.Result):
    columns: ClassVar = {"rate": "percent", "n": "integer"}

    def plot(self, ax=None, *, months=None, language="en"):
        raise NotImplementedError


def test_a_result_hands_its_frame_on_as_a_table():
    frame = pd.DataFrame({"rate": [0.25], "n": [4]})
    known = Known(frame=frame, method="counts", warnings=(Message("common.no_warning"),))
    assert known.table(["n"], caption="c").written().to_dict("list") == {"n": ["4"]}
    assert "<td" in known._repr_html_()
    with pytest.raises(TypeError, match=r"Result has no sentence of its own; read its \.frame"):
        result.Result(frame=frame, method="counts").summary()
    with pytest.raises(TypeError, match="no figure of its own"):
        known.plot()
    with pytest.raises(AttributeError):
        known.method = "other"


@pytest.mark.parametrize("frame", [pd.DataFrame({"n": [1]}), pd.DataFrame({"n": []})])
def test_a_table_in_a_language_that_is_not_there_is_refused(frame):
    found = result.Result(frame=frame, method="count")
    with pytest.raises(
        ParameterError, match="language='de' is not there yet; possible: en, ja, ko"
    ):
        found.table(language="de")


def test_what_is_absent_says_so_as_sentence_table_and_figure():
    absent = result.Absent.of("retention.no_value", Shares)
    short = "Not shown: no column with amounts was named."
    assert "cannot be known without amounts" in absent.summary()
    assert repr(absent.table(["rate"], without=["n"], caption="c")) == short
    assert repr(picture(absent.plot(months=6))) == short
    assert "cannot be known" in absent._repr_html_()
    assert list(absent.frame.columns) == ["confidence", "method"]


def test_what_is_absent_refuses_what_the_result_would_refuse():
    absent = result.Absent.of("retention.no_value", Shares)
    with pytest.raises(ParameterError, match=r"Shares\.plot has no parameter 'moths'.*'months'"):
        absent.plot(moths=6)
    with pytest.raises(ParameterError, match=r"Shares\.summary has no parameter 'months'"):
        absent.summary(months=6)
    shown = result.Absent.of("retention.no_value", Shares, by=["country"])
    assert repr(shown.table(["country", "rate"])) == repr(absent.table(["rate"]))
    for one in (absent, Shares(frame=pd.DataFrame({"rate": [0.5]}), method="count")):
        with pytest.raises(ColumnError, match=r"'rates': there is no such column.*'rate'"):
            one.table(["rates"])
        with pytest.raises(ColumnError, match="'country': there is no such column"):
            one.table(without=["country"])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Known(result.Result):
    columns: ClassVar = {"n": "integer"}

    def summary(self, language="en"):
        return "known"


def test_what_is_known_is_said_first():
    absent = result.Absent.of("retention.no_value", Shares)
    known = Known(frame=pd.DataFrame(), method="none")
    assert result.summaries(absent, known) == ["known", absent.summary()]
