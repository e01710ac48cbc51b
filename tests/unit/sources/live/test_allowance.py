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
        "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.51.100.0/24", "203.0.113.0/24",
        "255.255.255.255/32", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48",
        "100::/64", "2001::/32", "2001:20::/28", "3fff::/20", "5f00::/16", "fec0::/10",
        "2002:a00::/24", "2002:7f00::/24", "2002:a9fe::/32", "2002:ac10::/28", "2002:c0a8::/32",
        "2002:6440::/26",
        "::1/128", "::/128", "fc00::/7", "fe80::/10", "ff00::/8", "2001:db8::/32",
    ))
)  # fmt: skip
INSIDE_4 = st.one_of(
    st.ip_addresses(network=network)
    for network in ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16")
)


@pytest.mark.parametrize("address", [
    "fec0::1", "3fff::1", "64:ff9b::a00:1", "64:ff9b::808:808", "2002:a00:1::", "2002:7f00:1::1",
    "::ffff:10.0.0.1", "::ffff:8.8.8.8", "100.64.0.1", "0.1.2.3", "192.0.0.9", "198.19.255.255",
    "240.0.0.1", "255.255.255.255", "::8.8.8.8", "64:ff9b:1::1", "2001::1", "5f00::1",
    "192.88.99.1", "169.254.169.254", "fd00:ec2::254", "ff02::1", "224.0.0.1",
])  # fmt: skip
def test_special_addresses_are_not_public(address):
    assert not is_public(ipaddress.ip_address(address))


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


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "2002:808:808::1"])
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
