"""Articles out of saved pages: what is extracted of what editors marked, and what it costs.

The pages go through the observatory as files do (archive, recognition, cleaning, core.articles)
and beside them through trafilatura alone, in precision mode and without comments. Gold are the
passages that belong to an article and those that do not, with title, author and day. The real
inputs lie beside the checkout and are never part of it; without them nothing is measured.
"""

from __future__ import annotations

import json
import shutil
import statistics
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from orchestration.paths import PROJECT_ROOT, DataRoot
from orchestration.settings import Settings
from orchestration.sources.extract import extract, read_declarations
from orchestration.sources.formats.html import FORMAT
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import ReadOptions
from orchestration.warehouse import builds
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.ingest import ingest

REAL = PROJECT_ROOT.parent / "shared" / "data"
GOLD, TOOL = "news_html_trafilatura.json", "news_html_gne_zh_tool_output.json"
_DECLARED = """
settle_seconds: 0
sources:
  - name: trafilatura
    format: html
    timezone: Europe/Berlin
  - name: gne_zh
    format: html
"""
_COMPARED = str.maketrans("\u2018\u2019\u201c\u201d\u201e\u2013\u2014", '\'\'"""--')

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Chunks:
    """Passages of the gold: found and missed of the article, kept and left out of the rest."""

    found: int
    missed: int
    kept: int
    left_out: int

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.kept)

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


@dataclass(frozen=True)
class Pages:
    """Rows of core.articles by the name of their page, and the gold of each."""

    rows: Mapping[str, Row]
    gold: Mapping[str, Row]
    folder: Path

    @cached_property
    def texts(self) -> dict[str, str]:
        return {name: self.rows[name]["text"] if name in self.rows else "" for name in self.gold}

    def agreeing(self, of: Callable[[Row], object], wanted: Callable[[Row], object]) -> list[bool]:
        """Whether a row agrees with its gold, of pages whose gold says anything."""
        return [
            name in self.rows and of(self.rows[name]) == wanted(gold)
            for name, gold in self.gold.items()
            if wanted(gold)
        ]


def run(folder: Path, real: Path = REAL) -> Iterator[tuple[str, str]]:
    """(topic, Markdown) where the real inputs are."""
    if not real.is_dir():
        return
    pages, chinese = read_pages(folder / "articles", real)
    alone = chunks(pages, trafilatura_texts(pages))
    lines = [
        f"### {len(pages.gold)} saved pages, mostly German and English, with passages that editors "
        "marked",
        "",
        "| extraction | passages in, of | passages out, of | precision | recall | F1 |",
        "|---|---|---|---|---|---|",
        _chunk_row("trafilatura alone, precision mode", alone),
        _chunk_row("**observatory**, `core.articles`", chunks(pages, pages.texts)),
        "",
        *_fields(pages),
        "",
        *_agreement(chinese),
        "",
        *_speed(pages, chinese),
    ]
    yield "articles", "\n".join(lines) + "\n"


# -- quality --------------------------------------------------------------------------------------


def read_pages(folder: Path, real: Path) -> tuple[Pages, Pages]:
    """The pages with gold, and the Chinese ones with another tool's output, through the whole
    intake."""
    root = DataRoot(folder / "home")
    shutil.rmtree(root.home, ignore_errors=True)
    names = ("trafilatura", "gne_zh")
    for name in names:
        shutil.copytree(real / "news_html" / name, root.inbox / name)
    root.sources_file.write_text(_DECLARED, encoding="utf-8")
    settings = Settings(root)
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=False)
        ingest(connection, settings, declarations, build, lambda message: None)
        found = connection.execute(
            """select parse_filename(files.path) as file, articles.source_name as source,
                      title, author, text, language, published_at_source, published_at_precision,
                      timezone(if(articles.source_name = 'trafilatura', 'Europe/Berlin',
                                  'Asia/Shanghai'), published_at) as local_at
               from core.articles as articles join quality.file_ledger as files using (file_id)"""
        ).pl()
    rows = {row["file"]: row for row in found.iter_rows(named=True)}
    marked = json.loads((real / "truth" / GOLD).read_text(encoding="utf-8"))
    tool = json.loads((real / "truth" / TOOL).read_text(encoding="utf-8"))
    gold = {page["file"]: page for page in marked.values()}
    return (
        Pages(rows, gold, real / "news_html" / names[0]),
        Pages(rows, tool, real / "news_html" / names[1]),
    )


def chunks(pages: Pages, texts: Mapping[str, str]) -> Chunks:
    """Count the passages of every page as trafilatura's own evaluation does."""
    inside = [part in texts[name] for name, gold in pages.gold.items() for part in gold["with"]]
    outside = [part in texts[name] for name, gold in pages.gold.items() for part in gold["without"]]
    return Chunks(sum(inside), len(inside) - sum(inside), sum(outside), len(outside) - sum(outside))


def trafilatura_texts(pages: Pages) -> dict[str, str]:
    """What trafilatura gives by itself."""
    return {name: alone((pages.folder / name).read_bytes()) for name in pages.gold}


