"""Email addresses: one spelling for each mailbox, and the host behind the @."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.mail.addresses import LONGEST_ADDRESS, canonical_address, canonical_host, mail_domain, shortened


@pytest.mark.parametrize(
    ("canonical", "addresses"),
    [
        ("ada@wemos.org", ["ada@wemos.org", " Ada@WEMOS.org", "ada+list@wemos.org", "ADA+a+b@wemos.org."]),
        ("adalovelace@gmail.com", ["Ada.Lovelace+x@gmail.com", "a.d.a.lovelace@googlemail.com", "adalovelace@GMAIL.com"]),
        ("ada.lovelace@outlook.com", ["Ada.Lovelace@outlook.com"]),
        ("straße@xn--bcher-kva.de".replace("ß", "ss"), ["straße@bücher.de", "STRASSE+1@BÜCHER.DE"]),
        ("+1@wemos.org", ["+1@wemos.org"]),
        ('"a b"@c@wemos.org', ['"a b"@c@wemos.org']),
        ("ada", ["ada", " ADA "]),
        ("ada@[127.0.0.1]", ["Ada@[127.0.0.1]"]),
    ],
)
def test_one_mailbox_has_one_address(canonical: str, addresses: list[str]) -> None:
    assert {address: canonical_address(address) for address in addresses} == dict.fromkeys(addresses, canonical)


def test_the_domain_of_an_address() -> None:
    addresses = ["Ada@Wemos.ORG", "a@b@bücher.de", "ada", "ada@", "ada@localhost", "ada@127.0.0.1"]
    assert [mail_domain(address) for address in addresses] == ["wemos.org", "xn--bcher-kva.de", "", "", "", ""]


def test_a_canonical_address_fits_its_column() -> None:
    assert len(canonical_address("ß" * 240 + "@bücher.de")) == LONGEST_ADDRESS
    assert shortened("a" * 254, 254) == "a" * 254
    assert shortened("a" * 300, 254) != shortened("a" * 301, 254)


@given(st.text(st.characters()))
def test_any_text_has_a_canonical_address_that_stays(text: str) -> None:
    assert canonical_address(canonical_address(text)) == canonical_address(text)
    host = canonical_host(text)
    assert host == host.lower()
    assert canonical_host(host) == host
