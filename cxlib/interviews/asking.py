"""Who speaks without a role -> who may be an interviewer, and what that would do to agreement."""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from cxlib.errors import EmptyDataError
from cxlib.interviews import counts
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.presences import alpha_of_sets
from cxlib.interviews.roles import LEFT_OUT, Cast
from cxlib.shown.message import Message

_ASKERS = re.compile(  # a letter or number behind it tells several apart: 진행자B, Interviewer 2
    r"(?:interviewers?|moderators?|facilitators?|researchers?|int|iv|mod|i|q|question"
    r"|聞き手|聴き手|インタビュア[ー]?|インタビュワ[ー]?|インタビューアー?|質問者?|司会者?|進行役?|調査員|問|問い"
    r"|モデレーター?|ファシリテーター?|采访者|採訪者|主持人|访谈者|提问|问"
    r"|면접관|진행자?|사회자|인터뷰어|질문자?|조사원|연구원|연구자|모더레이터|퍼실리테이터|문"
    r"|entrevistador(?:a|es)?|moderador(?:a)?|intervieweu(?:r|se)|enqu[êe]teu(?:r|se)|befrager(?:in)?)"
    r"(?:[ _.-]*\d{1,2}|[ _.-]+[a-z]|(?<=[^\x00-\x7f])[a-z])?"
)
_ASKING = ("ですか", "ますか", "でしょうか", "でしたか", "ましたか", "까", "나요")
# each alternative begins with a letter of its own, to which the search skips; seven times as fast
_QUESTION = re.compile("|".join([r"\?", "？", "؟", *(rf"{it}(?:[。.\s]|\Z)" for it in _ASKING)]))
# interviewers asked in 73 to 100 % of their turns in twelve interviews, customers in at most 11 %
_MOST = 0.5
_LEAST = 2  # turns with a question in an interview


def role_flags(corpus: Corpus, turns: pd.DataFrame, cast: Cast) -> Iterator[Message]:
    """Say who is counted, though it may be an interviewer.

    Parameters
    ----------
    corpus : Corpus
        As it would be counted.
    turns : pandas.DataFrame
        `document, speaker, role, start, end`, of the same interviews, with the names of `cast`.
    cast : Cast
        Who was named.

    Notes
    -----
    Whoever is called like an interviewer (in English, Japanese, Korean, Chinese, Spanish, French or
    German), whatever pattern it fits, or has no role and asks in at least half of the own turns of
    an interview, two or more. Where roles that are counted were named, everybody without a role.
    The effect is that on the alpha of all codes as sets, without their units.
    """
    spoken = turns[turns["speaker"].notna()]
    counted = spoken[~spoken["role"].isin(LEFT_OUT)]
    asking = _asking(counted, corpus)
    free = counted[counted["role"] == ""]
    if set(cast.given) - LEFT_OUT and len(free):
        yield _with_effect(corpus, Message("interviews.flag_no_role", **_who(free, cast)), free)
        asking = asking[asking["role"] != ""]
    if len(asking):
        yield _with_effect(corpus, Message("interviews.flag_asks", **_who(asking, cast)), asking)
    left_out = [role for role in cast.given if role in LEFT_OUT]
    if left_out:
        yield from _role_missing(spoken, left_out)


def _asking(counted: pd.DataFrame, corpus: Corpus) -> pd.DataFrame:
    """Return the turns of those who are called like an interviewer or, without a role, ask like
    one."""
    called = counted["speaker"].map(_is_asker).astype(bool)
    texts = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
    where = zip(counted["document"].to_numpy(object), counted["start"], counted["end"], strict=True)
    asks = pd.Series(
        [
            _QUESTION.search(texts[document], start, end) is not None
            for document, start, end in where
        ],
        index=counted.index,
        dtype=bool,
    )
    groups = asks.groupby([counted["document"], counted["speaker"]])
    often = (groups.transform("mean") >= _MOST) & (groups.transform("sum") >= _LEAST)
    return counted[called | (often & (counted["role"] == ""))]


@functools.lru_cache(maxsize=4096)  # few people speak
def _is_asker(name: str) -> bool:
    folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return _ASKERS.fullmatch(folded) is not None


def _who(turns: pd.DataFrame, cast: Cast) -> dict[str, Any]:
    of_each = turns.groupby("speaker", sort=False)["document"].agg(["size", "nunique"])
    who = [
        Message("interviews.speaker_turns", speaker=name, turns=n, interviews=interviews)
        for name, n, interviews in of_each.itertuples()
    ]
    names = list(of_each.index)
    write = json.dumps(cast.with_interviewers(names), ensure_ascii=False)
    return {"n": len(names), "who": who, "write": write}


def _with_effect(corpus: Corpus, flag: Message, turns: pd.DataFrame) -> Message:
    """Add what agreement would be without these turns, where it can be known."""
    try:
        grid = counts.grid(corpus)
    except EmptyDataError:
        return flag  # nobody has coded yet
    pairs = pd.MultiIndex.from_frame(turns[["document", "speaker"]])
    keep = ~pd.MultiIndex.from_frame(grid.units[["document", "speaker"]]).isin(pairs)
    now, then = (
        alpha_of_sets(grid.applied[rows], grid.opened[rows])
        for rows in (np.ones(len(keep), bool), keep)
    )
    if np.isnan([now, then]).any():
        return flag
    return Message(
        "interviews.flag_effect", flag=flag, n=turns["speaker"].nunique(), now=now, then=then
    )


def _role_missing(spoken: pd.DataFrame, roles: list[Any]) -> Iterator[Message]:
    """Say in which interviews nobody has the role that others have there."""
    having = set(spoken.loc[spoken["role"].isin(roles), "document"])
    without = spoken[~spoken["document"].isin(having)]
    open_ones = without.loc[without["role"] == "", "document"].unique().tolist()
    if open_ones:
        names = without.loc[without["document"].isin(open_ones), "speaker"].unique().tolist()
        yield Message(
            "interviews.flag_role_missing",
            roles=roles,
            n=len(open_ones),
            of=spoken["document"].nunique(),
            documents=open_ones,
            names=names,
        )
