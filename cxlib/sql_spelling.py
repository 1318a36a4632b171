"""A condition as Python, pandas, JavaScript or a word processor writes it -> the same in SQL's
comparisons; whether it is one is for `comparisons` to say."""

from __future__ import annotations

import re
import unicodedata

# quoted pieces, and what stands between them
PIECES = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|[^'"`]+|.""", re.S)
# what Python, pandas, JavaScript and word processors write, outside of quotes, and SQL's own
_SQL = (
    (r"===?", "="),
    (r"!==", "<>"),
    (r"(?:!=|<>|\bis\s+not)\s*(?:None|nan|NaN|NA|null|NULL)\b", "is not null"),
    (r"(?:=|\bis)\s*(?:None|nan|NaN|NA|null|NULL)\b", "is null"),
    (r"\bis\s+not(?:\s*$|\s+(?=true|false|\d))", "<> "),
    (r"\bis(?:\s*$|\s+(?=true|false|\d))", "= "),
    (r"(?<=[=<>,(\s])(?:date|timestamp)\s*$", ""),  # before a quote: date '2026-01-31'
    (r"(?<![\w.\"])(\d+[^\W\d_e]\w*)", r'"\1"'),  # a name that begins with a digit
    (r"\s*&&?\s*", " and "),
    (r"\s*\|\|?\s*", " or "),
    (r"~", " not "),
    (r"\[", "("),
    (r"\]", ")"),
)
_TYPOGRAPHIC = str.maketrans("‘’‚‛′＇“”„‟″＂", "''''''" + '""""""')
_AFTER_OPERATOR = re.compile(r"(?:[=<>,(]|\b(?:in|like|and|between))\s*$", re.I)
_NAME_FOLLOWS = re.compile(r"\s*(?:[=<>!]|(?:not\s+)?(?:in|like|between)\b|is\b)", re.I)


def sql_spelling(text: str) -> str:
    """Return a condition that was written in another language as SQL has it.

    >>> sql_spelling('(country == "JP") & (status in ["ok", "late"])')
    "(country = 'JP') and (status in ('ok', 'late'))"
    """
    pieces = PIECES.findall(text.translate(_TYPOGRAPHIC).strip().removesuffix(";"))
    written = ""
    for number, piece in enumerate(pieces):
        follows = "".join(pieces[number + 1 : number + 2])
        if piece[0] == "`" and len(piece) > 1:
            written += f'"{piece[1:-1]}"'
        elif piece[0] in "'\"" and len(piece) > 1:
            written += _quoted(piece, written, follows)
        else:
            written += _outside(piece, last=not follows)
    return written


def _quoted(piece: str, before: str, follows: str) -> str:
    """Write a name of a column in double quotes, and a text in single ones."""
    inner = piece[1:-1].replace(piece[0] * 2, piece[0])
    if _AFTER_OPERATOR.search(before) and not _NAME_FOLLOWS.match(follows):
        return "'" + inner.replace("'", "''") + "'"
    return '"' + inner.replace('"', '""') + '"' if piece[0] == '"' else piece


def _outside(piece: str, *, last: bool) -> str:
    piece = unicodedata.normalize("NFKC", piece) if re.search("[！-～]", piece) else piece
    for pattern, sql in _SQL:
        piece = re.sub(pattern, sql, piece)
    end = r"\)|$" if last else r"\)"
    return re.sub(rf"(?<=[=>])(\s*)([^\W\d]\w*)(?=\s*(?:{end}|\b(?:and|or)\b))", _bare, piece)


def _bare(found: re.Match[str]) -> str:
    """Put a bare word on the right of an operator in single quotes."""
    word = found[2]
    kept = word.lower() in ("true", "false", "null", "not", "current_date", "today", "now")
    return found[0] if kept else f"{found[1]}'{word}'"
