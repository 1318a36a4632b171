from .ledger import ledger
from .message import Message
from .picture import picture
from .result import Absent, Result, summaries
from .table import Table
from .text import finding, flags, say

__all__ = [
    "Absent",
    "Message",
    "Result",
    "Table",
    "finding",
    "flags",
    "ledger",
    "picture",
    "say",
    "summaries",
]
