"""Arrays -> arrays that more than one study needs: no words, no results, no engine."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
