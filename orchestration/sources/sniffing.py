"""`observatory sniff`: what a file is and why, judged as the intake judges it."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from orchestration.settings import Settings
from orchestration.sources import inbox
from orchestration.sources.archive import escape_name, is_container, zip_members
from orchestration.sources.declarations import (
    DeclarationError,
    Declarations,
    SourceDeclaration,
)
from orchestration.sources.extract import read_declarations
from orchestration.sources.formats.base import Format
from orchestration.sources.proposal import propose
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import ReadOptions, Reject
from orchestration.sources.recognise import Recogniser, Recognition

SHOWN = 20


@dataclass
class Sniffed:
    """Lines to print, and whether everything looked at can be read."""

    lines: list[str] = field(default_factory=list)
    is_readable: bool = True

    def say(self, *lines: str) -> None:
        self.lines += lines


def sniff(path: Path, settings: Settings, *, always_propose: bool = False) -> Sniffed:
    """Judge a file, the first members of a zip, or the first files of a folder.

    Raises OSError where the path cannot be read.
    """
    return _Sniffer(settings, always_propose=always_propose).judge(path)


def _normal(path: Path) -> Path:
    """Without `..`, by the names alone: a link stays a link."""
    return Path(os.path.normpath(path.absolute()))


class _Sniffer:
    def __init__(self, settings: Settings, *, always_propose: bool) -> None:
        self._settings = settings
        self._inbox = _normal(settings.root.inbox)
        self._always_propose = always_propose
        self._recogniser = Recogniser()
        self._declarations: Declarations | None = None
        self._broken: str | None = None

    def judge(self, path: Path) -> Sniffed:
        path = _normal(path)
        result = Sniffed()
        if path.is_dir() and not path.is_symlink():
            self._folder(path, result)
        elif not path.exists() and not path.is_symlink():
            result.say(f"{path} is not there")
            result.is_readable = False
        else:
            self._file(path, result)
        if self._broken is not None:
            where = self._settings.root.sources_file
            result.lines[:0] = [
                f"{where} cannot work; files are judged as if it declared nothing:",
                *(f"  {line}" for line in self._broken.splitlines()),
            ]
            result.is_readable = False
        return result

    # -- one path ---------------------------------------------------------------------------------
    def _folder(self, path: Path, result: Sniffed) -> None:
        """One line for each of the first files below a folder."""
        items = list(islice(inbox.walk(path), SHOWN + 1))
        if not items:
            result.say("an empty folder: nothing in it to read")
            result.is_readable = False
        for item in items[:SHOWN]:
            if isinstance(item, inbox.Notice):
                result.say(f"{item.display}: left in the inbox: {item.reason}, {item.detail}")
                continue
            self._one_line(item.path, item.display, result)
        if len(items) > SHOWN:
            result.say(f"… only the first {SHOWN} files are shown")

    def _one_line(self, path: Path, shown: str, result: Sniffed) -> None:
        file, declaration = self._raw_file(path)
        if is_container(path.name) and (members := zip_members(path)):
            result.say(f"{shown}: a zip of {len(members)} files; sniff it to see them")
            return
        verdict = self._recogniser.recognise(file, declaration)
        line = f"{shown}: {self._in_short(file, declaration, verdict, result)}"
        flaw = inbox.incompleteness(path)
        if flaw:
            line += f"; incomplete: {flaw}"
        if _can_be_mapped(verdict):
            name = str(path) if str(path).isprintable() else shown
            line += f"; type: observatory sniff {shlex.quote(name)}"
        result.say(line)

    def _in_short(
        self, file: RawFile, declaration: SourceDeclaration, verdict: Recognition, result: Sniffed
    ) -> str:
        """The verdict of `_file` on one of many files, in a line."""
        if verdict.format is None:
            result.is_readable = False
            return _verdict(verdict)
        found, is_refused = _reading_finds(file, declaration, verdict.format)
        result.is_readable &= not is_refused
        return f"{verdict.format.id}, {found}" if found else verdict.format.id

    def _file(self, path: Path, result: Sniffed) -> None:
        refused = inbox.inspect(path, path.parent)
        if isinstance(refused, inbox.Notice):
            result.say(f"left in the inbox: {refused.reason}, {refused.detail}")
            result.is_readable = False
            return
        flaw = inbox.incompleteness(path)
        if flaw:
            result.say(f"incomplete: {flaw}")
        file, declaration = self._raw_file(path)
        result.say(*self._declared(path, declaration))
        if is_container(path.name) and (members := zip_members(path)):
            self._members(file, declaration, members, result)
            return
        verdict = self._recogniser.recognise(file, declaration)
        result.say(*_reasons(verdict, declaration))
        result.is_readable = verdict.format is not None
        if verdict.format is not None:
            found, is_refused = _reading_finds(file, declaration, verdict.format)
            result.say(*([found] if found else []))
            result.is_readable = not is_refused
        if _can_be_mapped(verdict) or self._always_propose:
            result.say(*_proposed(file, self._folder_name(path)))

    def _members(
        self,
        file: RawFile,
        declaration: SourceDeclaration,
        members: list[tuple[str, str, int]],
        result: Sniffed,
    ) -> None:
        """What each of the first members of a zip is: each is a delivery of its own."""
        result.say(f"a zip of {len(members)} files; each is read by itself:")
        for name, digest, size in members[:SHOWN]:
            member = RawFile(
                "", digest, f"{file.path}!/{escape_name(name)}", size, file.modified_at,
                file.archived_at, file.source_name, file.blob, file.sha256, name,
            )  # fmt: skip
            verdict = self._recogniser.recognise(member, declaration)
            told = self._in_short(member, declaration, verdict, result)
            result.say(f"  {escape_name(name)}: {told}")
        if len(members) > SHOWN:
            result.say(f"  … {len(members) - SHOWN} more")

    # -- the source it belongs to -----------------------------------------------------------------
    def _raw_file(self, path: Path) -> tuple[RawFile, SourceDeclaration]:
        """The delivery a file would be, and what its source declares."""
        now = self._settings.clock.now()
        status = path.stat()
        if not path.is_relative_to(self._inbox):
            shown = "/".join(escape_name(part) for part in path.parts[1:])
            file = RawFile("", "", shown, status.st_size, now, now, "", path)
            return file, SourceDeclaration(name="unnamed")
        if self._declarations is None:
            self._declarations = self._declared_in_the_file()
        display, source = inbox.names_of(path, self._inbox)
        file = RawFile("", "", display, status.st_size, now, now, source, path)
        return file, self._declarations.for_source(source)

    def _declared_in_the_file(self) -> Declarations:
        """What sources.yaml says; nothing where it cannot work, as it may be what to mend with
        the help of this command."""
        try:
            return read_declarations(self._settings)
        except DeclarationError as error:
            self._broken = str(error)
            return Declarations({}, False, inbox.Patience())

    def _declared(self, path: Path, declaration: SourceDeclaration) -> Iterator[str]:
        if self._declarations is None or not path.is_relative_to(self._inbox):
            return
        where = self._settings.root.sources_file
        if self._broken is not None:
            return
        if declaration.name not in self._declarations.by_name:
            yield f"source {declaration.name!r} has no entry in {where}: its files are recognised"
        elif declaration.format is None:
            yield f"source {declaration.name!r} in {where} names no format: files are recognised"
        else:
            yield f"source {declaration.name!r} in {where} says format: {declaration.format}"

    def _folder_name(self, path: Path) -> str:
        if path.is_relative_to(self._inbox) and path.parent != self._inbox:
            return inbox.names_of(path, self._inbox)[1]
        stem = path.name.split(".")[0]
        return re.sub(r"\W+", "_", stem).strip("_").lower()[:60] or "new_source"


def _can_be_mapped(verdict: Recognition) -> bool:
    return verdict.reject is not None and verdict.reject.reason == "unrecognised_format"


def _reading_finds(
    file: RawFile, declaration: SourceDeclaration, file_format: Format
) -> tuple[str, bool]:
    """What the beginning of a file shows once it is read, and whether it refuses the whole."""
    options = ReadOptions(declaration.encoding)
    first = next(iter(file_format.reader.read(file, options)), None)
    if first is None:
        return "empty_file: no record in it", False
    if isinstance(first, Reject) and first.extent == "file":
        return f"refused when read: {first.reason}: {first.detail}", True
    return "", False


def _verdict(verdict: Recognition) -> str:
    if verdict.format is not None:
        return verdict.format.id
    assert verdict.reject is not None
    return f"{verdict.reject.reason}: {verdict.reject.detail}"


def _reasons(verdict: Recognition, declaration: SourceDeclaration) -> Iterator[str]:
    if verdict.format is not None and not verdict.candidates:
        yield f"{verdict.format.id:26} declared for {declaration.name}"
    for file_format, evidence in verdict.candidates:
        yield f"{file_format.id:26} {evidence.score:.2f}  {evidence.why}"
    if verdict.reject is None:
        return
    reject = verdict.reject
    if reject.reason != "unrecognised_format":
        yield f"{reject.reason}: {reject.detail}"
        return
    yield (
        f"unrecognised: {reject.detail}. Name one in sources.yaml (observatory formats lists "
        "them), or map its columns with `format: mapped`."
    )


def _proposed(file: RawFile, name: str) -> Iterator[str]:
    found = propose(file, name)
    if isinstance(found, str):
        yield f"no mapping can be proposed: {found}"
        return
    yield ""
    if found.is_complete:
        yield f"# A proposal from {found.records_seen} records. It works as it stands; decide what"
        yield "# its comments ask. The entry goes below `sources:` in sources.yaml, the file into"
        yield "# the folder of its name below inbox/."
    else:
        lacks = ", ".join(found.missing)
        yield f"# A proposal that still lacks {lacks}; it works once that is given."
    yield "sources:"
    yield found.entry
    if found.counts is not None:
        yield "# The counts of the posts are a second entry; its folder gets the same file too."
        yield found.counts
