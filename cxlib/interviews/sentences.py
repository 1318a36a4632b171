"""What somebody said -> its sentences, in any language that marks where they end.

English, Japanese and Korean are looked at closely; the signs of other scripts are known.
"""

from __future__ import annotations

import re

_ELLIPSIS = r"…⋯‥"
_WIDE = r"。｡．！？‼⁇⁈⁉।॥؟۔።"  # ends a sentence without a blank behind it
# a smile or a laugh belongs to what was said before it
_LAUGH = r"[（(](?:[爆苦]?笑い?|laugh(?:s|ing|ter)?|웃음)[）)]"
_ASIDE = _LAUGH + r"|[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d]"
_END = re.compile(
    rf"(?P<marks>[.!?{_WIDE}{_ELLIPSIS}]+)"
    rf"(?P<closers>[\"'”’»›)）\]］】」』〉》]*)(?:[^\S\r\n]*(?:{_ASIDE}))*(?P<gap>\s*)"
)
_QUOTED = [
    re.compile(rf"{re.escape(a)}[^{re.escape(a + b)}\r\n]{{1,300}}{re.escape(b)}")
    for a, b in ("「」", "『』", "“”", "（）", "()", "«»", "〈〉", "《》")
]
_BLANK_LINE = re.compile(r"(?:\r\n|\n|\r)[^\S\r\n]*(?:\r\n|\n|\r)\s*")
_LINE = re.compile(r"[^\r\n]+")
_LONG = 1_000  # code points without an end: who wrote it down marked none, so lines are taken
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")
_HANGUL = re.compile(r"[\uac00-\ud7af]")
# what goes on after a quotation: と言いました, って, 하고, 라고; はい, でも and とても begin anew
_GOES_ON = re.compile(
    r"と(?!ても|にかく|ころで|りあえず|きどき|もかく)|って|なんて|なんか|など|の(?!ち)|で(?=す|し)|だっ(?!て)|を|が(?!っ)|[、,]"
    r"|[이]?라[고며는]|하[고며]|[고는란]\b"
)
_LAST_WORD = re.compile(r"[\w.'’-]*$")
# never the end before a name or number, whatever follows; without the full stop
_TITLES = re.compile(
    r"(?P<person>mr|mrs|ms|mx|dr|dra|prof|st|sr|sra|rev|gen|sen|gov|capt|lt|col|sgt|messrs|mme|mlle"
    r"|hr|fr)|uds?|vds?|vs|approx|incl|e\.g|i\.e|cf|ca|bzw|z\.b|d\.h|p\.ej",
    re.I,
)
# how a sentence begins, and seldom a name: "the prof. She left", "in the U.S. We pay more"
_STARTS = re.compile(
    r"(?:I|he|she|it|we|they|you|the|an?|this|that|these|those|there|then|but|and|so|now|my|our"
    r"|their|his|her|what|why|how|when|where|who|if|in|no|yes|because)\b",
    re.I,
)
_LETTERED = re.compile(  # "Plan B" ends with no initial
    r"(?:plan|option|vitamin|type|class|grade|team|version|group|section|part|variant|vs\.?)\s\w$",
    re.I,
)
_SPACED = re.compile(r"(?:^|\s)[A-Za-zä]\.\s[a-zäBR]$")  # "z. B", "d. h"
_LETTER = re.compile(r"[a-zäÄBR]\.")
_MONTH = re.compile(
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b"
)
_BEFORE_NUMBER = re.compile(r"(?:no|nos|nr|núm|fig|figs|p|pp|vol|ch|sec|art|ext|tel)", re.I)
_DOTTED = re.compile(
    r"(?:\w\.)+\w|ph\.d|[mb]\.sc|etc|inc|ltd|co|jr|approx|dept|est|min|max|hrs?", re.I
)


def split(text: str) -> list[tuple[int, int]]:
    r"""Find the sentences of a text.

    Parameters
    ----------
    text : str
        Of one speaker, or of nobody that is known.

    Returns
    -------
    list of (int, int)
        Half-open code points, in order, without outer white space. Together they hold every
        character that is not white space, once.

    Notes
    -----
    A sentence ends after `。！？` and their kin, and after `.!?` with white space behind them, each
    with the quotation marks and brackets that close there. It does not end inside a quotation or
    bracket (`「遅い。もう嫌だ。」と言いました`), before a small letter where a quotation or an
    abbreviation with dots ends, after a title (`Dr.`), an initial, `e.g.` or `No.` before a number,
    inside `3.5`, or at an ellipsis, unless a capital letter or, in Korean, a closing ending (`요…`)
    says so. A blank line ends it. A line end does not, unless what is left has more than 1,000
    characters: captions without any mark are taken by their lines. What has no letter or digit
    stays with what was said before it. Splitting a sentence again gives itself.

    >>> text = "Dr. Kim paid 3.5 dollars. 「遅い。」と言いました。네, 늦었어요. 왜요?"
    >>> [text[start:end] for start, end in split(text)]
    ['Dr. Kim paid 3.5 dollars.', '「遅い。」と言いました。', '네, 늦었어요.', '왜요?']
    """
    spans: list[tuple[int, int]] = []
    for start, end in _between(text, [match.span() for match in _BLANK_LINE.finditer(text)]):
        spans += _joined(text, _by_length(text, _marked(text, start, end)))
    return _joined(text, spans)


