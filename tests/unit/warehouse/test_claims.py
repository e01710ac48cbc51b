"""Candidates are read once from new articles; decisions reach the warehouse, and rebuild it."""

from __future__ import annotations

import csv
import shutil
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from orchestration.claims import candidates as rules
from orchestration.cli import main
from orchestration.clock import SHANGHAI
from orchestration.linking.editors import read_editors
from orchestration.linking.model import model_of
from orchestration.linking.nightly import renew_links
from orchestration.settings import Settings
from orchestration.sources.claim_reviews import load_claim_reviews
from orchestration.sources.extract import extract, read_declarations
from orchestration.warehouse import builds, claim_review, claims, ingest
from orchestration.warehouse.connect import open_work
from orchestration.warehouse.opening import open_night
from tests.unit.claims.labelled_sentences import FOLDER, labelled

TEXT = (
    "Police urged to blog\n2011-09-27\n\nMicroblogs spread among officials.\n\n"
    "Police have opened more than 40 official microblogs on Sina, the ministry said.{}\n"
)


def deliver(settings: Settings, name: str, more: str = "") -> None:
    folder = settings.root.inbox / "press"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(TEXT.format(more))
    settings.root.sources_file.write_text(
        "settle_seconds: 0\nsources:\n  - name: press\n    format: text_article\n"
        "    observed_at: 2026-01-31T00:00:00+08:00\n"
    )


def night(settings: Settings) -> None:
    declarations = read_declarations(settings)
    extract(settings, declarations)
    with open_work(settings.root.warehouse) as connection:
        build = builds.start_build(connection, settings.clock, synthetic=False)
        ingest.ingest(connection, settings, declarations, build)
        model, editors = model_of(settings.root), read_editors(settings.root, lambda event: None)
        renew_links(connection, model, editors, build.build_id)
        builds.finish_build(connection, build, "published", "")
    settings.root.published.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(settings.root.warehouse, settings.root.published)


