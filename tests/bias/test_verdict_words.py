"""The words of verdicts: every member has one."""

import pytest

from cxlib import texts
from cxlib.bias.verdict_words import Basis, Question, Verdict
from cxlib.shown import language


@pytest.mark.parametrize("code", texts.languages())
@pytest.mark.parametrize("kind", [Question, Verdict, Basis])
def test_every_member_has_words_of_its_own(kind, code):
    said = [language.word(each, code) for each in kind]
    assert all(said)
    assert len(set(said)) == len(said)
