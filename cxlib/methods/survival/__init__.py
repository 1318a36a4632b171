"""Customers lost and still there by tenure -> curves, their limits, and tests between groups."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
