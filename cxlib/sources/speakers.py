"""Lines of a transcript -> who speaks from where."""

from __future__ import annotations

from collections.abc import Sequence

from cxlib.sources import speaker_evidence, speaker_turns
from cxlib.sources.speaker_names import could_be_name, is_heading_word
from cxlib.sources.speaker_styles import Label

__all__ = ["Label", "could_be_name", "is_heading", "labels"]
_UNNAMED = ("arrow", "dash")
_NAMED = 3  # a name says more than three voices without one


def labels(
    lines: Sequence[str], *, in_cues: bool = False, markdown: bool = False
) -> list[Label | None]:
    """Find the speaker's label of each line of one document; None for a line without one.

    Parameters
    ----------
    lines : sequence of str
    in_cues : bool
        The lines are those of cues: two that begin with a dash are two voices, whatever they say.
    markdown : bool
        A hyphen begins the point of a list, and no voice.

    Returns
    -------
    list of (Label or None)
        `Label.speaker` is None where another voice begins that has no name.

    Notes
    -----
    Read are, each with a time stamp before, beside or after the name, or without:

    - `Name: words`, `田中さん：words`, a cell of a table (`colon`)
    - a line `Name  0:12`, `참석자 1 00:02`, words below (`clock`), `00:00:12 Speaker A`,
      `[00:12] Ana`, `00:12 - Ana` (`clock_first`)
    - `[Name]`, `【田中】` (`bracket`), `(Name)` (`parenthesis`), `<Name>` (`angle`)
    - `Q1.` and `A1.`, `問` and `答`, `문` and `답` (`question`: two roles, without their numbers)
    - `I - words` (`name_dash`), a name on a line of its own, words below (`name_line`)
    - `>>` (`arrow`) and dialogue dashes (`dash`): another voice, unnamed.

    A name has a letter, at most 40 characters and 4 words and no sentence punctuation, and is no
    known heading (`Date`, `日時`). Seen twice or more in the document, that is enough for a colon.
    Seen once, it must also look like a name or role: each Latin word begins with a capital, a
    Japanese or Korean label has at most 12 characters and does not end like a topic ("問題は",
    "문제는"). After a half-width colon follows white space, unless the name is Japanese or Korean
    or seen again; a time of day ("10:30 Meeting:") and an address are no labels. What other styles
    must show is in `cxlib.sources.speaker_evidence`, stage directions (`[suspira]`) among it. A
    document has one style, the one with most labels; beside it, `>>` is another voice, and a known
    speaker may have another mark. What has no shape of a name (`Subject`, `Participant #3`) is a
    speaker where it answers: `cxlib.sources.speaker_turns`.

    >>> [
    ...     label and label.speaker
    ...     for label in labels(
    ...         ["10:30 Meeting: agenda", "田中さん：はい", "see: http://a.b", "Kim: yes"]
    ...     )
    ... ]
    [None, '田中さん', None, 'Kim']
    """
    read = speaker_evidence.Lines(lines, in_cues=in_cues, markdown=markdown)
    accepted = {
        style: speaker_turns.with_replies(read, style, speaker_evidence.accept(read, style))
        for style in speaker_evidence.RULES
    }
    count = {style: len(accepted[style]) for style in accepted}
    best = max(count, key=lambda style: count[style] * (1 if style in _UNNAMED else _NAMED))
    voices = accepted["arrow"] if best not in _UNNAMED else {}
    chosen = voices | accepted[best]
    chosen = speaker_turns.by_another_mark(read, best, chosen) | chosen
    return [chosen.get(number) for number in range(len(lines))]


def is_heading(line: str) -> bool:
    """Say whether a line is a known heading such as `Date: 2026-07-01` or `日時：…`, which nobody
    says."""
    key, mark, _ = line.replace("：", ":", 1).partition(":")
    return bool(mark) and is_heading_word(key.strip(" \t*_-[]【】"))
