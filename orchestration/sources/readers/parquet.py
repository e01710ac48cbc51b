"""Parquet: row groups streamed, columns by dotted path into structs, everything as text.

A column of floats that are whole numbers is what data frames make of ids and counts with gaps;
its values come out as whole numbers as long as a float can hold them exactly (`numbers.py`).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from orchestration.sources.rawfile import DecompressionBombError, RawFile
from orchestration.sources.readers import strict_json
from orchestration.sources.readers.base import (
    LINE,
    RECORD,
    Found,
    Located,
    ReadOptions,
    Reject,
    truncation,
)
from orchestration.sources.readers.numbers import number_text, number_texts

if TYPE_CHECKING:
    import pyarrow.parquet

BATCH_ROWS = 50_000
SPOOLED_BYTES = 64 * 1024 * 1024
MAXIMUM_ROWS_PER_BYTE = 1000
ROWS_FLOOR = 1_000_000
MAGIC = b"PAR1"


class _UnreadableError(ValueError):
    """Carries the reject for a file that is no readable Parquet."""

    def __init__(self, reject: Reject) -> None:
        super().__init__(reject.detail)
        self.reject = reject


@dataclass(frozen=True)
class Parquet:
    """Rows of a Parquet file. `fields` are dotted paths; None: every leaf of the schema."""

    fields: tuple[str, ...] | None = None

    def read(self, file: RawFile, options: ReadOptions) -> Iterator[Found]:
        del options
        done = 0
        try:
            with _opened(file) as parquet:
                names = self.fields if self.fields is not None else tuple(_leaves(parquet))
                for batch in _batches(parquet, names):
                    yield _as_text(batch, names, done)
                    done += batch.height
        except _UnreadableError as error:
            yield error.reject
        except _damage() as error:
            yield Reject(
                "damaged_parquet",
                f"the file breaks after record {done} ({_short(error)}); records before it were "
                "read. Deliver the complete file again.",
                record_number=done + 1,
                records=max(1, _rows_of(file) - done),
            )

    def columns(self, file: RawFile, options: ReadOptions) -> list[str] | Reject:
        """Every path that can be read: columns, and the fields inside structs."""
        del options
        try:
            with _opened(file) as parquet:
                return _paths(parquet)
        except _UnreadableError as error:
            return error.reject

    def locate(self, file: RawFile, record_number: int, options: ReadOptions) -> Located | None:
        del options
        try:
            with _opened(file) as parquet:
                first = 1
                for group in range(parquet.num_row_groups):
                    rows = parquet.metadata.row_group(group).num_rows
                    if first <= record_number < first + rows:
                        table = parquet.read_row_group(group).slice(record_number - first, 1)
                        (row,) = table.to_pylist()
                        return Located(None, 0, strict_json.dump(_plain(row)).encode())
                    first += rows
        except _damage():
            return None
        return None


def _damage() -> tuple[type[BaseException], ...]:
    """What reading damaged Parquet raises; _UnreadableError is a ValueError."""
    import pyarrow

    return (
        pyarrow.ArrowException, OSError, ValueError, OverflowError, NotImplementedError,
        pl.exceptions.PolarsError,
    )  # fmt: skip


def _short(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


@contextmanager
def _opened(file: RawFile) -> Iterator[pyarrow.parquet.ParquetFile]:
    """The file, seekable; raises _UnreadableError for anything that is no Parquet."""
    import pyarrow.parquet

    with tempfile.SpooledTemporaryFile(SPOOLED_BYTES) as spool:
        source: Any = file.blob
        if file.member is not None or file.is_compressed:
            _copy(file, spool)
            source = spool
        try:
            parquet = pyarrow.parquet.ParquetFile(source)
        except _damage() as error:
            raise _UnreadableError(
                Reject("not_parquet", f"cut, or of another kind ({_short(error)})", extent="file")
            ) from error
        with parquet:
            rows = parquet.metadata.num_rows
            if rows > ROWS_FLOOR + MAXIMUM_ROWS_PER_BYTE * max(file.size, 1):
                raise _UnreadableError(
                    Reject(
                        "decompression_bomb", f"{file.size} bytes claim {rows} rows", extent="file"
                    )
                )
            yield parquet


def _copy(file: RawFile, spool: Any) -> None:
    try:
        with file.open() as stream:
            while piece := stream.read(1 << 20):
                spool.write(piece)
    except DecompressionBombError as error:
        raise _UnreadableError(Reject("decompression_bomb", str(error), extent="file")) from error
    except (OSError, EOFError) as error:
        raise _UnreadableError(truncation(error, 0)) from error
    spool.seek(0)


def _rows_of(file: RawFile) -> int:
    try:
        with _opened(file) as parquet:
            return int(parquet.metadata.num_rows)
    except _damage():
        return 0


def _paths(parquet: Any) -> list[str]:
    import pyarrow

    found: list[str] = []

    def walk(prefix: str, fields: Any) -> None:
        for item in fields:
            found.append(prefix + item.name)
            if pyarrow.types.is_struct(item.type):
                walk(f"{prefix}{item.name}.", item.type)

    walk("", parquet.schema_arrow)
    return found


def _leaves(parquet: Any) -> list[str]:
    paths = _paths(parquet)
    return [path for path in paths if not any(other.startswith(f"{path}.") for other in paths)]


def _batches(parquet: Any, names: Sequence[str]) -> Iterator[pl.DataFrame]:
    """Frames of the top-level columns that the names need."""
    top = parquet.schema_arrow.names
    roots = [n for n in dict.fromkeys(_root(name, top) for name in names) if n is not None]
    if not roots:
        roots = top[:1]
    for batch in parquet.iter_batches(BATCH_ROWS, columns=roots):
        yield pl.DataFrame(pl.from_arrow(batch))


def _root(name: str, top: Sequence[str]) -> str | None:
    if name in top:
        return name
    parts = name.split(".")
    candidates = (".".join(parts[:length]) for length in range(1, len(parts)))
    return next((candidate for candidate in candidates if candidate in top), None)


def _as_text(batch: pl.DataFrame, names: Sequence[str], before: int) -> pl.DataFrame:
    columns = [
        pl.int_range(before + 1, before + 1 + batch.height, dtype=pl.Int64, eager=True).alias(
            RECORD
        ),
        pl.repeat(None, batch.height, dtype=pl.Int64, eager=True).alias(LINE),
    ]
    columns += [_texts(_at(batch, name)).alias(name) for name in names]
    return pl.DataFrame(columns)


def _at(batch: pl.DataFrame, name: str) -> pl.Series:
    root = _root(name, batch.columns)
    if root is None:
        return pl.repeat(None, batch.height, dtype=pl.String(), eager=True)
    values = batch[root]
    for part in name[len(root) + 1 :].split(".") if name != root else ():
        if not isinstance(values.dtype, pl.Struct) or part not in values.struct.fields:
            return pl.repeat(None, batch.height, dtype=pl.String(), eager=True)
        values = values.struct.field(part)
    return values


def _texts(values: pl.Series) -> pl.Series:
    """A column as text: whole numbers with all digits, instants in ISO notation, lists as JSON."""
    kind = values.dtype
    if kind == pl.String or kind == pl.Null or kind.is_integer():
        return values.cast(pl.String)
    if kind.is_float():
        return number_texts(values)
    if isinstance(kind, pl.Datetime):
        return values.dt.strftime("%Y-%m-%d %H:%M:%S%.f" + ("%z" if kind.time_zone else ""))
    if kind == pl.Date:
        return values.dt.strftime("%Y-%m-%d")
    if kind == pl.Boolean or isinstance(kind, (pl.Categorical, pl.Enum)):
        return values.cast(pl.String)
    return pl.Series([_text(_plain(value)) for value in values.to_list()], dtype=pl.String())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return strict_json.dump(value)


def _plain(value: Any) -> Any:
    """A nested value with nothing in it that JSON does not know."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "backslashreplace")
    if value is None or isinstance(value, (str, bool, int)):
        return value
    return str(value)
