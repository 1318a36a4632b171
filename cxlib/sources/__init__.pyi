from . import (
    answers,
    connections,
    cues,
    decoding,
    events,
    headers,
    speakers,
    surveys,
    transcripts,
    word,
)
from .connections import connect
from .events import read_events
from .surveys import Survey, read_survey
from .transcripts import Transcripts, read_transcripts

__all__ = [
    "Survey",
    "Transcripts",
    "answers",
    "connect",
    "connections",
    "cues",
    "decoding",
    "events",
    "headers",
    "read_events",
    "read_survey",
    "read_transcripts",
    "speakers",
    "surveys",
    "transcripts",
    "word",
]
