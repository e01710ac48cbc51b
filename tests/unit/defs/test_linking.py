"""What editors' aliases may name, as the warehouse has it."""

from __future__ import annotations

from collections.abc import Callable

from orchestration.defs.linking import known_titles
from orchestration.settings import Settings
from orchestration.warehouse.connect import open_work
from tests.unit.warehouse.test_takeover import put


def test_before_the_first_models_no_event_is_known(make_settings: Callable[..., Settings]) -> None:
    with open_work(make_settings().root.warehouse) as connection:
        put(connection, "core.rulings", ruling_id="1", claim_text="甲市 停水")
        put(connection, "core.rulings", ruling_id="2", claim_text="乙市起火")
        put(connection, "core.hot_topic_slots", topic="乙市起火", topic_key="乙市起火")
        known = known_titles(connection)
        assert known.rumours == {"甲市停水"}
        assert known.key_of_event("hot_topic:0011223344556677") is None
        connection.execute("create schema if not exists main")
        connection.execute(
            "create table main.events as select 'hot_topic:1' as event_id, '乙市起火' as topic_key"
        )
        assert known.key_of_event("hot_topic:1") == "乙市起火"
