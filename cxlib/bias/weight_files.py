"""The answers of each wave, weighted -> a file or table with an id and a weight a row, for another
study."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pandas as pd
import pyarrow as pa

from cxlib import check
from cxlib.bias.parameters import Parameters
from cxlib.bias.reading import Sample, read_again
from cxlib.bias.weighting import weigh
from cxlib.bias.weights import Weights
from cxlib.errors import CxError, ParameterError
from cxlib.rows import names, weight_tables
from cxlib.rows.periods import natural_order
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.text import Text
from cxlib.sources.table_targets import target_of
from cxlib.sources.table_writing import write_table


class WeightState(StrEnum):
    """What became of the weights of a wave."""

    WRITTEN = "written"
    NOT_WEIGHTED = "not_weighted"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WrittenWeights(Result):
    """Weights that were written: `wave, n, state`, a row a wave; `file` is the file or table, None
    where none was. `reasons` say why waves are not among them."""

    file: Path | None = None
    reasons: tuple[Message, ...] = ()

    columns: ClassVar[Mapping[str, Format]] = {"wave": "", "n": "integer", "state": WeightState}
    shows: ClassVar[Message] = Message("bias.weights_out_caption")

    def summary(self, language: str = "en") -> str:
        """Say how many weights were written, and which waves have none; nothing where no file was
        asked for."""
        if self.file is None and self.frame.empty:
            return ""
        if self.file is None:
            return Sentences((Message("bias.weights_out_none"), *self.reasons)).text(language)
        written = self.frame[self.frame["state"] == WeightState.WRITTEN]
        said = Message(
            "bias.weights_out", n=int(written["n"].sum()), waves=len(written), file=self.file.name
        )
        return Sentences((said, *self.reasons)).text(language)

    def said(self, *, language: str = "en") -> Text:
        """Return the summary, with a mark by which `cx run` knows the file for the report's own."""
        if self.file is None or not self.file.is_file():  # a table
            return Text((self.summary(language),), language=language)
        digest = hashlib.sha256(self.file.read_bytes()).hexdigest()
        wrote = {self.file.as_posix(): digest}
        return Text((self.summary(language),), language=language, wrote=wrote)


class _Wave(NamedTuple):
    """A wave's answers, what they are weighted to, and why they could not be read."""

    name: str
    respondents: pd.DataFrame
    targets: Mapping[Any, Any]
    refused: str = ""


@check.arguments
def write_weights(p: Parameters, sample: Sample) -> WrittenWeights:
    """Write the weights of the answers where `weights_out` asks for it.

    Parameters
    ----------
    p : Parameters
        `weights_out` names the file or table, `answer_id` the id of an answer. Where no wave is
        named the answers of all waves are weighted, those of each wave to its own people.
    sample : Sample
        From `read(p)`.

    Returns
    -------
    WrittenWeights
        One row a wave. The file has the id and the weight alone, and nothing else of a person; the
        weights of a wave sum to the people it stands for, or to its answers where targets are
        shares.

    Raises
    ------
    ParameterError
        If no column has an id of an answer, or the file cannot be written.
    SourceError
        If the table is there already, or cannot be made.
    WeightError
        If an id is there twice.
    """
    if p.weights_out is None:
        return WrittenWeights(frame=pd.DataFrame(columns=["wave", "n", "state"]), method="weights")
    key = _id(p, sample)
    found, rows, reasons = [], [], []
    for wave in _waves(p, sample):
        made = _weigh(p, wave)
        if isinstance(made, Message):
            rows.append((wave.name, len(wave.respondents), WeightState.NOT_WEIGHTED.value))
            reasons.append(Message("bias.weights_out_not", wave=wave.name, why=made))
            continue
        rows.append((wave.name, len(wave.respondents), WeightState.WRITTEN.value))
        weight = made.values(wave.respondents)
        found.append(pd.DataFrame({key: wave.respondents[key], "weight": weight}))
    frame = pd.DataFrame(rows, columns=["wave", "n", "state"])
    if not found:
        return WrittenWeights(frame=frame, method="weights", reasons=tuple(reasons))
    every = pd.concat(found, ignore_index=True)
    if table := target_of(p.weights_out):
        rows = weight_tables.weight_rows(every[key], every["weight"])
        write_table(table, pa.Table.from_pandas(rows, preserve_index=False))
    else:
        weight_tables.write_weights(every[key], every["weight"], p.weights_out)
    return WrittenWeights(
        frame=frame,
        method="weights",
        file=p.weights_out,
        reasons=tuple(reasons),
    )


def _id(p: Parameters, sample: Sample) -> str:
    """Return the column with the id of an answer."""
    key = p.answer_id or p.customer
    ids = None if key is None else names.fold(sample.answers[key]).values
    if key is not None and ids is not None and ids.notna().all() and not ids.duplicated().any():
        return key
    once = [
        repr(name)
        for name in sample.answers.columns
        if sample.answers[name].notna().all() and not sample.answers[name].duplicated().any()
    ]
    why = "is missing" if key is None else "is missing or there twice for some answers"
    raise ParameterError(
        f"answer_id={key!r} {why}, so weights could not find their answers again; name the column "
        "with the id of an answer"
        + (f", such as {' or '.join(once[:3])}" if once else ", or give each answer a number")
    )


def _waves(p: Parameters, sample: Sample) -> list[_Wave]:
    """Return each wave, its respondents and targets; the wave that was named alone."""
    this = _Wave(sample.wave or "", sample.respondents, sample.targets)
    if p.wave is not None or sample.wave is None:
        return [this]
    found = []
    for name in natural_order(sample.answers[p.wave_column]):
        if name == sample.wave:
            found.append(this)
            continue
        try:
            other = read_again(p.model_copy(update={"wave": name}))
            found.append(_Wave(name, other.respondents, other.targets))
        except CxError as error:  # of a wave that this report is not about
            there = sample.answers[sample.answers[p.wave_column] == name]
            found.append(_Wave(name, there, {}, str(error)))
    return found


def _weigh(p: Parameters, wave: _Wave) -> Weights | Message:
    """Return the weights of a wave, or why it has none."""
    if wave.refused:
        return Message("bias.weights_out_refused", why=wave.refused)
    made = weigh(wave.respondents, targets=wave.targets, weight=p.weight, merge=p.merge)
    if isinstance(made, Weights) and made.unmet is None and (made.margins or made.base):
        return made
    unmet = made.unmet if isinstance(made, Weights) else None
    return unmet or Message("bias.weights_none", n=len(wave.respondents))
