"""What was reviewed: taken whole, protecting officers backwards, and a reason for a build."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from orchestration.linking.editors import read_editors
from orchestration.linking.model import model_of
from orchestration.linking.nightly import renew_links
from orchestration.settings import Settings
from orchestration.sources.declarations import DeclarationError
from orchestration.sources.extract import extract, read_declarations
from orchestration.warehouse import builds, ingest, load, reviews
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.opening import open_night

UID, NAME, TEXT = "9900000001", "样城公安小王", "样城通报"
HEADER = "platform,account_id,account_kind,admin_level,reviewer,reviewed_at\n"


def deliver(settings: Settings, **changes: Any) -> None:
    user = {"_id": UID, "nick_name": NAME, "verified_type": 1, "followers_count": 12} | changes
    tweet = {
        "_id": "5315658459906048", "mblogid": "R4z8dhVTm", "created_at": "2026-07-01 00:00:00",
        "content": TEXT, "crawl_time": 1782849600, "user": user, "url": f"https://weibo.com/{UID}/x",
    }  # fmt: skip
    folder = settings.root.inbox / "spider"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "t.jsonl").write_text(json.dumps(tweet, ensure_ascii=False) + "\n")
    settings.root.sources_file.write_text(
        "settle_seconds: 0\nsources: [{name: spider, format: weibo_spider_jsonl}]\n"
    )


def review(settings: Settings, *rows: str) -> None:
    settings.root.overrides_file.write_text(HEADER + "".join(f"{row}\n" for row in rows))


def night(settings: Settings) -> None:
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(settings.root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=False)
        ingest.ingest(connection, settings, declarations, build)
        model, editors = model_of(settings.root), read_editors(settings.root, lambda event: None)
        renew_links(connection, model, editors, build.build_id)
        builds.finish_build(connection, build, "published", "")


def stored(settings: Settings) -> dict[str, list[tuple]]:
    tables = (
        "core.posts", "core.account_snapshots", "quality.account_scope",
        "quality.account_overrides", "quality.file_ledger",
    )  # fmt: skip
    with open_work(settings.root.warehouse) as connection:
        return {name: connection.execute(f"from {name}").fetchall() for name in tables}


def test_the_table_is_renewed_whole(make_settings):
    settings = make_settings()
    deliver(settings)
    review(settings, f"weibo,{UID},organ,county,R,2026-01-31", "weibo,5,organ,,R,2026-01-31")
    night(settings)
    assert [row[:4] for row in stored(settings)["quality.account_overrides"]] == [
        ("weibo", UID, "organ", "county"), ("weibo", "5", "organ", None),
    ]  # fmt: skip
    review(settings, f"weibo,{UID},organ,station,R,2026-01-31")
    night(settings)
    assert [row[3] for row in stored(settings)["quality.account_overrides"]] == ["station"]
    # A review makes nobody an official.
    assert [row[1] for row in stored(settings)["quality.account_scope"]] == [UID]
    settings.root.overrides_file.unlink()
    night(settings)
    assert stored(settings)["quality.account_overrides"] == []


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_reviewed_officer_is_hidden_backwards(make_settings, monkeypatch, is_killed):
    """The files that named him are read again, also when the first try dies on the way."""
    settings = make_settings()
    deliver(settings)
    night(settings)
    assert NAME in repr(stored(settings))
    review(settings, f"weibo,{UID},officer,station,R,2026-01-31")
    if is_killed:
        with monkeypatch.context() as patch:
            patch.setattr(ingest, "_ingest_batch", lambda *_: (_ for _ in ()).throw(KeyError))
            with pytest.raises(KeyError):
                night(settings)
    night(settings)
    held = stored(settings)
    assert all(secret not in repr(held) for secret in (UID, NAME, TEXT, "小王"))
    ((hidden,),) = {(row[1],) for row in held["quality.account_scope"]}
    assert hidden.startswith("p:")
    assert [row[:3] for row in held["quality.account_overrides"]] == [("weibo", hidden, "officer")]
    # Taking the review back takes no protection away, and its pseudonym stays.
    review(settings, f"weibo,{UID},organ,,R,2026-02-01")
    night(settings)
    held = stored(settings)
    assert UID not in repr(held)
    assert held["quality.account_overrides"][0][:3] == ("weibo", hidden, "organ")


@pytest.mark.parametrize("is_killed", [False, True])
def test_a_review_older_than_the_account_protects_from_the_first_night(
    make_settings, monkeypatch, tmp_path, is_killed
):
    """Whether review or account came first makes no difference, nor does a night that dies between
    the load and the second reading it calls for."""
    late = make_settings(tmp_path / "late")
    deliver(late)
    night(late)
    review(late, f"weibo,{UID},officer,station,R,2026-01-31")
    night(late)
    settings = make_settings()
    deliver(settings)
    review(settings, f"weibo,{UID},officer,station,R,2026-01-31")
    if is_killed:
        with monkeypatch.context() as patch:
            patch.setattr(ingest, "_passed_too_early", killed_at_call(2))
            with pytest.raises(KeyError):
                night(settings)
    night(settings)
    held = stored(settings)
    assert all(secret not in repr(held) for secret in (UID, NAME, TEXT, "小王"))
    for name in ("core.posts", "core.account_snapshots", "quality.account_scope",
                 "quality.account_overrides"):  # fmt: skip
        assert held[name] == stored(late)[name]


def killed_at_call(number: int):
    whole, calls = ingest._passed_too_early, []

    def killed(*given):
        calls.append(given)
        if len(calls) == number:
            raise KeyError
        return whole(*given)

    return killed


def test_an_officer_by_the_files_is_in_no_review_under_his_own_id(make_settings):
    settings = make_settings()
    deliver(settings, verified_type=0, verified_reason="样城公安局民警")
    review(settings, f"weibo,{UID},organ,county,R,2026-01-31")
    night(settings)
    held = stored(settings)
    assert UID not in repr(held)
    assert [row[2] for row in held["quality.account_overrides"]] == ["organ"]


def test_nothing_is_read_under_a_review_that_cannot_work(make_settings):
    settings = make_settings()
    deliver(settings)
    review(settings, f"weibo,{UID},policeman,,R,2026-01-31")
    with pytest.raises(DeclarationError, match=f"csv:2: account {UID}: account_kind"):
        open_night(settings)
    assert not settings.root.warehouse.exists()


def test_a_changed_review_is_a_reason_for_a_build(make_settings):
    settings = make_settings()
    deliver(settings)
    review(settings, f"weibo,{UID},organ,,R,2026-01-31")
    night(settings)
    settings.root.published.parent.mkdir(parents=True)
    shutil.copy(settings.root.warehouse, settings.root.published)
    assert open_night(settings).build is None
    review(settings, f"weibo,{UID},organ,county,R,2026-01-31")
    opened = open_night(settings)
    assert opened.build is not None
    assert opened.reason == "account_overrides.csv changed since the last build"
    # Taken in, but never published: the next night still has a reason.
    with open_work(settings.root.warehouse) as connection:
        declarations = read_declarations(settings)
        ingest.ingest(connection, settings, declarations, opened.build)
        door = ingest.Door(settings.pseudonym_key(), load.scope(connection))
        assert not reviews.differ(connection, reviews.reviewed(door, declarations.overrides))
        builds.finish_build(connection, opened.build, "refused", "")
    again = open_night(settings)
    assert again.build is not None
    assert "reviewed" in again.reason
