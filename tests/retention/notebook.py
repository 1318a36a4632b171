"""Parameters of the notebook, and the counts of its cells, made as it makes them."""

from functools import cached_property

from cxlib import retention


class Notebook:
    def __init__(self, p):
        self.p, self.data = p, retention.read(p)
        self.log = {"customer": p.customer, "time": p.time, "zone": p.zone, "as_of": p.as_of}
        self.calendar = {"period": p.period, "week_start": p.week_start}
        self.came = {"acquired": self.data.customers, "acquired_on": p.acquired}

    @cached_property
    def cohorts(self):
        return retention.count_cohorts(
            self.data.events,
            **self.log,
            **self.calendar,
            **self.came,
            duplicates=self.p.duplicates,
            value=self.data.told_apart_by,
        )

    @cached_property
    def durations(self):
        return retention.follow_customers(
            self.data, **self.log, by=self.p.segment, gap_days=self.p.gap_days
        )

    @property
    def contract(self):
        return retention.contract(self.cohorts, self.durations, records=self.data)

    @property
    def loading(self):
        return retention.loading(retention.count_days(self.data.events, **self.log))

    @cached_property
    def triangle(self):
        counts = retention.count_by_clock(
            self.cohorts,
            self.data.events,
            clock=self.p.clock,
            days=self.p.window_days,
            **self.log,
            **self.calendar,
            **self.came,
        )
        return retention.triangle(
            counts, kind=self.p.kind, clock=self.p.clock, brackets=self.p.brackets
        )

    @property
    def segments(self):
        return retention.survival(self.durations, by=self.p.segment)

    @property
    def revenue(self):
        return retention.revenue(
            self.data.events,
            **self.log,
            **self.calendar,
            value=self.p.value,
            duplicates=self.p.duplicates,
        )

    @property
    def silences(self):
        return retention.count_gaps(self.data.events_alone, **self.log)


def given(folder, **changed):
    values = {
        "orders": folder / "orders.csv",
        "customers": folder / "customers.csv",
        "subscriptions": folder / "subscriptions.csv",
        "segment": "segment",
        "as_of": "2024-04-01",
        **changed,
    }
    return retention.Parameters.parse(values)
