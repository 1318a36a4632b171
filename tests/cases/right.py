"""What is right for each file of the cases: figures, a sentence that is said, or a refusal.

The files are made up. The right answers are exact: they are stated with the files, and were counted
by whoever made them, not by this package.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PLAIN: dict[str, Any] = {"segment": None, "columns": {}}
ALONE: dict[str, Any] = {"customers": None, "subscriptions": None, "segment": None}
ALONE_EVENTS = ALONE | {"customer": "customer_id", "time": "ordered_at", "value": "amount"}
WAVES = {"2025Q4": (10.0, 40), "2026Q1": (20.0, 40), "2026Q2": (40.0, 40)}
ALL = {None: (70 / 3, 120)}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A file with the parameters that it is read with.

    Attributes
    ----------
    file : str
        In this folder.
    study : {"nps", "bias", "retention"}
    given : mapping
        Parameters; a value that is one of the cases' files is made its path.
    nps : mapping of wave to (float, int)
        NPS and n, by wave in the right order; the wave None is all answers.
    moves : mapping of (wave, wave) to float
        Differences, b minus a.
    retention : mapping
        Figures of the notebook: see `tests/cases/looked_up.py`.
    said : tuple of str
        Regular expressions: each is found in what the reading says, and on the page.
    refused : tuple of str
        Regular expressions that are found in the refusal; empty where the file is taken.
    """

    file: str
    study: str = "nps"
    given: Mapping[str, Any] = field(default_factory=dict)
    nps: Mapping[str | None, tuple[float, int]] = field(default_factory=dict)
    moves: Mapping[tuple[str, str], float] = field(default_factory=dict)
    retention: Mapping[str, Any] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def file_path(self) -> Path:
        """Where the file lies."""
        return HERE / self.file

    def parameters(self) -> dict[str, Any]:
        """Return the parameters with whole paths."""
        files = {"nps": "survey", "bias": "survey", "retention": "orders"}
        usual = {"nps": PLAIN, "bias": {}, "retention": ALONE_EVENTS}[self.study]
        given = usual | {files[self.study]: self.file} | dict(self.given)
        return {name: self._path(value) for name, value in given.items()}

    @staticmethod
    def _path(value: Any) -> Any:
        path = HERE / value if isinstance(value, str) else None
        return str(path) if path is not None and value and path.is_file() else value


FEEL = "추천하시겠습니까? (0~10)"
WIE = "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?"
MARGINS = ["country", "age_band", "plan"]
OF_CELLS = {"score": "score", "wave_column": "quarter", "margins": MARGINS, "customer": None}

SURVEYS = (
    Case(
        file="surveys/qualtrics_import_ids_single_quotes.csv",
        given={"score": "Q9", "wave_column": None},
        nps=ALL,
        said=("Qualtrics: 3 header rows",),
    ),
    Case(
        file="surveys/qualtrics_import_ids_single_quotes.csv",
        given={"score": "Q9", "wave_column": "StartDate", "wave_by": "month"},
        nps={"2026-05": (70 / 3, 120)},
        said=("Qualtrics: 3 header rows",),
    ),
    *(
        Case(
            file="surveys/eleven_points_stored_1_to_11.csv",
            given=scale,
            refused=("scale", "1 to 11", "scale_shift=-1"),
        )
        for scale in ({}, {"scale": [1, 10]}, {"scale": [1, 11]})
    ),
    Case(
        file="surveys/eleven_points_stored_1_to_11.csv",
        given={"scale_shift": -1},
        nps=WAVES,
        said=("1",),
    ),
    Case(
        file="surveys/end_labels_instead_of_numbers.csv",
        refused=("Extremely likely", "Not at all likely", "labels="),
    ),
    Case(
        file="surveys/end_labels_instead_of_numbers.csv",
        given={"labels": {"Extremely likely": 10, "Not at all likely": 0}},
        nps=WAVES,
    ),
    Case(
        file="surveys/waves_quarter_before_year.csv",
        nps={"Q3 FY25": (10.0, 40), "Q4 FY25": (20.0, 40), "Q1 FY26": (40.0, 40)},
        moves={("Q4 FY25", "Q1 FY26"): 20.0},
    ),
    Case(
        file="surveys/wave_q4_2025_q1_2026.csv",
        nps={"Q4 2025": (-100 / 3, 120), "Q1 2026": (100 / 13, 130)},
        moves={("Q4 2025", "Q1 2026"): 41.025641025641022},
    ),
    Case(
        file="surveys/waves_with_a_stray_space.csv",
        nps=WAVES,
        said=("were taken for one name",),
    ),
    Case(
        file="surveys/qualtrics_previews_spam_unfinished.csv",
        given={"score": "Q1", "wave_column": None},
        nps=ALL,
        said=("20", r"\b4\b", r"\b6\b", "(?i)preview", "(?i)spam", "(?i)unfinished|not finished"),
    ),
    Case(
        file="surveys/two_sheets_example_first.xlsx",
        refused=("sheet=",),
    ),
    Case(
        file="surveys/two_quarters_two_sheets.xlsx",
        given={"score": "score", "wave_column": "quarter"},
        refused=("sheet=", r"'\*'"),
    ),
    Case(
        file="surveys/two_quarters_two_sheets.xlsx",
        given={"score": "score", "wave_column": "quarter", "sheet": "*"},
        nps={"2026Q2": (25.0, 120), "2026Q3": (-50.0, 120)},
    ),
    Case(
        file="surveys/semicolons_and_a_comma_in_the_question.csv",
        given={"score": WIE, "wave_column": "quartal"},
        nps=WAVES,
        said=("semicolon",),
    ),
    Case(file="surveys/line_ends_with_a_comma.csv", nps=WAVES),
    Case(
        file="surveys/google_forms_korean_time_stamps.csv",
        given={"score": FEEL, "wave_column": "타임스탬프", "wave_by": "quarter"},
        nps=WAVES,
    ),
    Case(
        file="surveys/google_forms_korean_time_stamps.csv",
        study="bias",
        given={"score": FEEL, "wave_column": "타임스탬프", "wave_by": "quarter", "outcome": None},
        nps={"2026Q2": (40.0, 40)},
    ),
)

