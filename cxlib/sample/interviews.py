"""The sample company's interviews -> transcripts in five formats, code book, cases, and the codings
of three coders.

Offsets are never typed: each file is read back with `read_transcripts`, and the words that its
script marks are found in it."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import yaml

from cxlib.errors import SourceError
from cxlib.sample.scripts import CASE, Script, Span, read_scripts, transcript
from cxlib.sources.transcripts import read_transcripts

CODING = ("document", "start", "end", "code", "coder", "coded_at", "memo", "gloss")


@dataclass(frozen=True, slots=True)
class Coder:
    """How a coder differs from the author, as chances: misses a code in a turn, moves a span, codes
    where one may doubt."""

    missed: float
    moved: float
    doubted: float
    begins: datetime
    memos_in: str
    unopened: tuple[str, ...] = ()


CODERS = {
    "aoki": Coder(0.09, 0.25, 0.55, datetime(2026, 9, 28, 0, 40, tzinfo=UTC), "ja"),
    "bae": Coder(0.15, 0.35, 0.40, datetime(2026, 9, 29, 1, 15, tzinfo=UTC), "ko"),
    "clark": Coder(
        0.22,
        0.45,
        0.30,
        datetime(2026, 9, 30, 14, 5, tzinfo=UTC),
        "en",
        ("interview_05_ko.docx", "interview_10_ja.txt"),
    ),
}
CONFUSED = {  # code -> the neighbour that is taken for it, and how often
    "手間がかからない": ("save time", 0.45),
    "told before I asked": ("quick human answer", 0.30),
    "care for someone far away": ("pleasant surprise", 0.25),
    "cancelling is hidden": ("skipping is hard", 0.20),
    "someone remembers me": ("quick human answer", 0.20),
    "nobody followed up": ("having to repeat it", 0.20),
    "not home to receive": ("late or missing delivery", 0.20),
    "having to repeat it": ("nobody followed up", 0.12),
    "quality I trust": ("pleasant surprise", 0.15),
    "빠른 배송": ("手間がかからない", 0.12),
    "過剰包装": ("too much piles up", 0.10),
    "unclear charges": ("keep to a budget", 0.08),
}
REACH = {"ja": 10, "ko": 16, "en": 28}  # code points that a boundary moves at most
_EDGE = re.compile(r"(?:[、。，．！？…—]|[,.!?;:](?=\s|$))+\s*|^|$")


def write_interviews(out: Path, *, seed: int) -> dict:
    """Write the interviews of the sample company: the same texts for every seed, coded anew.

    Parameters
    ----------
    out : Path
        The interviews' own folder, made if absent.
    seed : int
        What the coders miss, move and mix up; the same seed gives the same bytes.

    Returns
    -------
    dict
        The truth: `documents`, `languages` (interviews by language), `turns`, `codes` (name ->
        `interviews`, `turns` and `spans` as the author marked them, doubtful marks not counted),
        `coders` (name -> chances, documents never opened).

    Raises
    ------
    SourceError
        If a script marks a code that the code book lacks, or a transcript does not read back as its
        script.
    """
    out.mkdir(parents=True, exist_ok=True)
    book = files("cxlib.sample").joinpath("texts", "codebook.yaml").read_text(encoding="utf-8")
    scripts = read_scripts()
    known = {code["name"] for code in yaml.safe_load(book)["codes"]}
    for script in scripts:
        if unknown := {span.code for turn in script.turns for span in turn.spans} - known:
            raise SourceError(
                f"script {script.case['document']!r} marks {sorted(unknown)}, which codebook.yaml "
                "lacks; "
                "add the code there or correct the mark"
            )
        _write(out / script.case["document"], transcript(script))
    _write(out / "codebook.yaml", book)
    _write(
        out / "cases.csv", _csv(CASE, ([script.case[name] for name in CASE] for script in scripts))
    )
    texts = dict(read_transcripts(out).documents.set_index("document")["text"])
    placed = {
        script.case["document"]: _place(script, texts[script.case["document"]])
        for script in scripts
    }
    rows = [
        row
        for name, coder in CODERS.items()
        for row in _code(name, coder, scripts, texts, placed, seed)
    ]
    _write(out / "codings.csv", _csv(CODING, rows))
    return _truth(scripts)


def _place(script: Script, text: str) -> list[list[tuple[int, int, int]]]:
    """Find each turn's cues in the transcript: start and end in the turn, start in the text."""
    found, position = [], 0
    for turn in script.turns:
        places = []
        for start, end in turn.cues:
            at = text.find(turn.text[start:end], position)
            if at < 0:
                raise SourceError(
                    f"{script.case['document']!r} does not read back as its script at "
                    f"{turn.text[start:end]!r}; "
                    "compare the file's layout with read_transcripts"
                )
            places.append((start, end, at))
            position = at + end - start
        found.append(places)
    return found


