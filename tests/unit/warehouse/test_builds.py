"""What a build knows of the builds before it."""

from __future__ import annotations

from orchestration.warehouse import builds
from orchestration.warehouse.connect import open_work


def test_tables_are_of_other_code_only_if_a_published_build_was_made_by_it(make_settings) -> None:
    settings = make_settings()
    with open_work(settings.root.warehouse) as connection:
        assert not builds.is_of_other_code(connection)  # nothing was published
        build = builds.start_build(connection, settings.clock, synthetic=False)
        builds.finish_build(connection, build, "published", "")
        assert not builds.is_of_other_code(connection)
        connection.execute("update meta.builds set code_version = 'older'")
        assert builds.is_of_other_code(connection)
        failed = builds.start_build(connection, settings.clock, synthetic=False)
        builds.finish_build(connection, failed, "failed", "halfway")
        assert builds.is_of_other_code(connection)  # what it left may be of both
