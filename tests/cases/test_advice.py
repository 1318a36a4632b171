"""What a refusal advises works when it is followed: each advice is read from the refusal itself."""

from __future__ import annotations

import ast
import re

import pytest
from numpy.testing import assert_allclose

import cxlib as cx
from tests.cases.looked_up import by_functions
from tests.cases.right import CASES, Case

# `scale_shift=-1`, `scale=(0, 10)`, `sheet='*'`, `duplicates='sum'`
_ADVICE = re.compile(r"\b(scale_shift|scale|sheet|duplicates)=(-?\d+|\([^()]*\)|'[^']*')")
_SCORES = {"Extremely likely": 10, "Not at all likely": 0}  # `labels={word: score}` is a pattern
_RIGHT = {case.file: case for case in CASES if not case.refused and (case.nps or case.retention)}
REFUSED = [case for case in CASES if case.refused and "negative_duration" not in case.file]


def refusal(case: Case) -> str:
    with pytest.raises(cx.errors.CxError) as refused:
        by_functions(case)
    return str(refused.value)


def advised(case: Case) -> list[dict[str, object]]:
    """Return the parameters that the refusal names, other than those it is about."""
    told, given = refusal(case), case.parameters()
    found = [(name, ast.literal_eval(value)) for name, value in _ADVICE.findall(told)]
    found = [(name, value) for name, value in found if value != given.get(name)]
    if "labels={word: score}" in told:
        return [{"labels": _SCORES}]
    by_name: dict[str, list[object]] = {}
    for name, value in found:
        by_name.setdefault(name, []).append(value)
    if {"sheet"} <= set(by_name) or {"duplicates"} <= set(by_name):
        [(name, values)] = by_name.items()
        return [{name: value} for value in values]  # one or the other
    together = {name: values[-1] for name, values in by_name.items()}
    return [{**together, "scale": [0, 10]}] if together else []


@pytest.mark.parametrize("case", REFUSED, ids=[f"{c.file}-{dict(c.given)}" for c in REFUSED])
def test_the_advice_of_a_refusal_works(case: Case):
    if case.study == "bias":
        weigh_as_advised(refusal(case))
        return
    ways = advised(case)
    assert ways
    for way in ways:
        again = Case(file=case.file, study=case.study, given={**case.given, **way})
        figures, _ = by_functions(again)
        right = _RIGHT.get(case.file)
        if right is not None and dict(right.given).items() >= way.items():
            for wave, (nps, n) in right.nps.items():
                assert_allclose(figures["nps"][wave][0], nps, rtol=1e-12)
                assert figures["nps"][wave][1] == n


def weigh_as_advised(told: str):
    """Run the lines of Python in the refusal; -31.1 is stated with the files, for three margins."""
    survey = cx.sources.read_survey(
        next(c for c in CASES if c.file == "population/survey.csv").file_path
    )
    names: dict[str, object] = {"cx": cx, "answers": survey.frame}
    lines = re.search(r"(t = cx.*?), where answers", told)
    assert lines, told
    exec(lines[1], names)  # noqa: S102  what the refusal says, word for word
    found = cx.bias.estimate_nps(
        names["answers"], score="score", weights=names["weights"], scale=(0, 10)
    ).frame.iloc[-1]
    assert_allclose(
        [found["nps"], found["ci_low"], found["ci_high"]], [-31.1, -39.1, -23.2], atol=0.06
    )
