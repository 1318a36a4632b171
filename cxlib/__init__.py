"""cxlib: interviews, response bias, NPS and retention, from a researcher's own files to a report.

`import cxlib as cx` costs milliseconds; a study loads when it is named (`cx.nps`, `cx.retention`).
The names are in `__init__.pyi`, where editors see them.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