POPULATION = (
    Case(
        file="population/survey.csv",
        study="bias",
        given=OF_CELLS | {"frame": "population/population_cells.xlsx"},
        refused=("frame", "customers", "targets"),
    ),
    Case(
        file="population/survey.csv",
        study="bias",
        given=OF_CELLS | {"frame": "population/population_margins.xlsx"},
        refused=("frame", "customers|category", "targets"),
    ),
    Case(
        file="population/survey.csv",
        study="bias",
        given=OF_CELLS | {"margins": []},
        nps={"2026Q3": (-21.854304635761588, 453)},
    ),
    Case(
        file="population/weighted_full_precision.csv",
        given={"wave_column": "quarter", "columns": {"weight": "weight"}},
        nps={"2026Q3": (-28.8673620810728, 453)},  # by pandas, on the file,
    ),
    Case(
        file="population/nps_export.csv",
        study="bias",
        given={
            "score": "How likely are you to recommend us to a friend?",
            "wave_column": None,
            "outcome": None,
        },
        nps={None: (-21.854304635761588, 453)},
    ),
)

EVENTS = (
    Case(
        file="events/order_lines.csv",
        study="retention",
        given={"duplicates": "order_id"},
        refused=("order_id", "differ", "sum"),
    ),
    Case(
        file="events/order_lines.csv",
        study="retention",
        given={"duplicates": "sum"},
        retention={"revenue": 210.0, "customers": 2},
    ),
    Case(
        file="events/id_case_space.csv",
        study="retention",
        retention={"customers": 5},
        said=("differ only in blanks", "(?i)case|capital"),
    ),
    *(
        Case(
            file=f"events/{name}.csv",
            study="retention",
            retention={"as_of": as_of, "first_cohort": dt.date(2024, 1, 1)},
            said=(year,),
        )
        for name, as_of, year in (
            ("future_row", dt.date(2024, 6, 18), "2038"),
            ("epoch_zero", dt.date(2024, 6, 18), "1970"),
            ("one_future_row", dt.date(2025, 1, 1), "20[3-9][0-9]"),
        )
    ),
    Case(
        file="events/annual_and_monthly_plans.csv",
        study="retention",
        said=("once in 12 months", "where"),
    ),
    Case(
        file="events/refund_first.csv",
        study="retention",
        said=("(?i)negative|refund", "where"),
    ),
    Case(
        file="events/zero_amount.csv",
        study="retention",
        said=(r"(?i)\b0\b|zero", "where"),
    ),
    Case(
        file="events/invoices_ddmm_cancelled.csv",
        study="retention",
        given={
            "customer": "CustomerID",
            "time": "InvoiceDate",
            "value": "Amount",
            "duplicates": "InvoiceNo",
        },
        retention={"first_cohort": dt.date(2025, 12, 1), "customers": 2},
        said=("day, month, year", "(?i)cancel", "not like 'C%'"),
    ),
    Case(
        file="events/mixpanel_epoch_seconds.csv",
        study="retention",
        given={"customer": "distinct_id", "time": "time", "value": None},
        retention={"first_cohort": dt.date(2024, 1, 1), "as_of": dt.date(2024, 2, 2)},
        said=("1970",),
    ),
    Case(
        file="events/shopify_offset_with_space.csv",
        study="retention",
        given={"customer": "Email", "time": "Created at", "value": "Total", "zone": "Asia/Seoul"},
        retention={"as_of": dt.date(2024, 2, 4), "customers": 2, "revenue": 36.0},
    ),
    Case(
        file="events/gap_month.csv",
        study="retention",
        given={"customer": "who", "time": "day"},
        retention={
            "returning": {3: 37.0},
            "by_month": {2: 0.0, 3: 37.0},
        },
    ),
    Case(
        file="events/paused.csv",
        study="retention",
        given={
            "time": "started_on",
            "value": None,
            "subscriptions": "events/paused.csv",
            "as_of": "2025-01-01",
        },
        said=("(?i)before (it|they) start",),
    ),
    Case(
        file="events/negative_duration.csv",
        study="retention",
        given={"orders": None, "durations": "events/negative_duration.csv"},
        refused=("tenure", "-1"),
    ),
    Case(
        file="events/plans_start_cancel.csv",
        study="retention",
        given={
            "customer": "customer",
            "time": "started_on",
            "value": None,
            "subscriptions": "events/plans_start_cancel.csv",
            "as_of": "2015-01-01",
        },
        retention={"customers": 10, "lost": 10},
    ),
    Case(
        file="events/zero_mean.csv",
        study="retention",
        given={"customer": "who", "time": "day", "value": None},
        retention={"cohorts_at_1": 3},
    ),
)

CASES = (*SURVEYS, *POPULATION, *EVENTS)
