"""Loading: every order, split and repetition of the same records gives the same tables."""

from __future__ import annotations

import hashlib
import itertools
import json
import os

import duckdb
import pytest

from orchestration.cleaning import engine
from orchestration.clock import FixedClock
from orchestration.paths import DataRoot
from orchestration.schemas.tables import CORE_TABLES
from orchestration.settings import Settings
from orchestration.sources.extract import extract, read_declarations
from orchestration.sources.formats import formats
from orchestration.warehouse import builds, ingest, load
from orchestration.warehouse.connect import open_work
from tests.conftest import KEY, NOW

TWEET = {
    "_id": "5315658459906048", "mblogid": "x", "created_at": "2026-07-01 00:00:00",
    "content": "#样城通报# 情况", "isLongText": False, "is_retweet": False,
    "url": "https://weibo.com/9900000001/x", "crawl_time": 1782849600,
    "reposts_count": 1, "comments_count": 2, "attitudes_count": 3,
}  # fmt: skip
USER = {
    "_id": "9900000001", "nick_name": "样城公安", "verified_type": 1, "followers_count": "1.2万",
    "crawl_time": 1782849600, "created_at": "2011-01-01 00:00:00",
}  # fmt: skip


WATCHED = """
settle_seconds: 0
sources:
  - name: watched
    format: mapped
    reader: csv
    table: posts
    platform: bluesky
    observed_at: "column:seen"
    columns: {post_id: id, account_id: uid, text: said, posted_at: at, account_state: state}
"""


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(r, ensure_ascii=False).encode() + b"\n" for r in records)


FILES = {
    "tweets_1.jsonl": lines(TWEET, TWEET, {**TWEET, "content": "#样城通报# 改过"}),
    "tweets_2.jsonl": lines(
        {**TWEET, "crawl_time": 1782936000, "attitudes_count": "100万+"},
        {**TWEET, "attitudes_count": 4},
    ),
    "users.jsonl": lines(USER, {**USER, "crawl_time": 1782936000, "nick_name": "新名"}),
    "bad.jsonl": b"{broken\n" + lines({**TWEET, "_id": "4.9E+15"}),
}


def night(settings: Settings, names: tuple[str, ...]) -> ingest.Ingested:
    folder = settings.root.inbox / "spider"
    folder.mkdir(parents=True, exist_ok=True)
    (settings.root.sources_file).write_text(
        "settle_seconds: 0\nsources: [{name: spider, format: weibo_spider_jsonl}]\n"
    )
    for name in names:
        (folder / name).write_bytes(FILES[name])
    return run(settings)


