"""A survey with one row a question -> a refusal that says how to pick one of them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from cxlib.errors import SourceError
from cxlib.sources.header_rows import plain, vocabulary

_QUESTION = vocabulary(
    "question questionid questiontext questionname questioncode questionlabel questionkey item "
    "itemid variable measure metric field prompt surveyquestion 設問 質問 設問番号 質問番号 "
    "質問項目 項目 설문문항 문항 질문 문항번호 질문번호 항목 frage fragetext pregunta"
)
_ANSWER = vocabulary(
    "answer answers response responsevalue value score rating answervalue answertext result 回答 "
    "回答値 値 回答内容 答え 得点 スコア 답변 응답 응답값 값 답 점수 antwort wert réponse valeur "
    "respuesta valor"
)


def refuse_long(frame: pd.DataFrame, *, name: str) -> None:
    """Refuse a file whose rows are answers to different questions.

    So it is where one column is called like a question and another like an answer, the first has
    at least two values, and in some column that is neither (the respondents) most of the values
    come more than once, never twice with the same question.

    Raises
    ------
    SourceError
        With the condition that picks one question.
    """
    called = question_and_answer(frame.columns)
    if called is None or frame[called[0]].nunique() < 2:
        return
    question, answer = called
    others = [column for column in frame.columns if column not in (question, answer)]
    respondent = next((column for column in others if _answers_each(frame, column, question)), None)
    if respondent is None:
        return
    first, n = frame[question].dropna().iloc[0], frame[question].nunique()
    raise refusal(name, called, n, first, respondent, frame[respondent].nunique())


def question_and_answer(columns: Iterable[str]) -> tuple[str, str] | None:
    """Return the columns that are called like a question and like an answer; None where one is
    not there."""
    columns = list(columns)
    question, answer = _called(columns, _QUESTION), _called(columns, _ANSWER)
    return None if question is None or answer is None else (question, answer)


def refusal(
    name: str,
    called: tuple[str, str],
    questions: int,
    first: object,
    respondent: str,
    people: int,
) -> SourceError:
    """Return the refusal of a table with so many questions, the first of which is to be picked, and
    so many people in the column of respondents."""
    (question, answer), value = called, str(first).replace("'", "''")
    quoted = question.replace('"', '""')
    picked = f"\"{quoted}\" = '{value}'"
    return SourceError(
        f"{name!r} has one row a question: {questions:,} questions in {question!r},"
        f" answered in {answer!r} by each of {people:,} in {respondent!r}; "
        f"pick one of them with where={picked!r} and name {answer!r} as the column of its answers,"
        " or pass layout='plain' if each row is a response"
    )


def _called(columns: Iterable[str], names: frozenset[str]) -> str | None:
    def bare(column: str) -> str:
        return "".join(c for c in plain(column) if c.isalnum())

    return next((column for column in columns if bare(column) in names), None)


def _answers_each(frame: pd.DataFrame, respondent: str, question: str) -> bool:
    pairs = frame[[respondent, question]].dropna()
    counts = pairs[respondent].value_counts()
    return (
        len(pairs) > 0
        and len(counts) >= 2
        and 2 * int((counts > 1).sum()) > len(counts)
        and not pairs.duplicated().any()
    )
