from . import (
    clock,
    comparing,
    conditions,
    engine_names,
    engines,
    names,
    periods,
    scales,
    table,
    weights,
)

__all__ = [
    "clock",
    "comparing",
    "conditions",
    "engine_names",
    "engines",
    "names",
    "periods",
    "scales",
    "table",
    "weights",
]
