"""All files of the sample together: built, written, compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .files import Files, same_content
from .source_articles import clippings, news_pages, newsfeed
from .source_crawler_csv import crawler_csv
from .source_hot_lists import hot_daily, hot_hourly
from .source_message_board import message_board
from .source_misc import misc
from .source_registry import followers, registry
from .source_rumours import rumours
from .source_spider_tweets import spider_tweets
from .source_spider_users import spider_users
from .world import World

SOURCES: tuple[Callable[[World], Files], ...] = (
    spider_tweets, spider_users, crawler_csv, hot_hourly, hot_daily, newsfeed, news_pages,
    clippings, registry, followers, rumours, message_board, misc,
)  # fmt: skip


def build_files(world: World) -> Files:
    """Every file, by path below data/sample."""
    files: Files = {}
    for source in SOURCES:
        made = source(world)
        assert not files.keys() & made.keys(), f"{source.__name__} makes a file that is there"
        files |= made
    return files


def differences(folder: Path, files: Files) -> list[str]:
    """One line per file that is missing, too many, or has another content."""
    present = _present(folder)
    lines = [f"missing: {name}" for name in sorted(files.keys() - present.keys())]
    lines += [
        f"not made by the generator: {name}" for name in sorted(present.keys() - files.keys())
    ]
    for name in sorted(files.keys() & present.keys()):
        if not same_content(name, files[name], present[name].read_bytes()):
            lines.append(f"differs: {name}")
    return lines


def write(folder: Path, files: Files) -> int:
    """Make the folder hold exactly these files; returns how many were written.

    A file whose content is the same already is left alone, so that another zlib changes nothing.
    """
    present = _present(folder)
    for name in present.keys() - files.keys():
        present[name].unlink()
    written = 0
    for name, data in files.items():
        path = folder / name
        if name in present and same_content(name, data, path.read_bytes()):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written += 1
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    return written


def _present(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }
