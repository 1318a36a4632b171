"""What do customers tell us, and do we agree on what they said? Transcripts and codings -> counts,
agreement, quotes."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
