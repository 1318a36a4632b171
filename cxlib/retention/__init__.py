"""Do they stay? Cohort triangles, survival curves and revenue retention from events and
subscriptions."""

from cxlib.retention.accounting import Movements, Revenue, movements, revenue
from cxlib.retention.age_period_cohort import AgePeriodCohort, age_period_cohort
from cxlib.retention.averages import Average, average
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.comparison import Comparison, compare
from cxlib.retention.contracts import Contract, contract
from cxlib.retention.counts import count_cohorts
from cxlib.retention.cox import Cox, cox
from cxlib.retention.curves import Survival, survival
from cxlib.retention.duration_counts import (
    count_durations,
    durations_from_orders,
    durations_from_spells,
)
from cxlib.retention.durations import Durations, durations_from_cohorts
from cxlib.retention.gap_counts import count_gaps
from cxlib.retention.gaps import CameBack, Gaps, GapSensitivity, came_back, gap_sensitivity
from cxlib.retention.hazards import Hazard, hazard
from cxlib.retention.load_counts import count_days
from cxlib.retention.loading import Days, Loading, loading
from cxlib.retention.own_clock import OwnClock
from cxlib.retention.own_clock_counts import count_own_clock
from cxlib.retention.parameters import Parameters, read
from cxlib.retention.presets import Preset, preset
from cxlib.retention.records import Records
from cxlib.retention.restricted_means import RestrictedMean, rmst
from cxlib.retention.smile import Smile, smile
from cxlib.retention.triangles import Triangle, triangle

__all__ = [
    "AgePeriodCohort",
    "Average",
    "CameBack",
    "Cohorts",
    "Comparison",
    "Contract",
    "Cox",
    "Days",
    "Durations",
    "GapSensitivity",
    "Gaps",
    "Hazard",
    "Loading",
    "Movements",
    "OwnClock",
    "Parameters",
    "Preset",
    "Records",
    "RestrictedMean",
    "Revenue",
    "Smile",
    "Survival",
    "Triangle",
    "age_period_cohort",
    "average",
    "came_back",
    "compare",
    "contract",
    "count_cohorts",
    "count_days",
    "count_durations",
    "count_gaps",
    "count_own_clock",
    "cox",
    "durations_from_cohorts",
    "durations_from_orders",
    "durations_from_spells",
    "gap_sensitivity",
    "hazard",
    "loading",
    "movements",
    "preset",
    "read",
    "revenue",
    "rmst",
    "smile",
    "survival",
    "triangle",
]
