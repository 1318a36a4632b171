"""What was read hands its subject to `cx run`."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pandas as pd

from cxlib.shown.reading import Reading
from cxlib.shown.result import Result


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Account(Result):
    columns: ClassVar = {"n": "integer"}


def test_the_table_of_what_was_read_is_marked_with_its_subject():
    frame = pd.DataFrame({"what": ["rows"], "n": [12]})
    reading = Reading(
        read=Account(frame=frame, method="count"),
        inputs={"survey": Path("a.csv")},
        subject="2026Q3",
    )
    data, metadata = reading.table(caption="What was read")._repr_mimebundle_()
    assert metadata == {"text/csv": {"read": True, "subject": "2026Q3"}}
    assert data["text/plain"].startswith("What was read")
