"""Markup that would take its parser hours is refused in the time it takes to look at it."""

from __future__ import annotations

import pytest

from orchestration.cleaning.articles import markup_text
from orchestration.cleaning.markup_limits import (
    MOST_ATTRIBUTES,
    MOST_ELEMENTS,
    MarkupRefusedError,
    check_markup,
)

QUOTED, HIDDEN = 'a{}=">"', 'a{}="<b>"'
MANY = MOST_ATTRIBUTES + 1


def crowd(form: str, count: int = MANY) -> str:
    return " ".join(form.format(number) for number in range(count))


@pytest.mark.parametrize("markup", [
    f"<div {crowd('a{}')}>", f"<div {crowd('a{}=1')}>", f"<div {crowd(QUOTED)}>",
    f"<div {crowd(HIDDEN)}>", f"<div/{crowd('a{}').replace(' ', '/')}>",
    f"<!--><div {crowd('a{}')}>", f"<!-- x --!><div {crowd('a{}')}>", f"<p>\n<DIV {crowd('a{}')}",
    f"<script>1</script ><div {crowd('a{}')}>", f"<style></style><div\n{crowd('a{}')}>",
])  # fmt: skip
def test_a_tag_with_too_many_attributes_is_refused(markup: str) -> None:
    with pytest.raises(MarkupRefusedError, match=f"more than {MOST_ATTRIBUTES} attributes") as told:
        check_markup(markup)
    assert told.value.reason == "too_complex"
    assert "on its line 2" in str(told.value) or "\n<" not in markup


def test_too_many_elements_or_attributes_in_all_are_refused() -> None:
    check_markup("<b>x</b>" * MOST_ELEMENTS)
    with pytest.raises(MarkupRefusedError, match=f"more than {MOST_ELEMENTS} elements"):
        check_markup("<b>x</b><br>" * MOST_ELEMENTS)
    with pytest.raises(MarkupRefusedError, match="more than 200000 attributes"):
        check_markup(f"<div {crowd('a{}', MOST_ATTRIBUTES)}>" * 401)


def test_what_is_nested_without_end_is_named_so() -> None:
    with pytest.raises(MarkupRefusedError) as told:
        check_markup("<div><p>" * MOST_ELEMENTS)
    assert told.value.reason == "too_deep"


@pytest.mark.parametrize("markup", [
    "", "a < b <3 << <", f"<p title='{crowd('a{}')}'>", f"<!-- <div {crowd('a{}')}> -->",
    f"<script>if (a<b) {{ {crowd('c{}')} }}</script><p>x</p>", f"<p>{crowd('word{}')}</p>",
    f"<div {crowd('a{}', MOST_ATTRIBUTES)}>", "<p unclosed='" + "x" * 100_000,
])  # fmt: skip
def test_what_pages_hold_is_read(markup: str) -> None:
    check_markup(markup)


def test_fragments_have_the_same_bounds() -> None:
    with pytest.raises(MarkupRefusedError):
        markup_text(f"<div {crowd('a{}')}>x</div>")
