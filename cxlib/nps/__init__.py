"""Did the score really move? NPS with intervals, and tests between waves and segments.

The names are in `__init__.pyi`, in the notebook's order; what is named is loaded.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
