"""Whoever follows the advice of a refusal gets further: each is applied, and works."""

import pandas as pd
import pytest

from cxlib import nps
from cxlib.errors import CxError

# refused parameters, what the refusal advises, and the parameters that follow it
ADVICE = [
    ({"where": 'country == "JP"'}, "where=\"country = 'JP'\"", {"where": "country = 'JP'"}),
    ({"where": "country = JP"}, "where=\"country = 'JP'\"", {"where": "country = 'JP'"}),
    ({"where": "country in ['JP']"}, "country in ('JP')", {"where": "country in ('JP')"}),
    ({"where": "`home country` = 1"}, '\'"home country" = 1\'', {"where": '"home country" = 1'}),
    ({"where": "country = 'XX'"}, "where=None", {"where": None}),
    ({"where": "country = 'JPN'"}, "there is 'JP'", {"where": "country = 'JP'"}),
    ({"where": "Country = 'JP'"}, "did you mean 'country'", {"where": "country = 'JP'"}),
    ({"where": "score = '10'"}, "without quotes, 10", {"where": "score = 10"}),
    ({"where": "zip = 7"}, "single quotes, '7'", {"where": "zip = '7'"}),
    ({"where": "country = null"}, "where='country is null'", {"where": "country is null"}),
    ({"where": "on_day like '2026%'"}, "on_day between", {"where": "on_day between '2026-01-01' "
                                                                   "and '2026-12-31'"}),
    ({"where": "country > 'JP'"}, "country in ('JP', …)", {"where": "country in ('JP', 'KR')"}),
    ({"segmnt": "country"}, "did you mean 'segment'", {"segment": "country"}),
    ({"segment": "Country"}, "did you mean 'country'", {"segment": "country"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    path = tmp_path_factory.mktemp("advice") / "a.csv"
    rows = {
        "score": [10, 9, 3, 8],
        "wave": "2026Q3",
        "country": ["JP", "KR", None, "JP"],
        "home country": [1, 2, 1, 2],
        "zip": ["007", "7", "8", "x"],
        "on_day": "2026-05-01",
    }
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


@pytest.mark.parametrize(("refused", "advice", "followed"), ADVICE)
def test_advice_works_when_it_is_followed(survey, refused, advice, followed):
    with pytest.raises(CxError) as said:
        nps.read(nps.Parameters(survey=survey, **refused))
    assert advice in str(said.value)
    assert nps.read(nps.Parameters(survey=survey, **followed)).n
