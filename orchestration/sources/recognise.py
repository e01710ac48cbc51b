"""What a delivery is: the format it is read with, or the reason why it is not read.

The intake and `observatory sniff` both ask here, so that they never judge a file differently.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestration.sources import formats as registry
from orchestration.sources.declarations import SourceDeclaration
from orchestration.sources.formats.base import Evidence, Format, Head
from orchestration.sources.mapping import mapped_format
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import Reject
from orchestration.sources.readers.parquet import MAGIC


@dataclass(frozen=True)
class Recognition:
    """The verdict on one delivery: a format, or the reject that says why there is none.

    candidates: formats whose marks the file bears, most likely first; empty where the source
    declares the format.
    """

    format: Format | None
    reject: Reject | None = None
    candidates: tuple[tuple[Format, Evidence], ...] = ()


_UNREADABLE_ZIP = Reject(
    "unreadable_zip",
    "its members cannot all be read: the zip is empty, damaged, protected by a password, "
    "or expands beyond any ratio that text reaches",
    extent="file",
)
"""A zip whose members can be read is never a delivery itself; its members are."""


@dataclass
class Recogniser:
    """Recognises deliveries; a mapped source's format is made once."""

    _mapped: dict[str, Format] = field(default_factory=dict)

    def recognise(self, file: RawFile, declaration: SourceDeclaration) -> Recognition:
        """By declaration where there is one, else by what the file looks like.

        Raises DeclarationError where a mapped declaration cannot work.
        """
        if file.size and file.inner_path.suffix.lower() == ".zip":
            return Recognition(None, _UNREADABLE_ZIP)
        if declaration.format == "mapped":
            if declaration.name not in self._mapped:
                self._mapped[declaration.name] = mapped_format(declaration)
            return Recognition(self._mapped[declaration.name])
        if declaration.format is not None:
            return Recognition(registry.formats()[declaration.format])
        head = Head(file.inner_path, file.head())
        unreadable = _unreadable(file, head)
        if unreadable is not None:
            return Recognition(None, unreadable)
        candidates = tuple(registry.sniff(head))
        if candidates and candidates[0][1].score >= registry.RECOGNISED:
            return Recognition(candidates[0][0], None, candidates)
        return Recognition(None, _unrecognised(head), candidates)


def _unreadable(file: RawFile, head: Head) -> Reject | None:
    """Why nothing can be said of the content; None where there is some."""
    if not head.data and file.size == 0:
        return Reject("empty_file", "0 bytes", extent="file", records=0)
    if not head.data and file.is_compressed and _has_no_content(file):
        return Reject("empty_file", "0 bytes once decompressed", extent="file", records=0)
    if not head.data:
        return Reject("unreadable_content", "no byte of it could be decompressed", extent="file")
    if not head.data.strip():
        return Reject("empty_file", "only blank lines", extent="file", records=0)
    return None


def no_such_content(file: RawFile, format_id: str) -> Reject | None:
    """Why a file without the name that its format asks for is not worth renaming: it is empty, or a
    page. None where it may be what it was declared to be."""
    head = Head(file.inner_path, file.head())
    if head.text.lstrip().startswith("<"):
        looks = f"it looks like an HTML page, not like {format_id}"
        return Reject("unrecognised_format", looks, extent="file")
    return _unreadable(file, head)


def _has_no_content(file: RawFile) -> bool:
    """Whether a compressed file is sound and holds nothing."""
    try:
        with file.open() as stream:
            return stream.read(1) == b""
    except (OSError, EOFError):
        return False


def _unrecognised(head: Head) -> Reject:
    looks = ""
    if head.text.lstrip().startswith("<"):
        looks = "it looks like an HTML page, and "
    elif head.data.startswith(MAGIC):
        looks = "it is a Parquet file, which `format: mapped` can read, but "
    elif head.data.startswith(b"PK\x03\x04") and head.suffix in (".xlsx", ".xlsm"):
        looks = "it is an Excel workbook, which `format: mapped` can read, but "
    return Reject(
        "unrecognised_format", f"{looks}no format of this version claims it", extent="file"
    )
