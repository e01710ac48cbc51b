"""Which addresses may be talked to."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.settings import Settings, SettingsError
from orchestration.sources.live.allowance import Allowance, is_public

INSIDE = st.one_of(
    *(st.ip_addresses(network=network) for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4",
        "::1/128", "::/128", "fc00::/7", "fe80::/10", "ff00::/8", "2001:db8::/32",
    ))
)  # fmt: skip
INSIDE_4 = st.one_of(
    st.ip_addresses(network=network)
    for network in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16")
)


@given(INSIDE)
def test_nothing_inside_is_public(address):
    assert not is_public(address)


@given(INSIDE_4)
def test_an_inner_address_carried_by_another_is_not_public(address):
    number = int(address)
    for carrier in (
        f"::ffff:{address}",
        ipaddress.IPv6Address((0x64FF9B << 96) | number),
        ipaddress.IPv6Address((0x2002 << 112) | (number << 80)),
    ):
        assert not is_public(ipaddress.ip_address(carrier))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_the_open_internet_is_public(address):
    assert is_public(ipaddress.ip_address(address))


def test_an_allowance_covers_its_network_and_port_only():
    one = Allowance.parse("10.1.2.3:8080")
    assert one.covers(ipaddress.ip_address("10.1.2.3"), 8080)
    assert not one.covers(ipaddress.ip_address("10.1.2.3"), 80)
    assert not one.covers(ipaddress.ip_address("10.1.2.4"), 8080)
    assert Allowance.parse("10.0.0.0/8").covers(ipaddress.ip_address("10.9.9.9"), 1)
    assert Allowance.parse("[::1]:99").covers(ipaddress.ip_address("::1"), 99)
    assert not Allowance.parse("[::1]:99").covers(ipaddress.ip_address("127.0.0.1"), 99)


@pytest.mark.parametrize("text", ["everything", "10.0.0.0/33", "10.1.2.3:port", "intranet:80"])
def test_an_allowance_that_is_none_is_refused_with_its_value(text):
    with pytest.raises(SettingsError, match="OBSERVATORY_FETCH_ALLOW"):
        Settings.from_environment({"OBSERVATORY_FETCH_ALLOW": f"127.0.0.1, {text}"})


def test_tokens_come_from_variables_of_their_own_and_are_not_shown():
    found = Settings.from_environment({"OBSERVATORY_TOKEN_A": "xyzzy", "OBSERVATORY_HOME": "/h"})
    assert found.tokens == {"OBSERVATORY_TOKEN_A": "xyzzy"}
    assert "xyzzy" not in repr(found)
