"""Do they stay? Cohort triangles, survival curves and revenue retention from events and subscriptions."""

from cxlib.retention.accounting import Movements, Revenue, movements, revenue
from cxlib.retention.averages import Average, average
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.comparison import Comparison, compare
from cxlib.retention.contracts import Contract, contract
from cxlib.retention.counts import count_cohorts
from cxlib.retention.cox import Cox, cox
from cxlib.retention.curves import Survival, survival
from cxlib.retention.duration_counts import count_durations, durations_from_orders, durations_from_spells
from cxlib.retention.durations import Durations, durations_from_cohorts
from cxlib.retention.load_counts import count_days
from cxlib.retention.loading import Days, Loading, loading
from cxlib.retention.own_clock import OwnClock
from cxlib.retention.own_clock_counts import count_own_clock
from cxlib.retention.parameters import Parameters, Records, read
from cxlib.retention.restricted_means import RestrictedMean, rmst
from cxlib.retention.triangles import Triangle, triangle

__all__ = ["Average", "Cohorts", "Comparison", "Contract", "Cox", "Days", "Durations", "Loading", "Movements", "OwnClock",
           "Parameters", "Records", "RestrictedMean", "Revenue", "Survival", "Triangle", "average", "compare", "contract",
           "count_cohorts", "count_days", "count_durations", "count_own_clock", "cox", "durations_from_cohorts",
           "durations_from_orders", "durations_from_spells", "loading", "movements", "read", "revenue", "rmst", "survival",
           "triangle"]
