from .age_period_cohort_model import AgePeriodCohort, age_period_cohort
from .averages import Average, average
from .cohorts import Cohorts
from .comparison import compare
from .contracts import Contract, contract
from .counts.cohorts import count_cohorts
from .counts.durations import count_durations, durations_from_orders
from .counts.following import follow_customers
from .counts.gaps import count_gaps
from .counts.loads import count_days
from .counts.own_clock import count_by_clock, count_own_clock
from .counts.spells import durations_from_spells
from .cox_model import Cox, cox
from .curve_comparison import CurveComparison
from .curves import Survival, survival
from .customer_movements import Movements, movements
from .durations import Durations, durations_from_cohorts
from .gaps import CameBack, Gaps, GapSensitivity, came_back, gap_sensitivity
from .hazards import Hazard, hazard
from .holes import Days, Loading, loading
from .own_clock import OwnClock
from .parameters import Parameters
from .presets import Preset, preset, product_definition
from .reading import read
from .record_starts import on_record
from .records import Records
from .restricted_means import RestrictedMean, rmst
from .revenue_kept import Revenue, revenue
from .sizes import group_sizes
from .smiles import Smile, smile
from .triangles import Triangle, by_cohort, triangle

__all__ = [
    "AgePeriodCohort",
    "Average",
    "CameBack",
    "Cohorts",
    "Contract",
    "Cox",
    "CurveComparison",
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
    "by_cohort",
    "came_back",
    "compare",
    "contract",
    "count_by_clock",
    "count_cohorts",
    "count_days",
    "count_durations",
    "count_gaps",
    "count_own_clock",
    "cox",
    "durations_from_cohorts",
    "durations_from_orders",
    "durations_from_spells",
    "follow_customers",
    "gap_sensitivity",
    "group_sizes",
    "hazard",
    "loading",
    "movements",
    "on_record",
    "preset",
    "product_definition",
    "read",
    "revenue",
    "rmst",
    "smile",
    "survival",
    "triangle",
]
