"""Do they stay? Cohort triangles, survival curves and revenue retention from events and
subscriptions."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
