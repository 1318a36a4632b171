"""Speakers as transcripts write them: names, roles, and what is refused."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import EmptyDataError, ParameterError
from cxlib.interviews.roles import Role, all_left_out, name_roles


def turns(*speakers: str | None) -> pd.DataFrame:
    return pd.DataFrame({"speaker": pd.Series(speakers, dtype=object)})


def test_roles_by_value_and_pattern_in_three_languages():
    known = ["聞き手", "田中さん", "Ｉｎｔｅｒｖｉｅｗｅｒ", "P1", "진행자", "지영 님"]
    spoken = turns(*known, None, "Ana", "ANA", "AP")
    cast = name_roles(
        spoken,
        {
            "interviewer": ["聞き手", "진행자", "interviewer"],
            "customer": ["*さん", "P*", "* 님"],
            "Ana Pereira": ["Ana", "AP"],
        },
    )
    units = cast.applied(spoken)
    assert units["speaker"].tolist() == [*known, None, *["Ana Pereira"] * 3]
    assert units["role"].tolist() == [
        *("interviewer", "customer", "interviewer", "customer", "interviewer", "customer", ""),
        *[""] * 3,
    ]
    assert str(cast.notes[0]) == "Taken for one speaker: Ana Pereira ('Ana', 'ANA' and 'AP')."


def test_spellings_alike_are_one_speaker_called_as_most_often():
    cast = name_roles(turns("KIM ", "Kim", "Kim", "Ｋim"), {})
    assert set(cast.names.values()) == {"Kim"}
    assert "Kim ('KIM', 'Kim' and 'Ｋim')" in str(cast.notes[0])
    assert name_roles(turns("Kim", "Lee"), {}).notes == ()


def test_a_role_may_name_an_alias():
    cast = name_roles(turns("Ana", "Lee"), {"Ana Pereira": "Ana", "moderator": "Ana Pereira"})
    assert cast.roles == {"Ana Pereira": Role.MODERATOR}


def test_a_name_goes_before_a_pattern():
    cast = name_roles(turns("Q", "P1"), {"interviewer": "Q", "customer": "*"})
    assert cast.roles == {"Q": Role.INTERVIEWER, "P1": Role.CUSTOMER}


@pytest.mark.parametrize(
    ("speakers", "says"),
    [
        ({"interviewer": ["Anna"]}, r"{'interviewer': 'Anna'} speaks in none .* mean 'Ana'"),
        (
            {"interviewer": "*님"},
            r"{'interviewer': '\*님'} speaks in none .*; there is",
        ),
        ({"interviewers": ["Ana"]}, "'interviewers' is no role; did you mean 'interviewer'"),
        ({"costumer": ["Ana"]}, "'costumer' is no role; did you mean 'customer'"),
        ({"interviewer": []}, r"{'interviewer': \[\]} names nobody"),
        ({"interviewer": [""]}, "names nobody"),
        ({"interviewer": 3}, "names nobody"),
        (["Ana"], r"speakers=\['Ana'\] is no mapping; write who is who"),
        ({"interviewer": "Ana", "customer": "ana"}, "'Ana' fits two roles, 'customer' and 'int"),
        ({"interviewer": "A*", "customer": "*a"}, "'Ana' fits two roles"),
        ({"X": "Ana", "Y": "Ana"}, "'Ana' fits two names, 'X' and 'Y'"),
    ],
)
def test_what_cannot_be_is_refused(speakers, says):
    with pytest.raises(ParameterError, match=says):
        name_roles(turns("Ana", "Lee"), speakers)


def test_nobody_recognised_is_said():
    with pytest.raises(ParameterError, match="in none of the transcripts; no speaker was recog"):
        name_roles(turns(None), {"interviewer": "Ana"})


names = st.text("ab *AＢ[?é", min_size=1, max_size=5).filter(str.strip)


@given(st.lists(names, min_size=1, max_size=5))
def test_who_is_named_as_written_has_the_role(written):
    cast = name_roles(turns(*written), {"interviewer": written})
    assert set(cast.applied(turns(*written))["role"]) == {"interviewer"}
    assert set(cast.roles) == set(cast.names.values())


def test_a_pattern_that_joins_names_says_so():
    spoken = turns("Ana", "Diana", "Lee")
    cast = name_roles(spoken, {"interviewer": "*Ana", "customer": "Lee"})
    (note,) = map(str, cast.notes)
    assert "'*Ana' of 'interviewer' in speakers fits 2 names: 'Ana' and 'Diana'" in note
    assert cast.flags == ()
    assert name_roles(spoken, {"interviewer": "A*", "customer": "Lee"}).notes == ()
    (flag,) = name_roles(turns("Ana", "Diana"), {"interviewer": "*Ana"}).flags
    assert "gives everybody who speaks the role 'interviewer'" in str(flag)


def test_a_pattern_joins_nobody_who_is_named_elsewhere():
    cast = name_roles(turns("Q", "P1"), {"interviewer": "Q", "customer": "*"})
    assert cast.notes == ()


def test_names_differ_by_nothing_that_nobody_sees():
    cast = name_roles(turns("\u200fسارة", "سارة", "Dana\u200b"), {"interviewer": "Dana"})
    assert len(set(cast.names.values())) == 2
    assert Role.INTERVIEWER in cast.roles.values()


def test_interviews_in_which_nobody_is_counted_are_flagged_and_refused():
    units = pd.DataFrame(
        {"document": ["a", "a", "b"], "speaker": ["I", "Ana", "I"], "role": ["interviewer", "", ""]}
    )
    assert list(all_left_out(units)) == []
    units.loc[2, "role"] = "interviewer"
    (flag,) = all_left_out(units)
    assert "Nothing is counted in 1 of 2 interviews" in str(flag)
    with pytest.raises(EmptyDataError, match="leaves nobody to count"):
        list(all_left_out(units.assign(role="moderator")))
    assert list(all_left_out(units.iloc[:0])) == []
