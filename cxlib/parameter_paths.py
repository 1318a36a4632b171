"""A parameter that names a file, a folder or a table -> its path, if there is such; nothing is
opened here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator

from cxlib.errors import ParameterError, SourceError
from cxlib.marks import Output
from cxlib.sources.connection_settings import is_connection
from cxlib.sources.parquet_folders import is_parquet_folder
from cxlib.sources.table_names import file_of, is_named, read_source, table_of
from cxlib.sources.table_targets import target_of

_Found = TypeVar("_Found")


def _asked(ask: Callable[[Path], _Found], path: Path) -> _Found:
    try:
        return ask(path)
    except (ParameterError, SourceError) as error:  # pydantic takes no other kind
        raise ValueError(str(error)) from None


def lies_in(written: Path, read: Path) -> bool:
    """Return whether what is to be written is, or lies in, the file that holds what is read."""
    table = target_of(written)
    if table is not None and table.file is None:
        return False
    file = written if table is None or table.file is None else table.file
    return file.resolve() == file_of(read).resolve()


def _existing_file(path: Path) -> Path:
    if path.is_dir():
        raise ValueError(f"{path.as_posix()!r} is a folder; give the path of a file")
    if not path.is_file():
        how = "give the path of an existing file"
        if is_connection(path.name):
            how = f"{path.name!r} is a connection: write {path.name}:table"
        raise ValueError(f"there is no file {path.as_posix()!r}; {how}")
    return path


def _existing_table(path: Path) -> Path:
    table = _asked(read_source, path)
    _asked(table_of, path)  # of a connection that there is
    is_file = isinstance(table, Path) and not is_parquet_folder(path)
    return _existing_file(path) if is_file else path


def _existing_folder(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError(
            f"there is no folder {path.as_posix()!r}; give the path of an existing folder"
        )
    return path


def _no_file(path: Path) -> Path:
    if path.exists() and not path.is_dir():
        raise ValueError(f"{path.as_posix()!r} is a file; give the path of a folder to write to")
    return path


def _no_folder(path: Path) -> Path:
    if path.is_dir():
        raise ValueError(f"{path.as_posix()!r} is a folder; give the path of a file to write")
    _asked(target_of, path)  # a table can be written there
    return path


def _existing(path: Path) -> Path:
    if not path.exists():
        raise ValueError(
            f"there is neither a file nor a folder {path.as_posix()!r}; give the path of one that "
            "exists"
        )
    return path


def _existing_texts(path: Path) -> Path:
    written = is_named(path) or "#" in path.name
    return _existing_table(path) if written and not path.exists() else _existing(path)


InputFile = Annotated[Path, AfterValidator(_existing_file)]
# a file, a folder of Parquet, or a table: shop.duckdb#orders, warehouse:public.orders
InputTable = Annotated[Path, AfterValidator(_existing_table)]
# a folder of transcripts, or one of the above
InputTexts = Annotated[Path, AfterValidator(_existing_texts)]
InputFolder = Annotated[Path, AfterValidator(_existing_folder)]
InputPath = Annotated[Path, AfterValidator(_existing)]
# a folder to write to, made where it is not there; it is nothing that a report reads
OutputFolder = Annotated[Path, Output(), AfterValidator(_no_file)]
# a file to write, likewise, and what was there is replaced; or a table that is not there yet
OutputTable = Annotated[Path, Output(), AfterValidator(_no_folder)]
# a file, a folder of files, or a list of files
InputFiles = InputPath | tuple[InputFile, ...]
