from . import clock, engine_names, engines, names, periods, scales, table, weights

__all__ = ["clock", "engine_names", "engines", "names", "periods", "scales", "table", "weights"]
