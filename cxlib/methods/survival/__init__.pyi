from . import crossing, kaplan_meier, limits, log_rank, risk_table

__all__ = ["crossing", "kaplan_meier", "limits", "log_rank", "risk_table"]
