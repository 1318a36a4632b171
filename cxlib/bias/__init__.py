"""Who answered, and what would the silent ones change? The response-bias study.

The functions are in `__init__.pyi`, in the notebook's order; each loads when it is named.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
