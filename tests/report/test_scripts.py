"""Words are spoken and drawn in the language of most of their letters."""

import pytest

from cxlib.report.scripts import language_of


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("お客様の声", "ja"),
        ("고객은 머무르는가", "ko"),
        ("NPS of 東京", ""),
        ("顧客", ""),  # of Japanese, or of Chinese
        ("", ""),
        ("12 %", ""),
    ],
)
def test_the_script_of_most_letters_tells_the_language(words, language):
    assert language_of(words) == language
