"""The `observatory` command: arguments in, results to stdout, progress to stderr, exit codes.

0 success, 1 failure, 75 another run holds the warehouse; `sniff` ends with 1 where something cannot
be read as it stands, whether or not it proposes a mapping. What a command does is elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.paths import DBT_PROJECT, PROJECT_ROOT, SAMPLE, DataRoot
from orchestration.settings import Settings, SettingsError

if TYPE_CHECKING:
    import polars as pl

    from orchestration.warehouse.trace import Origin

FAILURE = 1
BUSY = 75
UI_PORT = 3000


def main(arguments: list[str] | None = None) -> int:
    """Entry point of the console script."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        return int(options.command(options, Settings.from_environment()))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except _expected_errors() as error:
        print(f"observatory: {error}", file=sys.stderr)
        return FAILURE


def _expected_errors() -> tuple[type[Exception], ...]:
    """Errors whose message is meant for people; anything else is a bug and shows its trace."""
    from orchestration.linking.editors import EditorsError
    from orchestration.linking.model import ModelError
    from orchestration.sources.declarations import DeclarationError
    from orchestration.sources.inbox import InboxMissingError

    return (
        SettingsError, DeclarationError, InboxMissingError, EditorsError, ModelError, LookupError,
        OSError,
    )  # fmt: skip


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="observatory",
        description="The observatory of official microblogs: account growth and response timing, "
        "with provenance. The data root is $OBSERVATORY_HOME, by default data/ of the checkout.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, function: Callable[..., int], text: str) -> argparse.ArgumentParser:
        child = commands.add_parser(name, help=text, description=text)
        child.set_defaults(command=function)
        return child

    run = command("run", _run, "Run the Dagster job `nightly` once, in this process.")
    run.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    status = command("status", _status, "Data through when, last build, last failure, quarantine.")
    status.add_argument("--json", action="store_true", help="print as one JSON object")
    sql = command("sql", _sql, "Query the published file, read-only and locked down.")
    sql.add_argument("query", help='SQL, for example "select * from main.account_growth limit 5"')
    sql.add_argument("--format", choices=("table", "csv", "json"), default="table")
    trace = command("trace", _trace, "From a row to its raw file, line and bytes.")
    trace.add_argument("table", help="schema.table, for example main.posts")
    trace.add_argument("key", help="the row's id, or column=value,column=value")
    command("formats", _formats, "What can be read.")
    sniff = command(
        "sniff",
        _sniff,
        "What this file is, and why; a mapping where nothing knows it. Exit code 1 where a file "
        "cannot be read as it stands: a proposal works once it is in sources.yaml.",
    )
    sniff.add_argument("path", type=Path, help="a file, a zip, or a folder of files")
    sniff.add_argument("--propose", action="store_true", help="propose a mapping in any case")
    links = command(
        "links", _links, "Links between posts and events: review them, train the model."
    )
    kinds = links.add_subparsers(required=True, metavar="COMMAND", dest="links_command")
    review = kinds.add_parser(
        "review",
        help="The queue of links that want an editor, as CSV; --import takes the decisions.",
    )
    review.add_argument("--import", dest="decided", type=Path, metavar="FILE",
                        help="a CSV of the queue with decisions (yes or no)")  # fmt: skip
    train = kinds.add_parser(
        "train", help="Fit the model to this data root's own posts with hashtags."
    )
    train.add_argument("--shipped", action="store_true",
                       help="make the shipped model anew from its seed, and print it")  # fmt: skip
    claims = command("claims", _claims_review, "Figures found in articles: review them.")
    _claims_parser(claims)
    command("ui", _ui, "Dagster UI on 127.0.0.1:3000, schedule running.")
    demo = command("demo", _demo, "Run the main job on the synthetic sample, in data/demo.")
    demo.add_argument("--home", type=Path, default=PROJECT_ROOT / "data" / "demo")
    command("prepare", _prepare, "Parse the dbt project; set-up does this.")
    return parser


