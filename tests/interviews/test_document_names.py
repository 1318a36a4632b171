"""Documents named without suffix or with another one, where that means one transcript only."""

from __future__ import annotations

import pytest

from cxlib.interviews.document_names import match_documents


@pytest.mark.parametrize(
    ("names", "known", "found"),
    [
        (["a.txt"], ["a.txt", "a.md"], {"a.txt": "a.txt"}),
        (["a"], ["a.txt"], {"a": "a.txt"}),
        (["a"], ["a.txt", "a.md"], {}),
        (["a.docx"], ["a.txt"], {"a.docx": "a.txt"}),
        (["a.MP3"], ["a.vtt"], {"a.MP3": "a.vtt"}),
        (["a.docx", "a.txt"], ["a.txt"], {"a.txt": "a.txt"}),  # two documents, one is not here
        (["a.docx", "a.odt"], ["a.txt"], {}),
        (["interview.01"], ["interview.01.txt"], {"interview.01": "interview.01.txt"}),
        (["interview.02"], ["interview.01.txt"], {}),
        (["面談"], ["面談.srt"], {"面談": "面談.srt"}),
        (["강"], ["\u1100\u1161\u11bc.txt"], {"강": "\u1100\u1161\u11bc.txt"}),
        (["a", ""], ["a.txt"], {"a": "a.txt"}),
    ],
)
def test_which_transcript_is_meant(names, known, found):
    matched, notes = match_documents(names, known)
    assert matched == found
    assert bool(notes) == any(name not in known for name in found)


def test_what_was_taken_for_what_is_said():
    (note,) = match_documents(["a", "b.docx"], ["a.txt", "b.txt"])[1]
    assert "“a” for a.txt and “b.docx” for b.txt" in str(note)
