from . import theme
from .ledger import ledger
from .message import Message
from .picture import picture
from .result import Absent, Result, summaries
from .saving import save
from .table import Table
from .text import finding, flags, say
from .workbook import to_excel

__all__ = [
    "Absent",
    "Message",
    "Result",
    "Table",
    "finding",
    "flags",
    "ledger",
    "picture",
    "save",
    "say",
    "summaries",
    "theme",
    "to_excel",
]