def rows(settings: Settings, query: str) -> list[tuple]:
    with open_work(settings.root.warehouse) as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def home(make_settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = make_settings()
    monkeypatch.setenv("OBSERVATORY_HOME", str(settings.root.home))
    deliver(settings, "a.txt")
    night(settings)
    return settings


def candidate(settings: Settings) -> str:
    ((found,),) = rows(settings, "select candidate_id from quality.claim_candidates")
    return str(found)


def test_an_article_becomes_candidates_with_quote_offsets_and_origin(home: Settings) -> None:
    ((figure, value, day, quote, same, file_id),) = rows(
        home,
        """select figure_text, value, as_of_date::varchar, c.quote,
                  substr(text, figure_start + 1, figure_end - figure_start) = figure_text, file_id
           from quality.claim_candidates as c join core.articles using (article_id, file_id)""",
    )
    assert (figure, value, day, same) == ("more than 40", 40, "2011-09-27", True)
    assert (
        quote == "Police have opened more than 40 official microblogs on Sina, the ministry said."
    )
    assert rows(home, "from quality.article_readings where reading = 'claims'") == [
        (file_id, "claims", rules.RULE_VERSION)
    ]


def test_what_was_read_is_not_read_again(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    found = rules.candidate_rows
    monkeypatch.setattr(rules, "candidate_rows", lambda f: read.append(f.height) or found(f))
    deliver(home, "b.txt", " Its microblog has 30 million followers.")
    night(home)
    night(home)
    assert read == [1]
    assert len(rows(home, "from quality.claim_candidates")) == 3


def test_an_article_on_which_the_rules_break_costs_no_other(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is named in quarantine, without a word of it, and is read again by the next run."""
    found = rules.candidates

    def breaks(text: str, day: date | None) -> list[rules.Candidate]:
        if "bricht" in text:
            raise KeyError("亿一")
        return found(text, day)

    deliver(home, "b.txt", " It bricht: police run 50 microblogs.")
    deliver(home, "c.txt", " Its microblog has 30 million followers.")
    told = (
        "select path, extent, records, reason, excerpt, detail is not null from quality.quarantine"
    )
    with monkeypatch.context() as broken:
        broken.setattr(rules, "candidates", breaks)
        night(home)
        (refused,) = rows(home, told)
        assert refused[0].endswith("b.txt")
        assert refused[1:] == ("field", 0, "unforeseen_error:KeyError", None, True)
        before = len(rows(home, "from quality.claim_candidates"))
    night(home)
    assert rows(home, told) == []
    assert len(rows(home, "from quality.claim_candidates")) > before


@pytest.mark.parametrize(
    "text",
    ["广东省公安厅说，全省公安机关已开通政务微信公众号3900个。",
     "Some 83,000 official WeChat accounts were run by government agencies, the ministry said."],
)  # fmt: skip
def test_what_speaks_of_other_platforms_is_read_too(home: Settings, text: str) -> None:
    before = len(rows(home, "from quality.claim_candidates"))
    (home.root.inbox / "press" / "d.txt").write_text(f"Figures\n\n{text}\n")
    night(home)
    assert len(rows(home, "from quality.claim_candidates")) > before


def test_new_rules_read_everything_again(home: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    before = candidate(home)
    for module in (rules, claims):
        monkeypatch.setattr(module, "RULE_VERSION", 99)
    night(home)
    assert rows(home, "select candidate_id, rule_version from quality.claim_candidates") == [
        (before, 99)
    ]


def test_a_failure_leaves_nothing_half_read(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(home, "b.txt", " Its microblog has 30 million followers.")
    with monkeypatch.context() as patch:
        patch.setattr(claims, "_merge", lambda *_: (_ for _ in ()).throw(KeyError))
        with pytest.raises(KeyError):
            night(home)
    assert len(rows(home, "from quality.article_readings where reading = 'claims'")) == 1
    night(home)
    assert len(rows(home, "from quality.article_readings where reading = 'claims'")) == 2


def test_review_lists_confirms_corrects_and_rejects(
    home: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    identity = candidate(home)
    assert main(["claims", "review"]) == 0
    said = capsys.readouterr().out
    assert f"{identity}  more than 40  (40 to ?)  accounts | organ | police | sina" in said
    assert "1 open candidates" in said
    assert main(["claims", "review", identity, "--confirm", "--reviewer", "R"]) == 0
    assert main(["claims", "review"]) == 0
    assert "0 open candidates" in capsys.readouterr().out
    night(home)
    query = (
        "select decision, value, qualifier, value_lo, publisher, reviewer "
        "from quality.claim_reviews"
    )
    assert rows(home, query) == [("confirmed", 40, ">", 40, "ministry", "R")]
    main(["claims", "review", identity, "--confirm", "--set", "value=41", "--reviewer", "S"])
    night(home)
    assert rows(home, query) == [("corrected", 41, ">", None, "ministry", "S")]
    main(["claims", "review", identity, "--reject", "--reviewer", "S", "--note", "a joke"])
    night(home)
    # A remark stays in the file: whoever it names is published nowhere.
    assert rows(home, "select decision, note from quality.claim_reviews") == [("rejected", None)]
    assert "a joke" in home.root.claims_review_file.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody", "--confirm", "--reviewer", "R"], "'nobody' is no candidate"),
        (["ID", "--confirm"], "name candidates, who decides"),
        (["ID", "--confirm", "--reviewer", "R", "--set", "colour=red"], "'colour' is no field"),
        (["ID", "--confirm", "--reviewer", "R", "--set", "value=many"], "value: 'many' is no"),
        (["ID", "--reject", "--reviewer", "R", "--set", "value=4"], "a rejected figure is not"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_changes_nothing(
    home: Settings, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    given = [candidate(home) if word == "ID" else word for word in arguments]
    assert main(["claims", "review", *given]) == 1
    assert said in capsys.readouterr().err
    assert not home.root.claims_review_file.exists()


def test_an_exported_file_is_edited_and_taken(home: Settings, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    assert main(["claims", "review", "--export", str(sheet)]) == 0
    (row,) = csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines())
    row |= {"decision": "confirmed", "reviewer": "R", "reviewed_at": "2026-01-31"}
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    assert main(["claims", "review", "--import", str(sheet)]) == 0
    night(home)
    assert rows(home, "select decision, value, quote[:6] from quality.claim_reviews") == [
        ("confirmed", 40, "Police")
    ]


def edited(settings: Settings, sheet: Path, **cells: str) -> str:
    """Export the only open candidate, change cells, and what taking it in says on stderr."""
    assert main(["claims", "review", "--export", str(sheet)]) == 0
    (row,) = csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines())
    row |= {"decision": "confirmed", "reviewer": "R", "reviewed_at": "2026-01-31"} | cells
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    return str(row["candidate_id"])


def test_a_cell_changed_in_the_csv_is_a_correction_with_bounds_of_its_own(
    home: Settings, tmp_path: Path
) -> None:
    edited(home, tmp_path / "sheet.csv", value="41")
    assert main(["claims", "review", "--import", str(tmp_path / "sheet.csv")]) == 0
    night(home)
    query = "select decision, value, value_lo, value_hi from quality.claim_reviews"
    assert rows(home, query) == [("corrected", 41, None, None)]


@pytest.mark.parametrize(("cells", "said"), [
    ({"candidate_id": "0123456789abcdef"}, "sheet.csv:2: candidate_id: '0123456789abcdef' is no"),
    ({"candidate_id": "1.23E+15"}, "candidate_id: '1.23E+15' is no id of 16 hex digits"),
    ({"as_of_date": "2011/9/27"}, "as_of_date: '2011/9/27' is no day such as 2011-09-26"),
    ({"decision": "yes"}, "decision: 'yes' is unknown"),
])  # fmt: skip
def test_what_a_spreadsheet_spoiled_is_named_and_changes_nothing(
    home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    cells: dict[str, str], said: str,
) -> None:  # fmt: skip
    edited(home, tmp_path / "sheet.csv", **cells)
    assert main(["claims", "review", "--import", str(tmp_path / "sheet.csv")]) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "; type: observatory claims review" in error
    assert not home.root.claims_review_file.exists()


def test_a_decision_is_a_reason_for_a_build(home: Settings) -> None:
    assert open_night(home).build is None
    main(["claims", "review", candidate(home), "--reject", "--reviewer", "R"])
    opened = open_night(home)
    assert opened.build is not None
    assert "claims_review.csv changed" in opened.reason


def test_no_person_is_named_in_what_goes_to_the_marts(
    make_settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Neither by the rules nor by what an older review file says."""
    settings = make_settings()
    monkeypatch.setenv("OBSERVATORY_HOME", str(settings.root.home))
    deliver(settings, "a.txt", " Li Wei, a spokesman for the bureau, said it runs 30 microblogs.")
    night(settings)
    query = "select candidate_id, value, speaker, speaker_kind from quality.claim_candidates"
    found = {value: (identity, *said) for identity, value, *said in rows(settings, query)}
    assert found[30][1:] == ("bureau", "person")
    assert main(["claims", "review", found[30][0], "--confirm", "--reviewer", "R"]) == 0
    written = (
        "candidate_id,decision,value,qualifier,claim_unit,metric,actor_scope,sector,"
        "platform_scope,publisher,quote,reviewer,reviewed_at\n"
        "fedcba9876543210,confirmed,70000,=,follower,followers,officer,@李雷,sina,"
        '"Li Wei, an officer",'
        '"Officer Li Wei has 70,000 fans on her microblog.",R,2026-01-31\n'
        "fedcba9876543211,confirmed,80000,=,follower,followers,organ,police,sina,,"
        '"Li Wei, an officer in Kashgar, has 80,000 followers.",R,2026-01-31\n'
        "fedcba9876543212,confirmed,90,=,account,accounts,organ,police,sina,,"
        '"Li Wei, whose microblog has 80,000 followers, said police have 90 microblogs.",'
        "R,2026-01-31\n"
    )
    kept = settings.root.claims_review_file.read_text(encoding="utf-8-sig")
    header = kept.splitlines()[0].split(",")
    typed = list(csv.DictReader(written.splitlines()))
    with settings.root.claims_review_file.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, header).writerows(
            {name: old.get(name, "") for name in header} | {"outlet": "Example Times"}
            for old in typed
        )
    night(settings)
    shown = rows(
        settings,
        """select publisher, speaker_kind, sector, quote from quality.claim_reviews
           order by value""",
    )
    assert shown == [
        ("bureau", "person", "police", "bureau[…], said it runs 30 microblogs."),
        (None, None, "police", None),
    ]
    assert not any("Li Wei" in str(row) or "李雷" in str(row) for row in shown)


def test_nothing_that_a_reviewer_typed_freely_is_published(home: Settings) -> None:
    """Each cell of a review that can hold any words, with a name in it."""
    identity = candidate(home)
    typed = {
        "publisher": "Li Wei, who runs the microblog", "outlet": "Li Wei", "note": "Li Wei told me",
        "as_of_text": "the day Li Wei said so, 2011-09-26", "published_text": "by Li Wei",
        "sector": "Li Wei's county", "quote": "Li Wei said police run 40 microblogs.",
    }  # fmt: skip
    changes = [f"--set={name}={words}" for name, words in typed.items() if name != "note"]
    assert main(["claims", "review", identity, "--confirm", "--reviewer", "R",
                 "--note", typed["note"], *changes]) == 0  # fmt: skip
    night(home)
    ((shown,),) = rows(home, "select r::varchar from quality.claim_reviews as r")
    assert "Li Wei" not in shown
    assert "[…] said police run 40 microblogs" in shown


@pytest.fixture(scope="module")
def found_in_labelled_sentences() -> pl.DataFrame:
    """What the rules find in every labelled sentence, each an article of no outlet."""
    sentences = [
        (f"{path.stem}:{place}", sentence)
        for path in sorted(FOLDER.glob("*.jsonl"))
        for place, sentence in enumerate(labelled(path.stem))
    ]
    articles = [
        {
            "article_id": identity, "text": sentence["text"], "outlet": None, "url": None,
            "published_at": datetime.fromisoformat(sentence["published"]).replace(tzinfo=SHANGHAI)
            if sentence["published"] else None,
            "source_name": "press", "file_id": "f", "file_sha256": "0" * 64, "record_number": place,
        }
        for place, (identity, sentence) in enumerate(sentences)
    ]  # fmt: skip
    schema = {"outlet": pl.String, "url": pl.String, "published_at": pl.Datetime("us", "UTC")}
    found, unread = rules.candidate_rows(
        pl.DataFrame(articles, schema_overrides=schema, infer_schema_length=None)
    )
    assert unread.is_empty()
    return found


@pytest.fixture
def labelled_home(make_settings, found_in_labelled_sentences: pl.DataFrame) -> Settings:
    """A home that published what the rules find in labelled sentences."""
    settings: Settings = make_settings()
    with open_work(settings.root.warehouse) as connection:
        connection.register("found", found_in_labelled_sentences.to_arrow())
        connection.execute("insert into quality.claim_candidates by name from found")
    settings.root.published.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(settings.root.warehouse, settings.root.published)
    return settings


def test_whatever_the_rules_find_can_be_confirmed_and_rejected(labelled_home: Settings) -> None:
    settings = labelled_home
    found = claim_review.open_candidates(settings)
    whole = [row["candidate_id"] for row in found if row["publisher"] or row["outlet"]]
    nobodys = [row["candidate_id"] for row in found if not (row["publisher"] or row["outlet"])]
    assert min(len(whole), len(nobodys)) > 300
    said = {"reviewer": "R", "note": None}
    claim_review.decide(settings, whole, confirmed=True, changes={}, **said)
    claim_review.decide(settings, nobodys, confirmed=True, changes={"publisher": "MPS"}, **said)
    decided = {r.candidate_id: r.row for r in load_claim_reviews(settings.root.claims_review_file)}
    for row in found:
        kept = decided[row["candidate_id"]]
        for name in ("value", "value_lo", "value_hi", "metric", "claim_unit", "actor_scope",
                     "sector", "platform_scope", "as_of_date"):  # fmt: skip
            assert kept[name] == row[name], (name, row)
    every = [row["candidate_id"] for row in found]
    claim_review.decide(settings, every, confirmed=False, changes={}, **said)
    decisions = load_claim_reviews(settings.root.claims_review_file)
    assert [r.row["decision"] for r in decisions] == ["rejected"] * len(found)


def decided_in_an_editor(settings: Settings, sheet: Path, publisher: str, decision: str) -> None:
    """Export all open candidates, and fill a decision and who published them where that is not
    known."""
    claim_review.export(settings, sheet)
    table = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0])
        writer.writeheader()
        for row in table:
            if not (row["publisher"] or row["outlet"]):
                row["publisher"] = publisher
            row |= {"decision": decision, "reviewer": "R", "reviewed_at": "2026-01-31"}
            writer.writerow(row)


