"""A folder of Parquet files, partitioned or not -> its files as one table: proved to have the same
columns, so that none is left out or filled with nothing in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from cxlib.errors import ColumnError, SourceError

if TYPE_CHECKING:
    import pyarrow as pa

SUFFIX = ".parquet"
# folders that tools of tables with a history keep beside the files; these hold deleted rows too
HISTORIES = {"_delta_log": "Delta", "metadata": "Iceberg", ".hoodie": "Hudi"}
_HIDDEN = (".", "_")  # what Spark and others write beside the rows: _SUCCESS, .part-0.parquet.crc


def is_parquet_folder(path: Path) -> bool:
    """Return whether a path is a folder with a Parquet file in it, however deep."""
    return path.is_dir() and next(_visible(path, SUFFIX), None) is not None


def parts_of(folder: Path) -> list[Path]:
    """Return the files of a folder, in the order of their names.

    Raises
    ------
    SourceError
        If there is none; if it belongs to a format with a history of its own, or holds files of
        other kinds; or if its files stand in partitions of different keys.
    """
    for name, tool in HISTORIES.items():
        if (folder / name).is_dir():
            raise SourceError(
                f"{folder.name!r} is a table of {tool}, whose folder also holds rows that were "
                "deleted; write its rows as Parquet, and name that folder"
            )
    files = sorted(_visible(folder, SUFFIX))
    if not files:
        raise SourceError(
            f"path={folder.as_posix()!r} is a folder without a Parquet file in it; give the path "
            "of a file, or a folder of Parquet"
        )
    others = [item for item in _visible(folder) if item.suffix.lower() != SUFFIX]
    if others:
        raise SourceError(
            f"{folder.name!r} is a folder of Parquet, and also holds {others[0].name!r}, whose "
            "rows would be left out; take it out of the folder, or give a folder of Parquet alone"
        )
    keys = {file: tuple(partition_of(file, folder)) for file in files}
    for file, found in keys.items():
        if found != keys[files[0]]:
            raise SourceError(
                f"{folder.name!r}: {_told(file, folder)} has the partitions "
                f"{', '.join(found) or 'none'}, and {_told(files[0], folder)} has "
                f"{', '.join(keys[files[0]]) or 'none'}; give a folder whose files have the same"
            )
    return files


def partition_of(file: Path, folder: Path) -> Mapping[str, str]:
    """Return what the folders above a file say of all its rows: `wave=2026Q1/store=Tokyo`.

    >>> partition_of(Path("answers/wave=2026Q1/a.parquet"), Path("answers"))
    {'wave': '2026Q1'}
    """
    above = [part.partition("=") for part in file.relative_to(folder).parts[:-1]]
    return {unquote(key): unquote(value) for key, equals, value in above if equals}


def read_folder_schema(folder: Path) -> pa.Schema:
    """Return the columns that every file of a folder has, and after them the partitions, as text.

    Raises
    ------
    SourceError
        As `parts_of`; or if a file is no Parquet.
    ColumnError
        If a file has other columns than the first one, or of other types, with the file and column;
        or if a partition is a column too.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    files, schema = parts_of(folder), pa.schema([])
    whole: dict[str, list[Path]] = {}  # files in which a column has whole numbers
    fractions = set()
    for file in files:
        try:
            found = pq.read_schema(file).remove_metadata()
        except (pa.ArrowException, OSError) as error:
            raise SourceError(
                f"{_told(file, folder)} in {folder.name!r} is not what its suffix says "
                f"({str(error).splitlines()[0]}); write it again as Parquet"
            ) from None
        schema = found if file == files[0] else schema
        _refuse_other(found, schema, _told(file, folder), _told(files[0], folder), folder.name)
        for name, kind in zip(found.names, found.types, strict=True):
            if pa.types.is_integer(kind):
                whole.setdefault(name, []).append(file)
            elif pa.types.is_floating(kind):
                fractions.add(name)
    for name in fractions & whole.keys():
        _refuse_inexact(name, whole[name], folder)
    keys = list(partition_of(files[0], folder))
    both = [key for key in keys if key in schema.names]
    if both:
        raise ColumnError(
            f"{folder.name!r}: {both[0]!r} is a partition (a folder's name) and a column of the "
            "files; write the files without that column"
        )
    for key in keys:
        schema = schema.append(pa.field(key, pa.string()))
    _refuse_alike(schema.names, folder)
    return schema