def _between(text: str, gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    begins, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(text)]
    return list(zip(begins, ends, strict=True))


def _marked(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Take a paragraph apart at its marks."""
    paragraph, spans, begin = text[start:end], [], 0
    quoted = [match.span() for kind in _QUOTED for match in kind.finditer(paragraph)]
    inside = {place for first, last in quoted for place in range(first + 1, last)}
    for match in _END.finditer(paragraph):
        after = match.start("gap")
        if after not in inside and _ends(paragraph[begin : match.start()], match, paragraph):
            spans.append((start + begin, start + after))
            begin = match.end()
    return [*spans, (start + begin, end)]


def _ends(before: str, match: re.Match[str], text: str) -> bool:
    """Say whether a sentence ends at a mark; `before` is what it has up to there."""
    marks, closers, follows = match["marks"], match["closers"], text[match.end() :]
    nothing_between = not match["gap"]
    if not follows:
        return True
    if closers and _GOES_ON.match(follows):
        return False
    if marks[-1] in _ELLIPSIS or marks.endswith(".."):
        return _ends_at_ellipsis(before, follows, nothing_between=nothing_between)
    if marks[-1] in _WIDE:
        return not (marks[-1] == "．" and before[-1:].isalnum() and follows[0].isalnum())
    if nothing_between:
        return _CJK.match(follows) is not None and _CJK.search(before[-1:]) is not None
    if closers and follows[0].islower():
        return False
    return marks != "." or not _is_abbreviation(before, follows)


def _ends_at_ellipsis(before: str, follows: str, *, nothing_between: bool) -> bool:
    if _HANGUL.search(before[-1:]):
        return not nothing_between and before[-1] in "다요죠까네"
    return not nothing_between and _first_letter(follows).isupper()


def _first_letter(text: str) -> str:
    return text.lstrip("\"'“‘«([¿¡")[:1]


def _is_abbreviation(before: str, follows: str) -> bool:
    found = _LAST_WORD.search(before)
    word = found.group().lstrip("'.-") if found else ""
    title, begins = _TITLES.fullmatch(word), _STARTS.match(follows) is not None
    begins = begins and follows[0].isupper()
    if title:
        return not (title["person"] and word.islower() and begins)
    if word.isdigit() and not before[: -len(word)].strip():
        return True  # the number of an item: "1. First"
    if word.isdigit() and len(word) < 3 and _MONTH.match(follows):
        return True  # "am 3. Mai"
    if _SPACED.search(before) or (len(word) == 1 and word != "I" and _LETTER.match(follows)):
        return True  # "z. B. teuer"
    if _BEFORE_NUMBER.fullmatch(word):
        return follows[0].isdigit()
    if len(word) == 1 and word.isupper() and word != "I" and not _CJK.match(word):
        named = follows[0].isupper() and not (begins or _LETTERED.search(before))
        return named  # an initial: "J. Smith"
    if _DOTTED.fullmatch(word) is None:
        return False
    if "." in word and word.isupper():
        return not begins  # "the U.S. Congress"
    return not _first_letter(follows).isupper()


def _by_length(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Take what has no end for very long apart at its lines."""
    parts: list[tuple[int, int]] = []
    for start, end in spans:
        if len(text[start:end].strip()) > _LONG:
            parts += [match.span() for match in _LINE.finditer(text, start, end)]
        else:
            parts.append((start, end))
    return parts


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Trim, and join what has no letter or digit to what was said before it."""
    whole: list[tuple[int, int]] = []
    for start, end in spans:
        words = text[start:end]
        if not words.strip():
            continue
        first = end - len(words.lstrip())
        last = start + len(words.rstrip())
        silent = not any(character.isalnum() for character in words)
        before = whole and not any(map(str.isalnum, text[whole[-1][0] : whole[-1][1]]))
        if whole and (silent or before):
            whole[-1] = whole[-1][0], last
        else:
            whole.append((first, last))
    return whole
