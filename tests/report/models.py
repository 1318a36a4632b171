"""Parameter models of the tests' notebooks, in a file that loads little."""

from __future__ import annotations

import os
import signal
import time
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from cxlib.parameters import (
    ColumnOf,
    InputFile,
    InputFiles,
    InputFolder,
    OutputFolder,
    StudyParameters,
)


class Columns(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    respondent: str = Field("respondent_id", description="column that says who answered")
    comment: str | None = Field(None, description="column with comments")
    top: int = Field(3, ge=1, description="how many comments")


class Parameters(StudyParameters):
    survey: InputFile = Field(description="file with the answers")
    folder: InputFolder | None = Field(None, description="folder with transcripts")
    wave: str | None = Field(None, description="wave of the headline")
    score: Annotated[str, ColumnOf("survey")] = Field("score", description="column with the score")
    scale: tuple[int, int] = Field((0, 10), description="lowest and highest answer")
    by: list[str] = Field([], description="columns to compare")
    weight: str | list[str] | None = Field(None, description="weight column or columns")
    since: date | None = Field(None, description="first day")
    top: Annotated[int, Field(ge=1)] | None = Field(None, description="how many rows to show")
    method: Literal["tango", "wald"] = Field("tango", description="kind of interval")
    gap_days: float = Field(30.0, gt=0, description="days without an order")
    margin: float | None = Field(None, gt=0, le=200, description="smallest difference that matters")
    columns: Columns = Field(Columns(), description="names of columns")
    exact: bool = Field(False, description="whether to wait for the exact answer")
    password: SecretStr = Field(SecretStr(""), description="of the database")


class Looking(StudyParameters):
    survey: InputFile = Field(description="file with the answers")
    wave: str | None = Field(None, description="wave of the headline")
    looks: int | dict[str, int] = Field(1, description="how often this wave was looked at")


class Several(StudyParameters):
    survey: InputFiles | None = Field(None, description="files with the answers")


class Writing(StudyParameters):
    survey: InputFile | None = Field(None, description="file with the answers")
    sheets: OutputFolder | None = Field(None, description="folder that is written to")


class Acting(StudyParameters):
    survey: InputFile = Field(description="file with the answers")
    act: str = Field("pass", description="Python that a cell of the notebook runs")


class Breaking(StudyParameters):
    """Breaks whoever checks it."""

    survey: InputFile = Field(description="file with the answers")
    how: str = Field("", description="in which way")

    @field_validator("how")
    @classmethod
    def _break(cls, how: str) -> str:
        if how == "memory":
            print(len(b"x" * (10 << 30)))
        elif how == "time":
            time.sleep(600)
        elif how == "exit":
            os._exit(3)
        elif how == "signal":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif how == "error":
            raise RuntimeError("no")
        print('{"ready": 1}', flush=True)  # no answer, though it looks like one
        return how
