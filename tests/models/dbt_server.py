"""`python dbt_server.py TARGET`: dbt loaded and the project parsed once, for many commands.

A dbt process spends eight seconds of work before its first model, and another thirteen on a parse
where the warehouse has another path than the last one. Here both are paid once: every command runs
in a fork of its own, so nothing of one is seen by the next, and its warehouse is closed at its end.

One JSON line in, {"arguments": [...], "environment": {...}}; one JSON line out, {"ok": true or
false, "output": what dbt printed}. The first line out answers to nothing: it says how parsing went.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"


def command(target: str, arguments: list[str]) -> list[str]:
    """The arguments with those that every command has."""
    return [
        "--no-use-colors", "--log-level-file", "none", *arguments,
        "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT),
        "--target-path", target, "--log-path", f"{target}/logs",
    ]  # fmt: skip


def forked(target: str, manifest: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Run one command in a process of its own, and wait for its end."""
    from dbt.cli.main import dbtRunner
    from dbt_common.events.functions import reset_metadata_vars

    with tempfile.TemporaryFile() as output:
        process = os.fork()
        if process == 0:
            ok = False
            try:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                os.environ.update(request["environment"])
                reset_metadata_vars()  # dbt keeps those of the parse, the build's id among them
                done = dbtRunner(manifest).invoke(command(target, request["arguments"]))
                if done.exception is not None:
                    print(done.exception)
                ok = done.success
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(0 if ok else 1)
        _, status = os.waitpid(process, 0)
        output.seek(0)
        return {"ok": status == 0, "output": output.read().decode(errors="replace")}


def main(target: str) -> None:
    """Parse, then serve until the input ends."""
    from dbt.cli.main import dbtRunner

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what dbt prints while it parses is no answer
    parsed = dbtRunner().invoke(command(target, ["--quiet", "parse"]))
    print(json.dumps({"ok": parsed.success, "output": str(parsed.exception or "")}),
          file=answers, flush=True)  # fmt: skip
    gc.collect()
    gc.freeze()  # the manifest is large, and no command makes garbage of it
    for line in sys.stdin:
        print(json.dumps(forked(target, parsed.result, json.loads(line))),
              file=answers, flush=True)  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