@pytest.mark.parametrize(("publisher", "decision"), [("MPS", "confirmed"), ("", "rejected")])
def test_whatever_the_rules_find_is_taken_from_an_edited_file(
    labelled_home: Settings, tmp_path: Path, publisher: str, decision: str
) -> None:
    settings = labelled_home
    nobodys = {
        row["candidate_id"]
        for row in claim_review.open_candidates(settings)
        if not (row["publisher"] or row["outlet"])
    }
    decided_in_an_editor(settings, tmp_path / "sheet.csv", publisher, decision)
    taken = claim_review.take(settings, tmp_path / "sheet.csv")
    assert not claim_review.open_candidates(settings)
    # Who published a figure was filled in; nothing else was changed by going through the file.
    corrected = {row["candidate_id"] for row in taken if row["decision"] == "corrected"}
    assert corrected == (nobodys if decision == "confirmed" else set())


def test_it_is_the_edited_row_that_must_be_right(
    home: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A figure whose publisher nobody knows: filled in it is taken, left empty it stops the file
    with its line."""
    settings = home
    with open_work(settings.root.warehouse) as connection:
        connection.execute(
            "update quality.claim_candidates set speaker = null, outlet = null, "
            "quoted_outlet = null, platform_scope = 'wechat+?'"
        )
    shutil.copy(settings.root.warehouse, settings.root.published)
    sheet = tmp_path / "sheet.csv"
    edited(settings, sheet)
    assert main(["claims", "review", "--import", str(sheet)]) == 1
    assert "sheet.csv:2: candidate" in (said := capsys.readouterr().err)
    assert "publisher: it is empty and so is outlet" in said
    assert not settings.root.claims_review_file.exists()
    edited(settings, sheet, publisher="MPS")
    assert main(["claims", "review", "--import", str(sheet)]) == 0
    night(settings)
    query = "select decision, value, publisher, platform_scope from quality.claim_reviews"
    assert rows(settings, query) == [("corrected", 40, "MPS", "wechat+?")]