def content(settings: Settings) -> dict[str, list[tuple]]:
    with duckdb.connect(str(settings.root.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return {
            table.name: sorted(
                connection.execute(
                    f"select {', '.join(table.column_names)} from {table.full_name}"
                ).fetchall(),
                key=repr,
            )
            for table in CORE_TABLES
        }


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    root = DataRoot(tmp_path_factory.mktemp("reference"))
    settings = Settings(root, clock=FixedClock(NOW), declared_key=KEY)
    night(settings, tuple(FILES))
    return content(settings)


@pytest.mark.parametrize(
    "nights",
    [
        # Every file is first, and last, twice.
        *([(name,) for name in order] for order in list(itertools.permutations(FILES))[::3]),
        [("users.jsonl", "tweets_2.jsonl"), ("bad.jsonl", "tweets_1.jsonl"), tuple(FILES)],
    ],
    ids=lambda nights: "-".join(name[0] + name[-7] for part in nights for name in part),
)
def test_any_order_and_split_gives_the_same_content(make_settings, tmp_path, reference, nights):
    settings = make_settings(tmp_path / "other")
    for names in nights:
        night(settings, names)
    assert content(settings) == reference


def test_what_was_found_where(reference):
    posts = reference["posts"]
    texts = {row[CORE_TABLES[1].column_names.index("text")] for row in posts}
    assert texts == {"#样城通报# 情况", "#样城通报# 改过"}
    likes = CORE_TABLES[2].column_names.index("likes_lo")
    assert sorted(row[likes] for row in reference["post_metric_snapshots"]) == [3, 4, 1_000_000]


def test_every_record_is_loaded_duplicate_or_quarantined(make_settings):
    settings = make_settings()
    first = night(settings, tuple(FILES))
    assert (first.records_in, first.records_quarantined) == (9, 2)
    assert first.records_in == (
        first.records_loaded + first.records_duplicate + first.records_quarantined
    )
    again = night(settings, ())
    assert (again.files, again.records_in, set(again.rows_added.values())) == (0, 0, {0})


def test_every_look_at_the_state_of_a_post_is_kept(make_settings):
    """A post found gone twice, and one that was found again as it had been."""
    settings = make_settings()
    settings.root.sources_file.write_text(WATCHED)
    folder = settings.root.inbox / "watched"
    folder.mkdir(parents=True)
    states = {"gone": "PPNN", "back": "PNPP", "silent": "    "}
    words = {"P": "present", "N": "not_found", " ": ""}
    header = "id,uid,said,at,state,seen"
    for day in range(4):
        rows = [
            f"{post},9,text,2024-01-01T00:00:00+08:00,{words[found[day]]},2024-01-1{day}T02:00:00+08:00"
            for post, found in states.items()
        ]
        for copy in ("a", "b"):
            (folder / f"{day}{copy}.csv").write_text("\n".join([header, *rows]) + "\n")
        done = run(settings)
        assert (done.records_loaded, done.records_duplicate) == ((3, 3) if day == 0 else (2, 4))
    with open_work(settings.root.warehouse) as connection:
        kept = connection.execute(
            """select account_state, day(observed_at), observed_at = state_observed_at
               from core.posts where account_state is not null order by post_id, observed_at"""
        ).fetchall()
        unsaid = connection.execute(
            "select day(observed_at), state_observed_at from core.posts where account_state is null"
        ).fetchall()
    looks = [(word, day, True) for found in ("PNPP", "PPNN")
             for day, word in enumerate((words[letter] for letter in found), start=9)]  # fmt: skip
    assert sorted(kept) == sorted(looks)
    assert unsaid == [(9, None)]


NIGHTLY = """
settle_seconds: 0
sources:
  - {name: board, format: mapped, reader: csv, table: inquiries, observed_at: "column:seen",
     columns: {inquiry_id: id, asked_at: at, status: state}}
  - {name: comments, format: mapped, reader: csv, table: comments, platform: weibo,
     observed_at: "column:seen",
     columns: {comment_id: id, post_id: post, account_id: uid, commented_at: at}}
  - {name: undated, format: mapped, reader: csv, table: comments, platform: weibo,
     columns: {comment_id: id, post_id: post, account_id: uid, commented_at: at}}
"""


def test_every_look_at_a_question_is_kept(make_settings):
    """Also where it found what the look before had found; without its time, a look is no row."""
    settings = make_settings()
    settings.root.sources_file.write_text(NIGHTLY)
    at = "2024-01-30T00:00:00+08:00"
    for night, state in enumerate(("open", "answered", "open", "open")):
        seen = f"2024-02-0{night + 1}T02:00:00+08:00"
        for name, content in {
            "board": f"id,at,state,seen\nq,{at},{state},{seen}\n",
            "comments": f"id,post,uid,at,seen\n1,2,3,{at},{seen}\n",
            "undated": f"id,post,uid,at,night\n4,5,6,{at},{night}\n",
        }.items():
            (settings.root.inbox / name).mkdir(parents=True, exist_ok=True)
            for copy in ("a", "b"):
                (settings.root.inbox / name / f"{night}{copy}.csv").write_text(content)
                os.utime(settings.root.inbox / name / f"{night}{copy}.csv", (1.7e9, 1.7e9 + night))
        done = run(settings)
        assert (done.records_loaded, done.records_duplicate) == ((2, 4) if night else (3, 3))
    with open_work(settings.root.warehouse) as connection:
        asked = connection.execute(
            "select status, day(observed_at) from core.inquiries order by observed_at"
        ).fetchall()
        seen_at = connection.execute(
            """select source_name, day(observed_at), looked_at = observed_at from core.comments
               order by source_name, observed_at"""
        ).fetchall()
    assert asked == [("open", 31), ("answered", 1), ("open", 2), ("open", 3)]
    assert seen_at == [*(("comments", day, True) for day in (31, 1, 2, 3)), ("undated", 14, None)]


def test_a_note_is_marked_with_whose_record_it_is_on(make_settings, monkeypatch):
    """Also where all that the record gives is in core under another file."""
    settings = make_settings()
    officer = {**USER, "verified_type": 0, "verified_reason": "样城公安局民警"}
    for name in ("a.jsonl", "b.jsonl"):
        more = {**officer, "followers_count": "many", "x": name}
        monkeypatch.setitem(FILES, name, lines(more, officer))
    night(settings, ("a.jsonl", "b.jsonl"))
    with open_work(settings.root.warehouse) as connection:
        (hidden,) = connection.execute("select account_id from quality.account_scope").fetchone()
        noted = connection.execute(
            "select file_id, record_number from quality.quarantine order by all"
        ).fetchall()
        marked = connection.execute(
            "select file_id, record_number, account_id from door.record_people order by all"
        ).fetchall()
        (files,) = connection.execute(
            "select count(distinct file_id) from core.account_snapshots"
        ).fetchone()
    assert (len(noted), files) == (2, 1)
    assert marked == [(*note, hidden) for note in noted]
    assert hidden.startswith("p:")


def test_a_source_that_repeats_another_has_observed_all_the_same(make_settings, tmp_path):
    days = []
    for order in (("one", "two"), ("two", "one")):
        settings = make_settings(tmp_path / order[0])
        for source in order:
            folder = settings.root.inbox / source
            folder.mkdir(parents=True)
            (folder / "tweets.jsonl").write_bytes(FILES["tweets_2.jsonl"])
            night(settings, ())
        with duckdb.connect(str(settings.root.warehouse), read_only=True) as connection:
            days.append(
                connection.execute(
                    "select source_name, observed_date from quality.file_days order by all"
                ).fetchall()
            )
    assert days[0] == days[1]
    assert {source for source, _ in days[0]} == {"one", "two"}


def test_a_renamed_copy_is_all_duplicates(make_settings):
    settings = make_settings()
    night(settings, ("tweets_2.jsonl",))
    copy = settings.root.inbox / "spider" / "copy.jsonl"
    copy.write_bytes(FILES["tweets_2.jsonl"])
    done = night(settings, ())
    assert (done.records_in, done.records_loaded, done.records_duplicate) == (2, 0, 2)


def test_the_lake_holds_each_observation_of_a_file_once(make_settings):
    settings = make_settings()
    for name in FILES:
        night(settings, (name,))
    assert list(settings.root.lake.glob("*/observed_date=*"))
    pattern = settings.root.lake / "post_metric_snapshots" / "*" / "*.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select count(*), count(distinct (file_id, record_number)) "
            f"from read_parquet('{pattern}')"
        ).fetchone()
    assert rows == (3, 3)


def test_a_failing_load_leaves_the_warehouse_as_it_was(make_settings, monkeypatch):
    settings = make_settings()
    night(settings, ("users.jsonl",))
    before = content(settings)
    monkeypatch.setattr("orchestration.warehouse.load._ledger_rows", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        night(settings, ("tweets_1.jsonl",))
    assert content(settings) == before
    monkeypatch.undo()
    resumed = night(settings, ())
    assert (resumed.files, resumed.records_loaded) == (1, 2)


@pytest.mark.parametrize("broken", [1, 3])
def test_a_record_on_which_the_code_breaks_is_refused_alone(make_settings, monkeypatch, broken):
    """Whatever the error is: the others are loaded, the file is named, nothing is quoted."""
    finish = engine.FINISHERS["posts"]

    def breaks(rows, door):
        if rows["text"].str.contains("bricht").any():
            raise TypeError("of the code")
        return finish(rows, door)

    monkeypatch.setitem(engine.FINISHERS, "posts", breaks)
    monkeypatch.setitem(
        FILES,
        "broken.jsonl",
        lines(*({**TWEET, "content": f"bricht {n}", "attitudes_count": n} for n in range(broken))),
    )
    settings = make_settings()
    found = night(settings, ("tweets_1.jsonl", "broken.jsonl", "users.jsonl"))
    assert (found.records_in, found.records_quarantined) == (5 + broken, broken)
    with open_work(settings.root.warehouse) as connection:
        assert connection.execute("select count(*) from core.posts").fetchone() == (2,)
        refused = connection.execute(
            "select path, line_number, extent, reason, excerpt, detail is not null "
            "from quality.quarantine order by all"
        ).fetchall()
    assert refused == [
        ("spider/broken.jsonl", n + 1, "record", "unforeseen_error:TypeError", None, True)
        for n in range(broken)
    ]


def test_other_code_reads_again_what_broke(make_settings, monkeypatch):
    monkeypatch.setitem(FILES, "broken.jsonl", lines({**TWEET, "content": "bricht"}))
    settings = make_settings()
    with monkeypatch.context() as broken:
        broken.setitem(engine.FINISHERS, "posts", lambda rows, door: 1 / 0)
        assert night(settings, ("broken.jsonl", "users.jsonl")).records_quarantined == 1
        assert run(settings).files == 0, "the same code would only break again"
    monkeypatch.setattr(ingest, "code_version", lambda: "mended")
    assert run(settings).files == 1
    with open_work(settings.root.warehouse) as connection:
        left = "select (select count(*) from core.posts), (select count(*) from quality.quarantine)"
        assert connection.execute(left).fetchone() == (1, 0)


def test_days_of_what_is_taken_out_are_touched(make_settings):
    """Of a day on which a file that is read again tells nothing any more nothing may stay."""
    settings = make_settings()
    night(settings, ("tweets_1.jsonl", "users.jsonl"))
    with open_work(settings.root.warehouse) as connection:
        files = connection.execute("select file_id from quality.file_ledger").fetchall()
        touched = (
            "select table_name, observed_date from meta.touched_days "
            "where (build_id = 'later') = $1 order by all"
        )
        days = connection.execute(touched, [False]).fetchall()
        load._withdraw(connection, [file_id for (file_id,) in files], "later")
        assert connection.execute(touched, [True]).fetchall() == days != []


def test_a_reader_that_breaks_costs_the_rest_of_its_file(make_settings, monkeypatch):
    reader = type(formats()["weibo_spider_jsonl"].reader)
    read = reader.read

    def breaks(self, file, options):
        for number, found in enumerate(read(self, file, options)):
            yield found
            if file.path.endswith("tweets_2.jsonl") and number == 0:
                raise ValueError("of the code")

    monkeypatch.setattr(reader, "read", breaks)
    settings = make_settings()
    night(settings, ("tweets_1.jsonl", "tweets_2.jsonl", "users.jsonl"))
    with open_work(settings.root.warehouse) as connection:
        seen = "select count(*) from core.post_metric_snapshots where likes_lo >= 1000000"
        assert connection.execute(seen).fetchone() == (1,), "what came before it stays"
        refused = connection.execute(
            "select path, extent, records, reason from quality.quarantine"
        ).fetchall()
    assert refused == [("spider/tweets_2.jsonl", "file", 1, "unforeseen_error:ValueError")]


def test_what_is_the_machines_fault_ends_the_run(make_settings, monkeypatch):
    def full(rows, door):
        raise OSError("no space left on device")

    monkeypatch.setitem(engine.FINISHERS, "posts", full)
    with pytest.raises(OSError, match="no space"):
        night(make_settings(), ("tweets_1.jsonl",))


def test_what_stood_in_a_persons_record_is_never_quoted(make_settings):
    settings = make_settings()
    FILES["private.jsonl"] = lines(
        {**TWEET, "comments_count": "9900000001 secret"}, {**TWEET, "created_at": "secret time"}
    )
    night(settings, ("private.jsonl",))
    del FILES["private.jsonl"]
    with duckdb.connect(str(settings.root.warehouse), read_only=True) as connection:
        found = connection.execute(
            "select reason, excerpt from quality.quarantine order by 1"
        ).fetchall()
    assert found == [("not_a_count", None), ("not_a_time", None)]


def test_the_path_of_an_ordinary_persons_file_names_a_pseudonym(make_settings):
    settings = make_settings()
    folder = settings.root.inbox / "9900000001_某人"
    folder.mkdir(parents=True)
    header = "id,bid,正文,头条文章url,原始图片url,视频url,Live Photo视频url,位置,日期,工具,点赞数,"
    header += "评论数,转发数,话题,@用户,完整日期,是否编辑过,编辑次数"
    row = "5315658459906048\t,x,文,,,,,,2026-07-01,,1,2,3,,,2026-07-01 00:00:00,False,0"
    path = folder / "9900000001.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8-sig")
    os.utime(path, (1782849600, 1782849600))
    night(settings, ())
    with duckdb.connect(str(settings.root.warehouse), read_only=True) as connection:
        ledger = connection.execute(
            "select path, source_name, records_loaded from quality.file_ledger"
        ).fetchall()
    assert ledger[0][2] == 1
    assert "9900000001" not in repr((ledger, content(settings)))


def test_no_name_text_or_id_of_an_ordinary_person_passes(make_settings):
    settings = make_settings()
    night(settings, ("tweets_1.jsonl",))  # nobody vouches for the author
    stored = repr(content(settings))
    for private in ("9900000001", "5315658459906048", "样城通报", "情况"):
        assert private not in stored


@pytest.mark.parametrize("first", ["hashes", "registry"])
def test_an_official_known_by_hash_is_found_in_either_order(make_settings, first):
    uid = "9900000001"
    note = {
        "note_id": "5315658459906048", "content": "x", "create_time": "1782835200",
        "create_date_time": "2026-07-01 00:00:00+08:00", "liked_count": "1", "comments_count": "1",
        "shared_count": "1", "last_modify_ts": 1782849600000,
        "creator_hash": hashlib.sha256(uid.encode()).hexdigest()[:16],
    }  # fmt: skip
    files = {
        "hashes": ("posts.jsonl", lines(note)),
        "registry": ("list_2026-07-01.csv", f"account_id,account_kind\n{uid},organ\n".encode()),
    }
    settings = make_settings()
    for name in (first, *(set(files) - {first})):
        folder = settings.root.inbox / name
        folder.mkdir(parents=True)
        (folder / files[name][0]).write_bytes(files[name][1])
        settings.root.sources_file.write_text("settle_seconds: 0\n")
        declarations = read_declarations(settings)
        extract(settings, declarations)
        with open_work(settings.root.warehouse) as connection:
            build = builds.start_build(connection, settings.clock, synthetic=False)
            ingest.ingest(connection, settings, declarations, build)
    with open_work(settings.root.warehouse) as connection:
        rows = connection.execute("select account_id, is_official from core.posts").fetchall()
    assert rows == [(uid, True)]


def test_the_path_of_an_ordinary_persons_json_names_a_pseudonym(make_settings):
    settings = make_settings()
    folder = settings.root.inbox / "张三丰"
    folder.mkdir(parents=True)
    user = {"id": "1234567890", "screen_name": "张三丰", "verified_type": -1}
    (folder / "1234567890.json").write_text(json.dumps({"user": user, "weibo": []}))
    settings.root.sources_file.write_text("settle_seconds: 0\n")
    run(settings)
    with duckdb.connect(str(settings.root.warehouse), read_only=True) as connection:
        told = str(connection.execute("from quality.file_ledger").fetchall())
        told += str(connection.execute("from core.account_snapshots").fetchall())
    assert "张三丰" not in told
    assert "1234567890" not in told


def test_a_declaration_makes_no_official_of_whom_the_record_calls_a_person(make_settings):
    settings = make_settings()
    folder = settings.root.inbox / "spider"
    folder.mkdir(parents=True)
    person = {"_id": "9911112222", "nick_name": "路人", "verified_type": -1}
    (folder / "t.jsonl").write_bytes(
        lines(TWEET, {**TWEET, "_id": "5315658459906049", "user": person, "content": "私人的话"})
    )
    settings.root.sources_file.write_text(
        "settle_seconds: 0\nsources:\n"
        "  - {name: spider, format: weibo_spider_jsonl, account: {kind: organ}}\n"
    )
    run(settings)
    with duckdb.connect(str(settings.root.warehouse), read_only=True) as connection:
        posts = connection.execute("select is_official, text from core.posts").fetchall()
    assert sorted(posts, key=str) == [(False, None), (True, TWEET["content"])]


def run(settings: Settings) -> ingest.Ingested:
    """Extract and load what lies in the inbox."""
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(settings.root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=False)
        return ingest.ingest(connection, settings, declarations, build)


@pytest.mark.parametrize("apart", [0, load.MONTHS_APART])
def test_rows_lie_month_by_month(make_settings, tmp_path, monkeypatch, apart):
    """Whether few months are filled one by one or many are sorted."""
    monkeypatch.setattr(load, "MONTHS_APART", apart)
    settings = make_settings(tmp_path)
    folder = settings.root.inbox / "watched"
    folder.mkdir(parents=True)
    settings.root.sources_file.write_text(WATCHED)
    times = ["2026-07-02", "2026-06-03", "2026-07-01", "2026-06-01"]
    rows = [f"{at},u,t{at},{at}T10:00:00Z,,2026-07-20T10:00:00Z\n" for at in times]
    (folder / "posts.csv").write_text("id,uid,said,at,state,seen\n" + "".join(rows))
    assert run(settings).records_loaded == len(times)
    with duckdb.connect(str(settings.root.warehouse), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        found = connection.execute(
            "select strftime(posted_at, '%Y-%m') from core.posts order by rowid"
        ).fetchall()
    assert [month for (month,) in found] == ["2026-06", "2026-06", "2026-07", "2026-07"]


ARTICLES = """settle_seconds: 0
sources:
  - name: pages
    format: mapped
    reader: csv
    table: articles
    observed_at: "column:seen"
    columns: {url: url, title: title, published_at: at}
"""


@pytest.mark.parametrize("at", ["2026-06-20 10:00:00", ""])
@pytest.mark.parametrize("nights", [["June", "July"], ["July", "June"]])
def test_an_article_seen_in_two_months_is_one_row(make_settings, nights, at):
    """The first sight of it may come after the second: a row never moves to another month."""
    settings = make_settings()
    folder = settings.root.inbox / "pages"
    folder.mkdir(parents=True)
    settings.root.sources_file.write_text(ARTICLES)
    seen = {"June": "2026-06-25 10:00:00", "July": "2026-07-02 10:00:00"}
    for name in nights:
        row = f"https://example.org/a,样城发布,{at},{seen[name]}"
        (folder / f"{name}.csv").write_text(f"url,title,at,seen\n{row}\n")
        run(settings)
    with open_work(settings.root.warehouse) as connection:
        assert connection.execute(
            "select observed_at::date::varchar from core.articles"
        ).fetchall() == [("2026-06-25",)]
    assert all(table.seen is None or table.bucket != table.seen for table in CORE_TABLES), (
        "what is seen again lies in another month, where its row is not looked for"
    )
