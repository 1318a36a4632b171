"""Comments are in the customer's language and know when the price rose."""

from __future__ import annotations

import re

from cxlib.sample.comments import BANK, BANK_BEFORE


def test_comments_are_in_the_customers_language(company):
    answers = company.responses.merge(company.customers, on="customer_id").dropna(subset="comment")
    script = {"ja": r"[぀-ヿ]", "ko": r"[가-힣]", "en": r"[a-z]"}
    for language, mine in answers.groupby("language"):
        assert len(mine) > 10
        assert mine["comment"].str.contains(script[language]).all()
    assert 0.2 < len(answers) / len(company.responses) < 0.7


def test_comment_bank_is_varied_and_speaks_of_the_price_only_after_it_rose(large):
    for language, moods in BANK.items():
        assert [len(set(mood)) == len(mood) >= 25 for mood in moods] == [True] * 3, language
        assert len(set(sum(moods, ()))) == sum(map(len, moods))
        assert not re.search(
            r"[*]|値上げ|가격 인상|price went up", " ".join(sum(BANK_BEFORE[language], ()))
        )
    early = large.responses.query("wave < '2025Q4'")["comment"].dropna()
    late = large.responses.query("wave >= '2025Q4'")["comment"].dropna()
    assert not early.str.contains("値上げ|가격 인상|price went up").any()
    assert late.str.contains("値上げ|가격 인상|price went up").any()