def _claims_parser(claims: argparse.ArgumentParser) -> None:
    text = "List the open candidates; confirm, correct or reject them; or by an edited CSV."
    review = claims.add_subparsers(required=True, metavar="ACTION").add_parser(
        "review", help=text, description=text
    )
    review.add_argument("ids", nargs="*", metavar="ID", help="candidates to decide on")
    how = review.add_mutually_exclusive_group()
    how.add_argument("--confirm", action="store_true", help="the figures are right as read")
    how.add_argument("--reject", action="store_true", help="they are no figures, or not ours")
    how.add_argument("--export", type=Path, metavar="FILE", help="write the open ones as CSV")
    how.add_argument("--import", type=Path, metavar="FILE", dest="taken",
                     help="take the decided rows of such a CSV")  # fmt: skip
    review.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE",
                        help="with --confirm: correct a field, for example value=4000")  # fmt: skip
    review.add_argument("--reviewer", help="who decides; needed with --confirm and --reject")
    review.add_argument("--note", help="a remark that stays in claims_review.csv")


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _run(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.nightly import NightlyOutcome, nothing_to_read

    missing = nothing_to_read(settings.root)
    outcome = NightlyOutcome("failed", missing) if missing else _nightly(settings)
    if options.json:
        print(json.dumps(asdict(outcome), ensure_ascii=False, default=str))
    else:
        print(outcome.message)
    return _exit_code(outcome.outcome)


def _exit_code(outcome: str) -> int:
    return {"published": 0, "nothing_new": 0, "busy": BUSY}.get(outcome, FAILURE)


def _nightly(settings: Settings) -> Any:
    from orchestration.nightly import run_nightly

    return run_nightly(settings, _say)


def _status(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.warehouse.status import status

    report = status(settings)
    if options.json:
        print(json.dumps(report, ensure_ascii=False))
        return 0
    from orchestration.findings import program

    for line in _status_lines(report, program(settings)):
        print(line)
    return 0


def _status_lines(report: dict[str, Any], observatory: str) -> list[str]:
    """The report in lines. observatory: how its commands are called for this data root."""
    published = report["published"]
    lines = [f"data root        {report['home']}"]
    if published is None:
        lines.append(f"published        nothing yet; run: {observatory} run")
    else:
        synthetic = " (synthetic data)" if published["is_synthetic"] else ""
        lines += [
            f"published        {published['build_id']} at {published['published_at']}{synthetic}",
            f"data through     {published['data_through_at'] or 'no observation yet'}",
            "records          {records_in} in {files} files: {loaded} loaded, {duplicate} "
            "duplicate, {quarantined} quarantined".format(**report["files"]),
        ]
        lines += [
            f"  quarantine     {q['reason']} ({q['extent']}): {q['rows']} rows, "
            f"{q['records']} records, e.g. {q['example']}"
            for q in report["quarantine"]
        ]
        if report["quarantine"]:
            lines.append(f"                 every place and reason: {observatory} {_QUARANTINE}")
        lines += [
            f"  warning        {w['check']} on {w['table']}: {w['observed']}"
            for w in report["warnings"]
        ]
    lines.append(f"last failure     {_failure_text(report['last_failure'], published)}")
    lines += _failed_checks(report["last_failure"], published)
    waiting = report["waiting"]
    lines.append(
        "waiting          not known until sources.yaml works"
        if waiting is None
        else f"waiting          {waiting} files"
    )
    lines += [
        f"  left in inbox  {n['path']}: {n['reason']}, {_told_once(n['detail'], report)}"
        for n in report["left_in_inbox"]
    ]
    lines += [f"live             {_live_text(source)}" for source in report["live"]]
    return lines


_QUARANTINE = (
    'sql "select path, line_number, column_name, reason, detail, excerpt '
    'from quality.quarantine order by 1, 2 limit 50"'
)


def _live_text(source: dict[str, Any]) -> str:
    """One live source: what it last gave, or why it gave nothing and when it is asked again."""
    named = f"{source['source']} ({source['host']}, every {source['every']})"
    again = "the next run asks" if source["is_due"] else f"asked again from {source['next_at']} on"
    trouble = source["trouble"]
    if trouble is None:
        return f"{named}: last answered {source['succeeded_at'] or 'never'}; {again}"
    stale = "STALE, " if source["is_stale"] else ""
    return (
        f"{named}: {stale}{trouble['reason']} at {trouble['at']}, {trouble['detail']}; "
        f"{trouble['attempts']} attempts, failure number {source['failures']}; last answered "
        f"{source['succeeded_at'] or 'never'}; {again}"
    )


def _told_once(detail: str, report: dict[str, Any]) -> str:
    """A detail, unless the last failure is the same and stands a few lines above."""
    failure = report["last_failure"]
    return "see last failure" if failure and failure["message"] == detail else detail


def _is_mended(failure: dict[str, Any], published: dict[str, Any] | None) -> bool:
    return published is not None and published["published_at"] > failure["failed_at"]


def _failed_checks(
    failure: dict[str, Any] | None, published: dict[str, Any] | None
) -> Iterator[str]:
    """The checks that failed in the last failed build, unless a later one was published."""
    if failure is None or _is_mended(failure, published):
        return
    for check in failure.get("failed_checks", ()):
        yield (
            f"  failed check   {check['check_name']} on {check['table_name']} "
            f"({check['severity']}): {check['observed']}; expected: {check['expected']}"
        )


def _failure_text(failure: dict[str, Any] | None, published: dict[str, Any] | None) -> str:
    if failure is None:
        return "none"
    if _is_mended(failure, published):
        return f"{failure['failed_at']} {failure['stage']}; a later night was published"
    return f"{failure['failed_at']} {failure['stage']}: {failure['message']}"


def _sql(options: argparse.Namespace, settings: Settings) -> int:
    import duckdb

    from orchestration.warehouse.builds import is_synthetic
    from orchestration.warehouse.connect import open_published

    if not settings.root.published.exists():
        _say(f"nothing is published in {settings.root.home} yet; run: observatory run")
        return FAILURE
    with open_published(settings.root.published) as connection:
        if is_synthetic(connection):
            _say("SYNTHETIC DATA, invented for demonstration")
        try:
            result = connection.sql(options.query)
            if result is None:
                return 0
            _print_result(result, options.format)
        except duckdb.Error as error:
            _say(f"observatory sql: {error}")
            return FAILURE
    return 0


def _print_result(result: Any, form: str) -> None:
    if form == "table":
        result.show(max_width=max(80, shutil.get_terminal_size((120, 24)).columns), max_rows=200)
    elif form == "csv":
        print(_guarded(result.pl()).write_csv(), end="")
    else:
        names = [str(column) for column in result.columns]
        rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        print(json.dumps(rows, ensure_ascii=False, default=str))


def _cell(value: Any) -> str | None:
    """A nested value as one cell: a list of texts joined, anything else as JSON."""
    if value is None or (isinstance(value, list) and all(isinstance(v, str) for v in value)):
        return None if value is None else "; ".join(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would run as a formula gets a leading apostrophe."""
    import polars as pl

    flat = frame.with_columns(
        pl.Series(name, [_cell(value) for value in frame[name].to_list()], dtype=pl.String)
        for name, dtype in frame.schema.items()
        if dtype.is_nested()
    )
    flat = flat.rename({name: f"'{name}" for name in flat.columns if name[:1] in tuple("=+-@\t\r")})
    return flat.with_columns(
        pl.when(pl.col(name).str.contains(r"^[=+\-@\t\r]"))
        .then(pl.lit("'") + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, dtype in flat.schema.items()
        if dtype == pl.String
    )


def _trace(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.warehouse.connect import open_published
    from orchestration.warehouse.trace import trace

    if not settings.root.published.exists():
        _say(f"nothing is published in {settings.root.home} yet; run: observatory run")
        return FAILURE
    with open_published(settings.root.published) as connection:
        traced = trace(connection, settings, options.table, options.key)
    if any(origin.is_collected and origin.located is not None for origin in traced.origins):
        _say("raw bytes may name people; do not quote them")
    for origin in traced.origins:
        _print_origin(origin)
    for remark in traced.remarks:
        print(remark)
    return 0


def _print_origin(origin: Origin) -> None:
    key = ", ".join(f"{name}={value}" for name, value in origin.key.items())
    print(f"{origin.table}  {key}")
    print(f"  file    {origin.path or 'not in the archive'}")
    print(f"  sha256  {origin.file_sha256}")
    if origin.located is not None:
        place = f"record {origin.record_number}"
        if origin.located.line_number is not None:
            place += f", line {origin.located.line_number}"
            place += f", byte {origin.located.offset} of the content"
        print(f"  place   {place}, {len(origin.located.raw)} bytes")
        print(f"  bytes   {_shown(origin.located.raw)}")


def _shown(raw: bytes, limit: int = 600) -> str:
    """Raw bytes for a terminal: control characters as escapes, long ones shortened."""
    text = raw[:limit].decode("utf-8", "backslashreplace")
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return safe + (" …" if len(raw) > limit else "")


def _claims_review(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.warehouse import claim_review

    if not settings.root.published.exists():
        _say(f"nothing is published in {settings.root.home} yet; run: observatory run")
        return FAILURE
    if options.export:
        print(f"{claim_review.export(settings, options.export)} candidates in {options.export}")
        return 0
    if options.taken:
        rows = claim_review.take(settings, options.taken)
    elif options.confirm or options.reject:
        rows = _decided(options, settings)
    else:
        for line in claim_review.lines(claim_review.open_candidates(settings)):
            print(line)
        return 0
    for row in rows:
        print(f"{row['candidate_id']}  {row['decision']}")
    print(f"{len(rows)} decisions in {settings.root.claims_review_file}; the next run takes them")
    return 0


def _decided(options: argparse.Namespace, settings: Settings) -> list[dict[str, Any]]:
    from orchestration.warehouse import claim_review

    changes = dict(pair.split("=", 1) for pair in options.set if "=" in pair)
    if not options.ids or not options.reviewer or len(changes) < len(options.set):
        raise LookupError(
            "name candidates, who decides, and FIELD=VALUE for what is corrected; for example: "
            "observatory claims review ID --confirm --set value=4000 --reviewer NAME"
        )
    return claim_review.decide(
        settings, options.ids, confirmed=options.confirm, reviewer=options.reviewer,
        changes=changes, note=options.note,
    )  # fmt: skip


def _formats(options: argparse.Namespace, settings: Settings) -> int:
    del options, settings
    from orchestration.sources.formats import formats

    for file_format in formats().values():
        print(f"{file_format.id:26} {file_format.producer}")
        print(f"{'':26} becomes {', '.join(file_format.becomes)}")
    print(
        f"{'mapped':26} any CSV, TSV, JSON, JSONL, YAML, XLSX or Parquet, by a declaration\n"
        f"{'':26} in sources.yaml; `observatory sniff PATH` proposes one"
    )
    return 0


def _sniff(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.sources.sniffing import sniff

    found = sniff(options.path, settings, always_propose=options.propose)
    for line in found.lines:
        print(line)
    return 0 if found.is_readable else FAILURE


def _links(options: argparse.Namespace, settings: Settings) -> int:
    if options.links_command == "train" and options.shipped:
        from orchestration.linking.model import as_text
        from orchestration.linking.synthetic import shipped_model

        print(as_text(shipped_model()), end="")
        return 0
    from orchestration.warehouse.connect import open_published

    if not settings.root.published.exists():
        _say(f"nothing is published in {settings.root.home} yet; run: observatory run")
        return FAILURE
    with open_published(settings.root.published) as connection:
        if options.links_command == "train":
            return _train(connection, settings)
        return _review(options, connection, settings)


def _review(options: argparse.Namespace, connection: Any, settings: Settings) -> int:
    from orchestration.linking.review import import_decisions, queue

    if options.decided is None:
        waiting = queue(connection)
        print(_guarded(waiting).write_csv(), end="")
        _say(
            f"{len(waiting)} links want an editor; write yes or no into `decision`, then: "
            "observatory links review --import FILE"
        )
        return 0
    done = import_decisions(connection, options.decided, settings.root.reviewed_links)
    print(
        f"{done.decided} decisions taken into {settings.root.reviewed_links}, {done.undecided} "
        f"lines undecided, {done.total} decisions in all; they count from the next: observatory run"
    )
    return 0


def _train(connection: Any, settings: Settings) -> int:
    from orchestration.linking.learning import learn, read_corpus
    from orchestration.linking.model import write_model

    try:
        model, score = learn(read_corpus(connection))
    except ValueError as error:
        _say(f"observatory links train: {error}")
        return FAILURE
    write_model(model, settings.root.linking_model)
    print(
        f"{settings.root.linking_model}: {model.id}, links from {model.link_at:g}\n"
        f"on {score.posts} later posts it has not seen, hashtags taken out: {score.links} links, "
        f"precision {score.precision:.3f}, recall {score.recall:.3f} of {score.answerable} with a "
        "topic of their time; it counts from the next: observatory run"
    )
    return 0


def _ui(options: argparse.Namespace, settings: Settings) -> int:
    del options
    from orchestration.nightly import nothing_to_read, prepare_dagster_home

    holder = settings.root.dagster_home / "ui.pid"
    if _is_taken(UI_PORT):
        known = f"; the last one here was process {holder.read_text()}" if holder.exists() else ""
        _say(f"port {UI_PORT} on 127.0.0.1 is taken, perhaps by another UI; end that first{known}")
        return FAILURE
    missing = nothing_to_read(settings.root)
    if missing:
        _say(f"{missing}; until then a run publishes an empty database")
    prepare_dagster_home(settings)
    holder.write_text(str(os.getpid()))
    command = [
        str(Path(sys.executable).with_name("dagster")), "dev",
        "-w", str(PROJECT_ROOT / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(UI_PORT),
    ]  # fmt: skip
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(settings.root.dagster_home),
        "OBSERVATORY_HOME": str(settings.root.home),
    }
    _say(f"the UI answers in about half a minute: http://127.0.0.1:{UI_PORT}  (Ctrl-C ends it)")
    os.chdir(PROJECT_ROOT)
    # In the place of this process, so that a signal to it reaches the UI.
    return _become(command, environment)


def _become(command: list[str], environment: dict[str, str]) -> int:
    os.execve(command[0], command, environment)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _demo(options: argparse.Namespace, settings: Settings) -> int:
    """Start from a clean copy of the sample every time; only Dagster's history stays."""
    root = DataRoot(options.home.absolute())
    if not _may_be_reset(root):
        _say(f"{root.home} holds data that is not the demo's; name an empty folder with --home")
        return FAILURE
    root.home.mkdir(parents=True, exist_ok=True)
    for folder in (root.inbox, root.archive, root.lake, root.warehouse_folder,
                   root.published.parent, root.releases):  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SAMPLE / "inbox", root.inbox)
    shutil.copyfile(SAMPLE / "sources.yaml", root.sources_file)
    demo = replace(settings, root=root)
    _say(f"running the nightly on the synthetic sample in {root.home}")
    outcome = _nightly(demo)
    if outcome.outcome != "published":
        print(outcome.message)
        return _exit_code(outcome.outcome)
    from orchestration.findings import findings, next_commands

    for line in [*findings(demo), "", *next_commands(demo)]:
        print(line)
    return 0


def _may_be_reset(root: DataRoot) -> bool:
    """Only a folder that is empty, or holds nothing but an earlier demo, is ever cleared."""
    if not root.home.exists() or not any(root.home.iterdir()):
        return True
    declared = root.sources_file
    return declared.exists() and declared.read_bytes() == (SAMPLE / "sources.yaml").read_bytes()


def _prepare(options: argparse.Namespace, settings: Settings) -> int:
    from orchestration.defs.dbt_project import dbt_environment

    del options
    environment = {**os.environ, **dbt_environment(settings.root.warehouse)}
    command = [
        str(Path(sys.executable).with_name("dbt")), "--quiet", "parse",
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT),
    ]  # fmt: skip
    return subprocess.call(command, env=environment, stdout=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
