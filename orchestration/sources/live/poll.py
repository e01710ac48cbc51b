"""Asks the live sources that are due, archives what comes, and names what went wrong.

One source's failure never touches another, and never what was fetched before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from orchestration.clock import Clock
from orchestration.settings import Settings
from orchestration.sources import formats
from orchestration.sources.archive import Archive
from orchestration.sources.declarations import Declarations, FetchDeclaration, SourceDeclaration
from orchestration.sources.inbox import Notice
from orchestration.sources.live.allowance import Allowance
from orchestration.sources.live.client import Answer, Client, Surroundings, instant_text
from orchestration.sources.live.kinds import Ask, Kind, Received, of_format
from orchestration.sources.live.state import Polled, State
from orchestration.sources.live.trouble import FetchError, Flaw, host_of, origin_of, shown
from orchestration.sources.rawfile import RawFile
from orchestration.sources.readers.base import ReadOptions, Reject

FIRST_BACKOFF = timedelta(minutes=15)
_UNTRUSTED = ("truncated_feed", "rest_error")
"""Rejects of single records that say that the whole answer is not what was asked for."""


def poll(
    settings: Settings,
    declarations: Declarations,
    archive: Archive,
    surroundings: Surroundings,
    progress: Callable[[str], None] = lambda message: None,
) -> tuple[list[RawFile], list[Notice]]:
    """Ask every source that is due; gives new deliveries, and what is to be known."""
    state = State(settings.root.live_state)
    due = list(due_sources(state, declarations, settings.clock.now()))
    notices = [_forgotten(settings)] if state.is_unreadable else []
    if not due:
        return [], notices
    allowed = [Allowance.parse(text) for text in settings.fetch_allow]
    client = Client(settings.clock, allowed, surroundings)
    delivered: list[RawFile] = []
    try:
        for declaration, fetch, polled in due:
            progress(f"asking {host_of(fetch.url)} for {declaration.name}")
            visit = _Visit(
                settings, archive, state, client, surroundings, declaration, fetch, polled
            )
            found = visit.run()
            for notice in found:
                progress(f"{notice.source_name}: {notice.reason}, {notice.detail}")
            notices += found
            delivered += visit.delivered
    finally:
        client.close()
    return delivered, notices


def due_sources(
    state: State, declarations: Declarations, now: datetime
) -> Iterator[tuple[SourceDeclaration, FetchDeclaration, Polled]]:
    """Sources that are to be asked now."""
    for declaration in declarations.by_name.values():
        fetch = declaration.fetch
        if fetch is None:
            continue
        polled = state.of(declaration.name, address_hash(declaration))
        if polled.is_due(now, fetch.interval):
            yield declaration, fetch, polled


def address_hash(declaration: SourceDeclaration) -> str:
    """Changes when another address, or another kind of source, is declared."""
    url = declaration.fetch.url if declaration.fetch else ""
    return hashlib.sha256(f"{declaration.format}\0{url}".encode()).hexdigest()[:16]


def _forgotten(settings: Settings) -> Notice:
    return Notice(
        settings.root.live_state.name, "live", "state_unreadable",
        "what was remembered of live sources cannot be read; they are asked from the beginning, "
        "and what comes again is counted as duplicate",
    )  # fmt: skip


@dataclass
class _Visit:
    """One conversation with one source."""

    settings: Settings
    archive: Archive
    state: State
    client: Client
    surroundings: Surroundings
    declaration: SourceDeclaration
    fetch: FetchDeclaration
    polled: Polled

    def run(self) -> list[Notice]:
        """Ask until the source has nothing more, something fails, or its time is over."""
        self.delivered: list[RawFile] = []
        self.polled.asked_at = instant_text(self._clock.now())
        try:
            remark = self._converse(of_format(str(self.declaration.format)))
        except FetchError as trouble:
            return [self._failed(trouble)]
        except Exception as error:  # whatever a server makes a library do, the others go on
            text = f"{type(error).__name__}: {str(error)[:160]}"
            return [self._failed(FetchError("fetch_failed", text, host=host_of(self.fetch.url)))]
        self.polled.failures, self.polled.trouble = 0, None
        self.polled.succeeded_at = self.polled.asked_at
        self.polled.next_at = instant_text(self._clock.now() + self.fetch.interval)
        self.state.save()
        return [self._notice(remark)] if remark else []

    @property
    def _clock(self) -> Clock:
        return self.settings.clock

    def _converse(self, kind: Kind) -> Flaw | None:
        limits, now = self.surroundings.limits, self.surroundings.monotonic
        started, asked = now(), set[str]()
        talk = kind.talk(self.fetch.url, self.polled.memory)
        # Saved with every page, so that after a process that was killed the next run goes on.
        self.polled.is_unfinished = True
        try:
            ask = next(talk)
            for _ in range(limits.pages):
                if ask.url in asked:
                    raise FetchError("repeated_page", f"{shown(ask.url)} leads back to itself")
                asked.add(ask.url)
                received = self._asked(kind, ask)
                try:
                    ask = talk.send(received)
                finally:
                    self.state.save()
                if now() - started > limits.source_seconds:
                    break
        except StopIteration as end:
            self.polled.is_unfinished = False
            remark: Flaw | None = end.value
            return remark
        finally:
            talk.close()
        return None

    def _asked(self, kind: Kind, ask: Ask) -> Received:
        """One answer, archived. Raises FetchError where it is flawed, after it is archived."""
        answer = self.client.get(ask.url, {**ask.headers, **self._authorization(ask.url)})
        if answer.status == 304:
            if not ask.headers:
                told = "it says that nothing changed, but nobody asked for changes"
                raise self._flawed(ask, answer, Flaw("unasked_304", told))
            return Received(answer, 0, "", self._clock.now())
        digest = hashlib.sha256(answer.body).hexdigest()
        try:
            received, flaw, is_named = self._judged(kind, ask, answer, digest)
        except Exception as error:  # what nobody foresaw must not lose what came
            told = f"its reader failed with {type(error).__name__}: {str(error)[:160]}"
            unforeseen = Flaw("fetch_failed", told)
            self._keep(kind, answer, digest, unforeseen, is_named=False)
            raise self._flawed(ask, answer, unforeseen) from error
        self._keep(kind, answer, digest, flaw, is_named=is_named)
        if flaw is not None:
            raise self._flawed(ask, answer, flaw)
        return received

    def _authorization(self, url: str) -> dict[str, str]:
        """The token, for addresses of the declared origin alone: what a server calls its next page
        may lie elsewhere, or without TLS."""
        name = self.fetch.token
        if name is None or origin_of(url) != origin_of(self.fetch.url):
            return {}
        if name not in self.settings.tokens:
            raise FetchError(
                "token_missing", f"the environment has no variable {name}; set it to the token",
                host=host_of(self.fetch.url),
            )  # fmt: skip
        return {"Authorization": f"Bearer {self.settings.tokens[name]}"}

    def _judged(
        self, kind: Kind, ask: Ask, answer: Answer, digest: str
    ) -> tuple[Received, Flaw | None, bool]:
        """What the source's own reader makes of an answer, its flaw, and whether the reader itself
        will name that in quarantine."""
        records, rejects = self._read(answer, digest, kind.suffix)
        received = Received(answer, records, digest, self._clock.now())
        if answer.flaw is not None:
            return received, answer.flaw, False
        fatal = _fatal(rejects)
        if fatal is not None:
            page = ", a web page: a login, a captcha or an error" if _is_page(answer) else ""
            return received, Flaw(fatal.reason, f"{fatal.detail}{page}"), True
        if answer.content_type and not answer.content_type.startswith(kind.types):
            told = f"its type is {answer.content_type[:60]!r}, not {kind.types[0]}"
            return received, Flaw("wrong_content_type", told), False
        if records == 0 and ask.had_items:
            told = "an empty answer where there were items; those that were fetched stay"
            return received, Flaw("empty_answer", told), False
        try:
            return received, ask.check(received), False
        except (ValueError, RecursionError) as error:
            return received, Flaw("not_json", f"no JSON document: {str(error)[:120]}"), False

    def _read(self, answer: Answer, digest: str, suffix: str) -> tuple[int, list[Reject]]:
        """How many records the reader finds, and what it refuses."""
        now = self._clock.now()
        with self.archive.incoming(answer.body) as path:
            file = RawFile(
                "", digest, f"x{suffix}", len(answer.body), now, now, self.declaration.name, path
            )
            reader = formats.formats()[str(self.declaration.format)].reader
            records, rejects = 0, []
            for found in reader.read(file, ReadOptions(self.declaration.encoding)):
                if isinstance(found, Reject):
                    rejects.append(found)
                else:
                    records += found.height
        return records, rejects

    def _keep(
        self, kind: Kind, answer: Answer, digest: str, flaw: Flaw | None, *, is_named: bool
    ) -> None:
        """Archive an answer, unless the same bytes said the same before."""
        known = self.polled.flawed if flaw else self.polled.recent
        mark = f"{flaw.reason}:{digest}" if flaw else digest
        if mark in known and (flaw is not None or not kind.is_snapshot):
            return
        now = self._clock.now()
        number = len(self.delivered) + 1
        display = f"{self.declaration.name}/{now:%Y%m%dT%H%M%S}_UTC_{number:03}{kind.suffix}"
        self.delivered += self.archive.add_bytes(
            answer.body, display, self.declaration.name, self._clock,
            flaw=(flaw.reason, flaw.detail) if flaw and not is_named else None,
        )  # fmt: skip
        self.polled.remember(mark, is_flawed=flaw is not None)

    def _flawed(self, ask: Ask, answer: Answer, flaw: Flaw) -> FetchError:
        elsewhere = "" if answer.url == ask.url else f", redirected to {shown(answer.url)}"
        trouble = FetchError(
            flaw.reason, f"{shown(ask.url)}{elsewhere}: {flaw.detail}",
            host=host_of(answer.url), status=answer.status,
        )  # fmt: skip
        trouble.attempts = answer.attempts
        return trouble

    def _failed(self, trouble: FetchError) -> Notice:
        """Note a failure and when the source is asked again."""
        polled = self.polled
        polled.failures += 1
        again = instant_text(self._clock.now() + self._pause(trouble))
        polled.next_at = again
        polled.trouble = {
            "reason": trouble.reason, "detail": trouble.detail, "host": trouble.host,
            "status": trouble.status, "attempts": trouble.attempts, "at": polled.asked_at,
        }  # fmt: skip
        self.state.save()
        tries = f"{trouble.attempts} attempt{'s' if trouble.attempts > 1 else ''}"
        return self._notice(Flaw(
            trouble.reason,
            f"{trouble.detail} ({tries}, failure number {polled.failures}); asked again from "
            f"{again} on; what was fetched before stays",
        ))  # fmt: skip

    def _pause(self, trouble: FetchError) -> timedelta:
        """As long as the host asked for, else longer with every failure; never to the second."""
        pause = FIRST_BACKOFF * (1 << min(self.polled.failures - 1, 10))
        pause = min(pause, self.fetch.interval)
        if trouble.retry_after is not None:
            pause = max(pause, timedelta(seconds=trouble.retry_after))
        return pause * (1 + self.surroundings.chance() / 10)

    def _notice(self, flaw: Flaw) -> Notice:
        return Notice(self.declaration.name, self.declaration.name, flaw.reason, flaw.detail)


def _fatal(rejects: Sequence[Reject]) -> Reject | None:
    """The reject that says that an answer is not what was asked for."""
    refused = (r for r in rejects if r.extent == "file" or r.reason in _UNTRUSTED)
    return next(refused, None)


def _is_page(answer: Answer) -> bool:
    return b"<html" in answer.body[:4096].lower()


def report(settings: Settings, declarations: Declarations) -> list[dict[str, Any]]:
    """How every live source stands, for `observatory status`; asks nobody."""
    state = State(settings.root.live_state)
    now = settings.clock.now()
    found = []
    for declaration in declarations.by_name.values():
        if declaration.fetch is None:
            continue
        polled = state.of(declaration.name, address_hash(declaration))
        found.append({
            "source": declaration.name, "host": host_of(declaration.fetch.url),
            "every": declaration.fetch.every, "asked_at": polled.asked_at,
            "succeeded_at": polled.succeeded_at, "next_at": polled.next_at,
            "is_stale": polled.is_stale(now, declaration.fetch.interval),
            "is_due": polled.is_due(now, declaration.fetch.interval),
            "failures": polled.failures, "trouble": polled.trouble,
        })  # fmt: skip
    return found
