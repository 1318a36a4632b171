"""Words are spoken and drawn in the language of most of their letters."""

import pytest

from cxlib.report.scripts import is_english, language_of


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


@pytest.mark.parametrize(
    ("words", "english"),
    [
        ("I will probably quit before the next renewal.", True),
        ("# column with the answer", True),
        ("Delivery was late, and nobody told me.", True),
        ("who is who in the transcripts", True),
        ("", False),
        ("save time", False),
        ("subscription and membership", False),
        ("data/sample/responses.csv", False),
        ("「told before I asked」と「care for the family」", False),
        ("佐藤さん said that it was late", False),
        ("The Body Shop a été livré en retard.", False),
        ("Die App ist langsam, was will man machen.", False),
        ("La aplicación no ha funcionado desde que la actualicé.", False),
        ("Jeg vil have en for min mand.", False),
        ("Dat is een van de redenen, en we zijn er nog.", False),
        ("L'app mi disconnette e non so a chi dirlo.", False),
        ("Aplikasi ini tidak bisa dibuka.", False),
    ],
)
def test_english_is_told_by_its_small_words(words, english):
    assert is_english(words) is english
