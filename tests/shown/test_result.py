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


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_a_result_is_saved_as_csv_by_names_or_in_words(tmp_path, language):
    frame = pd.DataFrame({"店": ["=1+1"], "statistic": [1 / 3], "n_eff": [4]})
    found = Fit(frame=frame, method="counts", carried={})
    path = found.to_csv(tmp_path / "found.csv")
    assert path.read_bytes().decode("utf-8-sig") == found.table().to_csv()
    assert found.to_csv(path, headings="words", language=language) == path
    said = path.read_text(encoding="utf-8-sig").splitlines()
    assert said[0].split(",") == list(found.table(language=language).written().columns)
    assert said[0] != "店,statistic,n_eff"
    assert said[1] == "'=1+1,0.3333333333333333,4"
    with pytest.raises(ParameterError, match="language='de' is not there yet"):
        found.to_csv(path, language="de")
    assert path.read_text(encoding="utf-8-sig").splitlines() == said


@pytest.mark.parametrize(("headings", "heading"), [("names", "notes"), ("words", "注意")])
def test_what_is_absent_takes_the_place_of_an_older_csv(tmp_path, headings, heading):
    path = tmp_path / "value.csv"
    path.write_text("rate\n0.5\n", encoding="utf-8")
    absent = result.Absent.of("retention.no_value", Shares)
    assert absent.to_csv(path, headings=headings, language="ja") == path
    assert pd.read_csv(path).to_dict("list") == {heading: [absent.summary("ja")]}


def test_a_csv_has_all_of_a_frame_whose_own_table_shows_less_or_other_words(tmp_path):
    found = Narrow(frame=pd.DataFrame({"statistic": [0.5], "n_eff": [4]}), method="counts")
    assert list(pd.read_csv(found.to_csv(tmp_path / "a.csv"))) == ["statistic", "n_eff"]
    words = found.to_csv(tmp_path / "b.csv", headings="words", language="ja")
    assert list(pd.read_csv(words)) == ["統計量", "実効n"]


class Fit(result.Result):
    __slots__ = ()
    columns: ClassVar = {"statistic": "decimal3", "n_eff": "integer"}


class Narrow(Fit):
    __slots__ = ()

    def table(self, columns=("n_eff",), **others):
        return result.Result.table(self, columns, **others)
