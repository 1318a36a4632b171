"""A size, a seed and how much strong feelings make people answer -> a sample company whose truth is
known.

A subscription retailer in Japan, Korea and the United States. One latent satisfaction per customer
and quarter drives what is said (scores, comments) and what is done (staying, ordering); the planted
numbers stand in `sample_model`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib.errors import ParameterError
from cxlib.sample import model
from cxlib.sample.customers import (
    People,
    customer_frame,
    customer_ids,
    draw_people,
    draw_spells,
    subscription_frame,
)
from cxlib.sample.interviews import write_interviews
from cxlib.sample.money import draw_orders
from cxlib.sample.survey import Potential, draw_invitations, draw_potential, draw_responses
from cxlib.sample.truth import Tally, tally, truth

SEED = 2032
_TIME, _TEXT = pa.timestamp("us", tz="UTC"), pa.string()
_SCHEMAS = {
    "invitations": pa.schema(
        {
            "invitation_id": _TEXT,
            "customer_id": _TEXT,
            "wave": _TEXT,
            "mode": _TEXT,
            "sent_at": _TIME,
            "reminders": pa.int8(),
            "delivered": pa.bool_(),
            "opened": pa.bool_(),
            "started_at": _TIME,
            "finished_at": _TIME,
        }
    ),
    "orders": pa.schema(
        {
            "order_id": _TEXT,
            "customer_id": _TEXT,
            "ordered_at": _TIME,
            "amount": pa.float64(),
            "kind": _TEXT,
        }
    ),
}
_CSV = ("customers", "responses", "subscriptions")


@dataclass(frozen=True, slots=True, eq=False)
class Company:
    """A sample company in memory; columns as in `data/README.md`.

    Attributes
    ----------
    customers, invitations, responses, orders, subscriptions : pandas.DataFrame
    potential : pandas.DataFrame
        What nobody has in real life: for every customer in the frame of every wave (`customer_id`,
        `wave`), the `contact_type` asked about, the `score` that the customer would give, and the
        `propensity` to answer once invited.
    truth : dict
        What `truth.json` holds, without the interviews.
    """

    customers: pd.DataFrame
    invitations: pd.DataFrame
    responses: pd.DataFrame
    orders: pd.DataFrame
    subscriptions: pd.DataFrame
    potential: pd.DataFrame
    truth: dict


@dataclass(frozen=True, slots=True, eq=False)
class _Chunk:
    people: People
    potential: Potential
    frames: dict[str, pd.DataFrame]
    counts: Tally


def make_company(
    *,
    customers: int = 3_000,
    seed: int = SEED,
    strong_feelings: float = 1.0,
    bad_month: str | None = None,
) -> Company:
    """Make a sample company in memory: use it where the truth must be known, as in benchmarks of an
    estimator.

    Parameters
    ----------
    customers : int
        At least 50.
    seed : int
        0 or more. The same seed gives the same customers, satisfaction and potential scores
        whatever `strong_feelings` is.
    strong_feelings : float
        0 or more. How much a feeling far from neutral, good or bad, raises the chance to answer;
        with 0 only country, age band and plan do, each by its own factor, so raking on these three
        margins is unbiased.
    bad_month : str, optional
        A month such as "2026-02", in which the odds of leaving are three times as high for
        everybody, whenever they came.

    Returns
    -------
    Company

    Raises
    ------
    ParameterError
        If a value breaks its rule.

    Notes
    -----
    The true NPS of a wave is that of all customers in its frame, had all answered. The frame of a
    wave are the customers with a subscription that began before the 15th of the quarter's second
    month and has not ended by that day.

    Examples
    --------
    >>> company = make_company(customers=200, seed=1)
    >>> len(company.customers), list(company.truth["nps"]["wave"])[-1]
    (200, '2026Q3')
    """
    _check(customers, seed, strong_feelings, bad_month)
    chunks = list(
        _chunks(
            customers=customers, seed=seed, strong_feelings=strong_feelings, bad_month=bad_month
        )
    )
    frames = {
        name: pd.concat([chunk.frames[name] for chunk in chunks], ignore_index=True)
        for name in chunks[0].frames
    }
    potential = pd.concat([_potential_frame(chunk) for chunk in chunks], ignore_index=True)
    counts = reduce(add, (chunk.counts for chunk in chunks))
    return Company(
        **frames,
        potential=potential,
        truth=truth(
            counts,
            customers=customers,
            seed=seed,
            strong_feelings=strong_feelings,
            bad_month=bad_month,
        ),
    )


def write_company(
    out: str | Path,
    *,
    customers: int = 3_000,
    seed: int = SEED,
    strong_feelings: float = 1.0,
    bad_month: str | None = None,
) -> Path:
    """Write a sample company to the folder `out` (made if absent; files of the same names are
    replaced).

    Customers are made and written 10,000 at a time, so memory does not grow with `customers`.
    Parameters, rules and errors are those of `make_company`. With the same values CSV and JSON are
    the same bytes and Parquet the same rows. The interviews' texts are always the same; they were
    held with customers of the committed company.

    Returns
    -------
    Path
        The folder: `customers.csv`, `invitations.parquet`, `responses.csv`, `orders.parquet`,
        `subscriptions.csv`, `interviews/` and `truth.json`.
    """
    _check(customers, seed, strong_feelings, bad_month)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    counts = _write_tables(
        out,
        _chunks(
            customers=customers, seed=seed, strong_feelings=strong_feelings, bad_month=bad_month
        ),
    )
    known = truth(
        counts, customers=customers, seed=seed, strong_feelings=strong_feelings, bad_month=bad_month
    )
    known["interviews"] = write_interviews(out / "interviews", seed=seed)
    text = json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    (out / "truth.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return out


def _check(customers: int, seed: int, strong_feelings: float, bad_month: str | None) -> None:
    if isinstance(customers, bool) or not isinstance(customers, int) or customers < 50:
        raise ParameterError(
            f"customers={customers!r} must be a whole number of at least 50; the default is 3000"
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ParameterError(
            f"seed={seed!r} must be a whole number of at least 0; the committed company has {SEED}"
        )
    if not isinstance(strong_feelings, int | float) or not 0 <= strong_feelings < np.inf:
        raise ParameterError(
            f"strong_feelings={strong_feelings!r} must be a number of at least 0; "
            "0 means that feelings do not make people answer, 1 is the default"
        )
    months = np.datetime_as_string(
        model.FIRST_MONTH + np.arange(model.MONTHS) * model.MONTH, unit="M"
    ).tolist()
    if bad_month is not None and bad_month not in months:
        raise ParameterError(
            f"bad_month={bad_month!r} must be a month from {months[0]} to {months[-1]}, such as "
            "'2026-02'"
        )


def _chunks(
    *, customers: int, seed: int, strong_feelings: float, bad_month: str | None
) -> Iterator[_Chunk]:
    """Yield the company 10,000 customers at a time, each chunk from a seed of its own."""
    for number, first in enumerate(range(1, customers + 1, model.CHUNK)):
        n = min(model.CHUNK, customers + 1 - first)
        streams = [
            np.random.default_rng(child)
            for child in np.random.SeedSequence([seed, number]).spawn(6)
        ]
        yield _chunk(
            streams, first=first, n=n, strong_feelings=strong_feelings, bad_month=bad_month
        )


def _chunk(
    streams: list[np.random.Generator],
    *,
    first: int,
    n: int,
    strong_feelings: float,
    bad_month: str | None,
) -> _Chunk:
    people = draw_people(streams[0], first=first, n=n)
    spells = draw_spells(streams[1], people, bad_month=bad_month)
    potential = draw_potential(streams[2], people, spells, strong_feelings=strong_feelings)
    invitations, answered, seconds = draw_invitations(streams[3], people, potential)
    frames = {
        "customers": customer_frame(people),
        "invitations": invitations,
        "responses": draw_responses(streams[4], people, potential, answered, seconds),
        "orders": draw_orders(streams[5], people, spells),
        "subscriptions": subscription_frame(people, spells),
    }
    return _Chunk(people, potential, frames, tally(people, potential))


def _potential_frame(chunk: _Chunk) -> pd.DataFrame:
    potential = chunk.potential
    names = {
        "customer_id": customer_ids(chunk.people.number)[potential.customer],
        "wave": np.array(model.WAVES, dtype=object)[potential.wave],
        "contact_type": np.array(model.CONTACT_TYPES, dtype=object)[potential.contact],
    }
    return pd.DataFrame(names, dtype="str").assign(
        score=potential.score, propensity=potential.propensity
    )


def _write_tables(out: Path, chunks: Iterator[_Chunk]) -> Tally:
    writers = {
        name: pq.ParquetWriter(
            out / f"{name}.parquet",
            schema,
            compression="zstd",
            column_encoding=_encoding(schema),
            use_dictionary=["wave", "mode", "kind"],
        )
        for name, schema in _SCHEMAS.items()
    }
    counts: list[Tally] = []
    try:
        for chunk in chunks:
            for name in _CSV:
                chunk.frames[name].to_csv(
                    out / f"{name}.csv",
                    mode="a" if counts else "w",
                    header=not counts,
                    index=False,
                    lineterminator="\n",
                    encoding="utf-8",
                )
            for name, writer in writers.items():
                table = pa.Table.from_pandas(
                    chunk.frames[name], schema=_SCHEMAS[name], preserve_index=False
                )
                writer.write_table(table.replace_schema_metadata(None))
            counts.append(chunk.counts)
    finally:
        for writer in writers.values():
            writer.close()
    return reduce(add, counts)


def _encoding(schema: pa.Schema) -> dict[str, str]:
    """Ids share their first letters and times are near each other: both are small as
    differences."""
    return {
        field.name: "DELTA_BYTE_ARRAY" if field.name.endswith("_id") else "DELTA_BINARY_PACKED"
        for field in schema
        if field.name.endswith(("_id", "_at"))
    }
