"""Units: what holds for every kind, and what is said where nobody was recognised."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import interviews, sources
from cxlib.errors import ParameterError
from cxlib.interviews.units import UnitKind, make_units
from cxlib.sources.transcripts import Transcripts

PIECES = [*"aB。.!?「」 \n\r😀𠮷", "と", "Dr. ", "\r\n", "\n\n", "はい。", "왜요? ", "word "]
words = st.lists(st.sampled_from(PIECES), min_size=1, max_size=25).map("".join)
turns = st.lists(words, min_size=1, max_size=6)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WithCues(Transcripts):
    cues: pd.DataFrame


def transcripts(said: dict[str, list[str]], speaker: str | None = "A", cue: int = 7) -> WithCues:
    """Turns that follow one another, `|` between them, and a cue every few characters."""
    documents, rows, cues = [], [], []
    for name, parts in said.items():
        text = "|".join(parts)
        documents.append((name, "vtt", text, len(text), "0"))
        place = 0
        for number, part in enumerate(parts):
            rows.append((name, number, speaker, place, place + len(part), 10.0 * number, None))
            place += len(part) + 1
        for start in range(0, len(text), cue):
            cues.append((name, start, min(start + cue, len(text)), float(start), start + 1.0))
    columns = ["document", "turn", "speaker", "start", "end", "started_seconds", "ended_seconds"]
    return WithCues(
        documents=pd.DataFrame(
            documents, columns=["document", "format", "text", "characters", "sha256"]
        ),
        turns=pd.DataFrame(rows, columns=columns),
        cues=pd.DataFrame(
            cues, columns=["document", "start", "end", "started_seconds", "ended_seconds"]
        ),
        notes=(),
    )


@given(st.sampled_from(UnitKind), st.lists(turns, min_size=1, max_size=3))
def test_units_hold_all_that_is_said_once_in_order_and_within_a_turn(kind, said):
    found = transcripts({f"{number}.vtt": parts for number, parts in enumerate(said)})
    units = make_units(found, kind.value).frame
    texts = found.documents.set_index("document")["text"]
    for turn in found.turns.itertuples():
        mine = units[
            (units["document"] == turn.document)
            & (units["start"] < turn.end)
            & (units["end"] > turn.start)
        ]
        assert ((mine["start"] >= turn.start) & (mine["end"] <= turn.end)).all()
        spans = list(zip(mine["start"], mine["end"], strict=True))
        assert spans == sorted(spans)
        held = "".join(texts[turn.document][start:end] for start, end in spans)
        assert "".join(held.split()) == "".join(texts[turn.document][turn.start : turn.end].split())
    for document, mine in units.groupby("document"):
        assert list(mine["unit"]) == list(range(1, len(mine) + 1))
        assert (mine["end"].iloc[:-1].to_numpy() <= mine["start"].iloc[1:].to_numpy()).all()
        words = [texts[document][a:b] for a, b in zip(mine["start"], mine["end"], strict=True)]
        assert all(word and word == word.strip() for word in words)


def test_the_unit_is_a_turn_where_anybody_speaks_and_else_a_sentence():
    said = {"a.txt": ["It was late. I called."], "b.txt": ["はい。いいえ。"]}
    spoken, silent = transcripts(said), transcripts(said, speaker=None)
    assert make_units(spoken).kind is UnitKind.TURN
    assert make_units(spoken).flags == ()
    found = make_units(silent)
    assert (found.kind, len(found.frame)) == (UnitKind.SENTENCE, 4)
    assert "in 2 of 2 interviews, and the longest turn has 22 characters: units are sentences" in (
        str(found.flags[0])
    )
    assert "units are turns" in str(make_units(silent, "turn").flags[0])


def test_files_without_speakers_beside_others_are_named():
    one, other = transcripts({"a.txt": ["Hm."]}), transcripts({"b.txt": ["Ja."]}, speaker=None)
    mixed = Transcripts(
        documents=pd.concat([one.documents, other.documents], ignore_index=True),
        turns=pd.concat([one.turns, other.turns], ignore_index=True),
        notes=(),
    )
    found = make_units(mixed)
    assert found.kind is UnitKind.TURN
    assert "in 1 of 2 interviews (b.txt)" in str(found.flags[0])


def test_monologues_are_flagged_and_by_sentence_no_more():
    found = transcripts({"a.txt": ["Hm.", "It was late. " * 500]})
    assert "1 turn has more than 5,000 characters, the longest 6,499 (a.txt)" in str(
        make_units(found, "turn").flags[0]
    )
    assert make_units(found, "sentence").flags == ()
    nothing = transcripts({"a.txt": ["late " * 1200]})
    assert "1 sentence has more than" in str(make_units(nothing, "sentence").flags[0])


def test_times_are_those_of_the_cues():
    found = transcripts({"a.vtt": ["aaaaa. bbbbbb. cccccc."]})
    assert make_units(found, "sentence").frame["started_seconds"].tolist() == [0, 7, 14]
    assert make_units(found, "sentence").frame["ended_seconds"].tolist() == [1, 8, 22]
    assert make_units(found, "cue").frame["start"].tolist() == [0, 7, 15, 21]


def test_cues_are_refused_where_there_are_none(sample):
    found = sources.read_transcripts(sample / "interviews")
    with pytest.raises(ParameterError, match=r"unit='cue': .* of 12 transcripts have no cues \("):
        make_units(found, "cue")
    with pytest.raises(ParameterError, match=r"unit='sentense' is .* did you mean 'sentence'"):
        make_units(found, "sentense")


@pytest.mark.parametrize("unit", list(UnitKind))
def test_every_sentence_says_what_a_unit_is(small, unit):
    corpus = replace(small, unit=unit)
    found = interviews.agreement(corpus, resamples=0)
    together = interviews.cooccurrence(corpus)
    prevalence = interviews.prevalence(corpus)
    said = [
        corpus.summary(),
        found.summary(),
        str(prevalence.rule),
        str(prevalence.caption()),
        interviews.disagreements(corpus).summary(),
        repr(interviews.disagreements(corpus).first(2)),
        together.summary(),
        str(together.caption()),
        str(interviews.pairs(corpus, resamples=0).caption()),
        repr(interviews.quotes(corpus, width=(1, 99)).passages()),
    ]
    assert [words for words in said if unit.value not in words] == []
    others = {kind.value for kind in UnitKind} - {unit.value}
    assert [words for words in said for other in others if other in words.split()] == []


def test_one_speaker_in_many_lines_is_flagged():
    lines = "\n".join(["So it went."] * 8)
    (flag,) = make_units(transcripts({"a.vtt": [lines]})).flags
    assert "Only one speaker was recognised in 1 of 1 interview (a.vtt)" in str(flag)
    assert make_units(transcripts({"a.vtt": ["So it went.\nAnd so."]})).flags == ()