def _code(
    name: str,
    coder: Coder,
    scripts: Sequence[Script],
    texts: dict[str, str],
    placed: dict,
    seed: int,
) -> list[list]:
    rng = random.Random(
        f"{seed} {name}"
    )  # its random() is the same on every Python; NumPy does not promise that
    clock, rows = coder.begins, []
    for script in scripts:
        document, language = script.case["document"], script.case["language"]
        clock += timedelta(minutes=20 + int(40 * rng.random()))
        for turn, places in zip(script.turns, placed[document], strict=True):
            seen = {
                mark: _seen(*mark, coder, rng)
                for mark in dict.fromkeys((span.code, span.doubtful) for span in turn.spans)
            }
            done = set()
            for span in turn.spans:
                memo = span.memo if coder.memos_in == language else ""
                code = span.code if memo else seen[span.code, span.doubtful]
                bounds = _bounds(
                    span, places, texts[document], rng.random() < coder.moved, REACH[language], rng
                )
                clock += timedelta(seconds=30 + int(150 * rng.random()))
                if code and document not in coder.unopened and (span.start, code) not in done:
                    rows.append(
                        [
                            document,
                            *bounds,
                            code,
                            name,
                            f"{clock:%Y-%m-%dT%H:%M:%SZ}",
                            memo,
                            span.gloss,
                        ]
                    )
                    done.add((span.start, code))
    return rows


def _seen(code: str, doubtful: bool, coder: Coder, rng: random.Random) -> str | None:
    """Return what a coder makes of a code in a turn: the code, a neighbour of it, or None."""
    chance, mixed_up = rng.random(), rng.random()
    if chance >= (coder.doubted if doubtful else 1 - coder.missed):
        return None
    neighbour, how_often = CONFUSED.get(code, (code, 0.0))
    return neighbour if mixed_up < how_often and not doubtful else code


def _bounds(
    span: Span,
    places: Sequence[tuple[int, int, int]],
    text: str,
    moved: bool,
    reach: int,
    rng: random.Random,
) -> tuple[int, int]:
    """Return where a coder lets a span begin and end in the transcript: at its words, or at a
    clause's edge close by."""
    begin, stop, at = next(
        place for place in places if place[0] <= span.start and span.end <= place[1]
    )
    low, high = at, at + stop - begin
    start, end = span.start - begin + at, span.end - begin + at
    if not moved:
        return start, end
    edges = list(_EDGE.finditer(text[low:high]))
    starts = [
        low + edge.end()
        for edge in edges
        if abs(low + edge.end() - start) <= reach and low + edge.end() < end - reach
    ]
    ends = [
        low + len(text[low : low + edge.end()].rstrip())
        for edge in edges
        if 0 <= low + edge.start() - end <= reach
    ]
    pick = [
        choices[int(rng.random() * len(choices))] if choices else None for choices in (starts, ends)
    ]
    return (start if pick[0] is None else pick[0], end if pick[1] is None else pick[1])


def _truth(scripts: Sequence[Script]) -> dict:
    marked = [
        (script.case["document"], number, span.code)
        for script in scripts
        for number, turn in enumerate(script.turns)
        for span in turn.spans
        if not span.doubtful
    ]
    languages = [script.case["language"] for script in scripts]
    return {
        "documents": len(scripts),
        "languages": {language: languages.count(language) for language in sorted(set(languages))},
        "turns": sum(len(script.turns) for script in scripts),
        "codes": {
            code: {
                "interviews": len({document for document, _, name in marked if name == code}),
                "turns": len({(document, turn) for document, turn, name in marked if name == code}),
                "spans": sum(name == code for *_, name in marked),
            }
            for code in sorted({row[2] for row in marked})
        },
        "coders": {
            name: {
                "missed": coder.missed,
                "moved": coder.moved,
                "doubtful_coded": coder.doubted,
                "unopened": list(coder.unopened),
            }
            for name, coder in CODERS.items()
        },
    }


def _write(path: Path, content: str | bytes) -> None:
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def _csv(header: Sequence[str], rows: Iterable[Sequence]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    return buffer.getvalue()
