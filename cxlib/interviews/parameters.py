"""The parameters of notebook 01: names, kinds, bounds and meanings, and their check against the
files."""

from __future__ import annotations

from pydantic import Field

from cxlib import check  # types by their own names below: in the class body `check` is the method
from cxlib.check import InputFile, InputFolder, StudyParameters
from cxlib.interviews import counts
from cxlib.interviews.corpus import Corpus


class Parameters(StudyParameters):
    """What notebook 01 needs to know."""

    transcripts: InputFolder = Field(
        description="folder with the transcripts (txt, md, srt, vtt, docx)"
    )
    codings: InputFile = Field(
        description="CSV, TSV or XLSX, one coded span a row: document, start, end, code, coder; "
        "also coded_at, memo, gloss"
    )
    codebook: InputFile | None = Field(
        None, description="YAML with a list under 'codes': name, theme, kind, definition, example"
    )
    cases: InputFile | None = Field(
        None, description="CSV, TSV or XLSX, one interview a row: document and what describes it"
    )
    case: str | None = Field(
        None, description="column of the cases to break the codes down by, such as language"
    )
    order: str | None = Field(
        None,
        description="column of the cases with the order or date of the interviews; else file names",
    )
    interviewers: tuple[str, ...] = Field(
        (), description="speakers who ask: their turns are not counted and not quoted"
    )
    rule: str = Field(
        "majority",
        description="where a code counts: majority, any or all of the coders who opened the "
        "interview, or the name of one coder",
    )
    quotes_each: int = Field(3, ge=1, le=20, description="how many quotes for each code")
    quoted_codes: int = Field(
        3, ge=1, le=20, description="how many obstacles, and how many annoyances, are quoted"
    )
    ahead: int = Field(5, ge=1, le=100, description="how many more interviews to look ahead")
    resamples: int = Field(
        1000, ge=100, le=100_000, description="bootstrap resamples of interviews"
    )
    confidence: float = Field(0.95, gt=0, lt=1, description="level of the intervals")
    seed: int = Field(
        20260930, ge=0, description="seed of the resampling: same seed, same intervals"
    )

    def read(self) -> Corpus:
        """Read and check the corpus."""
        return Corpus.read(
            self.transcripts,
            codings=self.codings,
            codebook=self.codebook,
            cases=self.cases,
            interviewers=self.interviewers,
        )

    def check(self) -> None:
        """Refuse parameters that disagree with the files they name."""
        corpus = self.read()
        check.columns(list(corpus.cases.columns), case=self.case, order=self.order)
        counts.grid(corpus).decided(self.rule)