def _refuse_inexact(name: str, files: list[Path], folder: Path) -> None:
    """Refuse whole numbers, ids perhaps, that floats of other files would round."""
    import pyarrow.parquet as pq

    for file in files:
        about = pq.read_metadata(file)
        for n in range(about.num_row_groups):
            group = about.row_group(n)
            columns = (group.column(i) for i in range(group.num_columns))
            told = next(each for each in columns if each.path_in_schema == name).statistics
            if told is None or (told.has_min_max and max(abs(told.min), abs(told.max)) > 2**53):
                raise ColumnError(
                    f"{folder.name!r}: column {name!r} has whole numbers in {_told(file, folder)} "
                    "that may be beyond 2^53, and fractions in other files, which would round "
                    "them; write it as whole numbers or as text in all"
                )


def _refuse_alike(names: list[str], folder: Path) -> None:
    """Refuse names of which the engine would read one for the other: it tells no capitals apart,
    and takes `country=JP` above the folder too for a column of all rows."""
    for number, name in enumerate(names):
        same = [other for other in names[:number] if other.casefold() == name.casefold()]
        if same:
            raise ColumnError(
                f"{folder.name!r}: the columns {same[0]!r} and {name!r} differ in capital letters "
                "at most; write the files with names that differ more"
            )
    above = folder.absolute()
    beyond = {key.casefold() for key in partition_of(above / "file", Path(above.anchor))}
    taken = [name for name in names if name.casefold() in beyond]
    if taken:
        raise ColumnError(
            f"{folder.name!r}: {taken[0]!r} is a column of it, and a folder above it is called "
            f"{taken[0]}=…; name that folder instead, or move this one out of it"
        )


def _refuse_other(
    found: pa.Schema, first: pa.Schema, file: str, first_file: str, folder: str
) -> None:
    here, there = (dict(zip(it.names, it.types, strict=True)) for it in (found, first))
    for name in {**there, **here}:
        kinds = [_kind(types.get(name)) for types in (here, there)]
        if kinds[0] == kinds[1] or (None not in kinds and "null" in kinds):
            continue
        said = [
            f"{where} has {types.get(name, 'no such column')}"
            for where, types in ((file, here), (first_file, there))
        ]
        raise ColumnError(
            f"{folder!r}: column {name!r} is not the same in all files: {said[0]}, and {said[1]}; "
            "write them with the same columns and types, or give those alone that are alike"
        )


def _kind(kind: pa.DataType | None) -> str | None:
    """Return a type as far as it matters: numbers are read as the widest, and texts are texts."""
    import pyarrow.types as types

    if kind is None:
        return None
    if types.is_dictionary(kind):
        return _kind(kind.value_type)
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return "number"
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return "text"
    if types.is_timestamp(kind):
        return "instant" if kind.tz else "moment"
    return str(kind)


def _visible(folder: Path, suffix: str | None = None) -> Iterator[Path]:
    """Give the files below a folder that no name above or of their own hides."""
    for item in folder.rglob("*"):
        if any(part.startswith(_HIDDEN) for part in item.relative_to(folder).parts):
            continue
        if item.is_file() and (suffix is None or item.suffix.lower() == suffix):
            yield item


def _told(file: Path, folder: Path) -> str:
    return repr(file.relative_to(folder).as_posix())


def query_of(folder: Path) -> str:
    """Return the query that gives the rows of all files in the embedded engine; partitions are
    text, and those that a condition leaves out are not read.

    Raises
    ------
    SourceError, ColumnError
        As `read_folder_schema`.
    """
    names = read_folder_schema(folder).names
    files = ", ".join("'" + _pattern(file) + "'" for file in parts_of(folder))
    columns = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    hive = "true" if partition_of(parts_of(folder)[0], folder) else "false"
    return (
        f"SELECT {columns} FROM read_parquet([{files}], union_by_name = true, "
        f"hive_partitioning = {hive}, hive_types_autocast = false)"
    )


def _pattern(file: Path) -> str:
    """Write a path as DuckDB takes it for the file of this very name."""
    written = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in file.absolute().as_posix())
    return written.replace("'", "''")