def alone(page: bytes, *, with_metadata: bool = False) -> str:
    from trafilatura import extract as extracted

    return (
        extracted(page, favor_precision=True, include_comments=False, with_metadata=with_metadata)
        or ""
    )


def same(text: object) -> str:
    """A text as it is compared: spaces, case and forms of quotation marks do not count."""
    folded = unicodedata.normalize("NFKC", str(text or "")).translate(_COMPARED)
    return " ".join(folded.split()).casefold()


def right_days(pages: Pages, source: str | None = None) -> list[bool]:
    """Whether each page's local day is that of the gold; source: of published_at_source alone."""
    chosen = {
        name: gold
        for name, gold in pages.gold.items()
        if source is None or pages.rows[name]["published_at_source"] == source
    }
    return Pages(pages.rows, chosen, pages.folder).agreeing(
        lambda row: row["local_at"] and row["local_at"].date().isoformat(),
        lambda gold: gold["date"],
    )


def right_titles(pages: Pages) -> list[bool]:
    return pages.agreeing(lambda row: same(row["title"]), lambda gold: same(gold["title"]))


def authors(pages: Pages) -> tuple[int, int, int]:
    """Authors that are right, that are named at all, and that the gold has."""
    named = [(same(pages.rows[name]["author"]), same(gold["author"]))
             for name, gold in pages.gold.items()]  # fmt: skip
    right = sum(bool(found) and found == wanted for found, wanted in named)
    return right, sum(bool(found) for found, _ in named), sum(bool(wanted) for _, wanted in named)


def _chunk_row(name: str, found: Chunks) -> str:
    return (
        f"| {name} | {found.found} of {found.found + found.missed} "
        f"| {found.left_out} of {found.left_out + found.kept} "
        f"| {found.precision:.3f} | {found.recall:.3f} | {found.f1:.3f} |"
    )


def _fields(pages: Pages) -> list[str]:
    right, named, wanted = authors(pages)
    lines = [
        "| field | right | of |",
        "|---|---|---|",
        _share("title", right_titles(pages)),
        _share("day of publication", right_days(pages)),
    ]
    for source in sorted({row["published_at_source"] or "" for row in pages.rows.values()}):
        if judged := right_days(pages, source):
            lines.append(_share(f"day, by `{source or 'no time'}`", judged))
    lines += [
        f"| author, of those named | {right} | {named} |",
        f"| author, of those in the gold | {right} | {wanted} |",
    ]
    return lines


def _share(name: str, judged: Sequence[bool]) -> str:
    return f"| {name} | {sum(judged)} | {len(judged)} |"


def _agreement(chinese: Pages) -> list[str]:
    """Chinese pages have no gold: how far another tool says the same is no accuracy."""
    titles = chinese.agreeing(lambda row: same(row["title"]), lambda tool: same(tool.get("title")))
    days = chinese.agreeing(
        lambda row: row["local_at"] and row["local_at"].date().isoformat(),
        lambda tool: _day(tool.get("publish_time")),
    )
    return [
        "Of the Chinese pages there is no gold. On the "
        f"{len(chinese.gold)} of which another tool's output is at hand, which is no gold either, "
        f"titles agree on {sum(titles)} of {len(titles)}, days on {sum(days)} of {len(days)}.",
    ]


def _day(printed: str | None) -> str | None:
    from orchestration.cleaning.articles import plain_time

    at = plain_time(printed)
    return at[:10] if at else None


# -- cost -----------------------------------------------------------------------------------------


def _speed(pages: Pages, chinese: Pages, rounds: int = 3) -> list[str]:
    lines = [
        "| pages per CPU second, one process, warm | observatory's reader | trafilatura with "
        "metadata | trafilatura, text alone |",
        "|---|---|---|---|",
    ]
    for name, folder in (("with gold", pages.folder), ("Chinese", chinese.folder)):
        files = [_raw(path) for path in sorted(folder.iterdir())]
        contenders: tuple[Callable[[RawFile], object], ...] = (
            lambda file: list(FORMAT.reader.read(file, ReadOptions(None))),
            lambda file: alone(file.blob.read_bytes(), with_metadata=True),
            lambda file: alone(file.blob.read_bytes()),
        )
        speeds: list[list[float]] = [[] for _ in contenders]
        # The first round compiles the patterns of dateparser and is no measure of a page.
        for turn in range(rounds + 1):
            for place, read in enumerate(contenders):
                began = time.process_time()
                for file in files:
                    read(file)
                if turn:
                    speeds[place].append(len(files) / (time.process_time() - began))
        shown = " | ".join(f"{statistics.median(found):.0f}" for found in speeds)
        lines.append(f"| {len(files)} pages, {name} | {shown} |")
    return lines


def _raw(path: Path) -> RawFile:
    clock = Settings(DataRoot(path.parent)).clock.now()
    return RawFile("", "", path.name, path.stat().st_size, clock, clock, "bench", path)
