"""Who is the same: websites, addresses, names, and the order in which they stand."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.identity.keys import (
    MAX_KEY_LENGTH,
    MAX_SORT_KEY_LENGTH,
    index_letter,
    is_free_mail,
    name_key,
    organisation_key,
    person_key,
    same_domain,
    sort_key,
    web_domain,
)

# Websites


@pytest.mark.parametrize(
    ("domain", "websites"),
    [
        ("wemos.org", "https://www.wemos.org/ wemos.org WWW.Wemos.ORG. http://wemos.org:8080/en?x=http://y.org#z //wemos.org/a"),
        ("ug.wemos.org", "https://ug.wemos.org ug.wemos.org/"),
        ("xn--bcher-kva.de", "bücher.de http://www.BÜCHER.de/ xn--bcher-kva.de https://XN--BCHER-KVA.DE bu\u0308cher.de"),
        ("xn--p1b6ci4b4b3a.xn--h2brj9c", "उदाहरण.भारत"),
        ("wemos.or.ke", "www.wemos.or.ke wemos。or。ke"),
        ("wemos.wordpress.com", "https://wemos.wordpress.com/about www.wemos.wordpress.com"),
        ("wemos.free.fr", "http://wemos.free.fr"),
        ("", "facebook.com/wemos https://m.facebook.com/wemos https://nl.linkedin.com/in/x x.com/wemos twitter.com/wemos t.me/wemos"),
        ("", "https://sites.google.com/view/wemos docs.google.com/x wa.me/1 bit.ly/x linktr.ee/x github.com/x youtu.be/x instagram.com/x"),
        ("", "wordpress.com www.blogspot.com medium.com/@wemos gmail.com yahoo.co.uk"),
        ("", "org co.ug www.or.ke http://ac.za/ www.com localhost http://127.0.0.1/ 10.1 0x7f.1 http://[::1]:80/ [wemos.org none"),
        ("", "ada@wemos.org mailto:ada@wemos.org https://wemos.org@evil.org/ ftp://wemos.org javascript:alert(1)"),
        ("", "wemos..org -wemos.org wemos.org\\@evil.org http://℀.org \0.org ☕\ufe0f.☕ " + "é" * 300 + ".org"),
    ],
)
def test_the_host_that_says_whose_website_it_is(domain: str, websites: str) -> None:
    assert {website: web_domain(website) for website in websites.split()} == dict.fromkeys(websites.split(), domain)
    assert web_domain(" wemos.org\n") == "wemos.org"
    assert web_domain("we mos.org") == web_domain("") == web_domain(" ") == ""


# Addresses


def test_one_mailbox_has_one_key() -> None:
    addresses = ["Ada.Lovelace+x@gmail.com", "a.d.a.lovelace@googlemail.com", "adalovelace@GMAIL.com"]
    assert len({person_key(address, name) for address in addresses for name in ("Ada Øst", "ADA ØST", " Ada  Ost")}) == 1
    assert person_key("ada@example.org", "Ada Ost") != person_key("ada@example.org", "Ben Ost")


FREE = """
    gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.com.br yahoo.fr ymail.com outlook.com outlook.fr hotmail.com hotmail.co.uk live.nl
    msn.com icloud.com me.com mac.com aol.com gmx.net gmx.de web.de mail.ru yandex.ru yandex.com.tr proton.me protonmail.com tutanota.com
    zoho.com zohomail.com qq.com 163.com 126.com naver.com daum.net rediffmail.com orange.fr free.fr wanadoo.fr laposte.net t-online.de
    libero.it uol.com.br bol.com.br terra.com.br GMAIL.COM
"""
OWN = "wemos.org yahoo.wemos.org live.org yahoo.health gmx.wemos.nl notgmail.com gmail.com.wemos.org who.int terra.org.br"


def test_free_mail_is_known_all_over_the_world() -> None:
    assert [host for host in FREE.split() if not is_free_mail(f"ada@{host}")] == []
    assert [host for host in OWN.split() if is_free_mail(f"ada@{host}")] == []
    assert not is_free_mail("gmail.com")


@pytest.mark.parametrize(
    ("address", "website", "same"),
    [
        ("jane@wemos.nl", "https://www.wemos.nl/en", True),
        ("jane@ug.wemos.org", "wemos.org", True),
        ("jane@wemos.org", "https://ug.wemos.org", True),
        ("jane@BÜCHER.de", "xn--bcher-kva.de", True),
        ("jane@health.go.ug", "www.health.go.ug", True),
        ("jane@wemos.nl", "wemos.org", False),
        ("jane@nl.wemos.org", "ug.wemos.org", False),
        ("jane@evilwemos.org", "wemos.org", False),
        ("jane@wemos.org.evil.com", "wemos.org", False),
        ("jane@wemos.org", "wemos.org@evil.com", False),
        ("jane@org", "wemos.org", False),
        ("jane@co.ug", "wemos.co.ug", False),
        ("jane@or.ke", "wemos.or.ke", False),
        ("jane@gov.za", "health.gov.za", False),
        ("jane@gmail.com", "gmail.com", False),
        ("jane@free.fr", "http://wemos.free.fr", False),
        ("jane@wordpress.com", "wemos.wordpress.com", False),
        ("jane@facebook.com", "facebook.com/wemos", False),
        ("jane@wemos.org", "", False),
        ("", "wemos.org", False),
        ("wemos.org", "wemos.org", False),
    ],
)
def test_an_address_at_the_websites_own_domain(address: str, website: str, same: bool) -> None:
    assert same_domain(address, website) is same


# Names


@pytest.mark.parametrize(
    "names",
    [
        ["Wemos", "WEMOS", " wemos e.V.", "Wemos (Ltd.)", "Stichting Wemos", "The Wemos", "“Wemos” NGO", "We\u00admos, Inc.", "Wémos"],
        ["Médecins Sans Frontières", "Medecins sans frontieres", "MÉDECINS-SANS FRONTIE\u0300RES"],
        ["Health & Rights U.S.A.", "Health and Rights USA"],
        ["Côte d’Ivoire Santé", "Cote d'Ivoire Sante"],
        ["Łódź Ægis Ɗan", "Lodz Aegis Dan"],
        ["الشَّبَكَة", "الشبكة"],
        ["نظام می\u200cخواهم", "نظام میخواهم"],
        ["Ltd", "LTD."],
        ["The The", "the the"],
    ],
)
def test_one_name_written_in_many_ways_is_one(names: list[str]) -> None:
    assert len({organisation_key(name, "UG", "") for name in names}) == 1


def test_other_names_are_others() -> None:
    names = [
        *("Wemos", "Wemos Uganda", "Wemos Foundation", "We mos", "The", "Ltd", "NGO", "NGO Forum", "Section 27", "Section 2 7"),
        *("किताब", "कताब", "中华护理学会", "中国护理学会", "ጤና", "ጤን", "ߞߍߣ", "Здоровье", "Здоровья", "Αθήνα", "???", "!!!"),
    ]
    assert len({organisation_key(name, "UG", "") for name in names}) == len(names)


def test_an_organisation_is_its_domain_else_its_name_in_its_country() -> None:
    assert organisation_key("Wemos", "NL", "https://www.wemos.org/en") == "domain:wemos.org" == organisation_key("Other", "UG", "wemos.org")
    assert organisation_key("Wemos e.V.", "nl", "facebook.com/wemos") == "name:wemos|NL"
    assert organisation_key("Wemos", "NL", "") != organisation_key("Wemos", "UG", "")


def test_a_person_on_paper_is_a_name_in_a_country_at_a_place() -> None:
    assert name_key("Ada Lovelace", "gb", "St. Mary’s") == name_key("ADA  Lovelace,", "GB", "St Mary's") == "name:ada lovelace|GB|st marys"
    assert name_key("Ada", "GB", "") not in (name_key("Ada", "GB", "Wemos"), name_key("Ada", "NL", ""), organisation_key("Ada", "GB", ""))


def test_keys_fit_and_stay_apart_when_they_are_long() -> None:
    long = "Association of Associations " * 20
    keys = {organisation_key(long + end, country, "") for end in ("A", "B") for country in ("NL", "UG")}
    keys |= {person_key(f"{'a' * 300}{end}@wemos.org", "Ada") for end in "ab"}
    assert len(keys) == 6
    assert {len(key) for key in keys} == {MAX_KEY_LENGTH}


# Order


def test_names_stand_in_alphabetical_order() -> None:
    names = [
        *("3 Sisters", "350.org", "The AIDS Fund", "“Amref”", "Ärzte ohne Grenzen", "Health Care", "Healthcare", "Łódź Nurses"),
        *("N’Djamena Santé", "Östersund", "A Rocha", "Zambia Nurses", "ZZ Top", "Здоровье", "جمعية", "中华护理学会"),
    ]
    assert sorted(set(names), key=sort_key) == names
    assert [index_letter(name) for name in names] == list("##AAAHHLNORZZ###")
    assert (index_letter(""), index_letter("The"), index_letter("A"), index_letter("…")) == ("#", "T", "A", "#")


@given(name=st.text(), other=st.text())
def test_any_text_has_a_place(name: str, other: str) -> None:
    place = sort_key(name)
    assert place.isascii()
    assert set(place) <= set("0123456789abcdefghijklmnopqrstuvwxyz{")
    assert len(place) <= MAX_SORT_KEY_LENGTH
    assert index_letter(name) in "#ABCDEFGHIJKLMNOPQRSTUVWXYZ"


pieces = st.sampled_from(
    ["http://", "www.", ".", "org", "wemos", "co.ug", "/", "@", ":", "gmail.com", "é", "۰", "[", "xn--", "+", "%00", " "]
)
anything = st.one_of(st.text(st.characters()), st.lists(pieces).map("".join), st.binary().map(quote))


@given(text=anything, website=anything)
def test_any_text_has_keys_that_do_not_change(text: str, website: str) -> None:
    host = web_domain(text)
    assert web_domain(host) == host
    assert host.isascii()
    assert len(host) <= 253
    for key in (organisation_key(text, "UG", website), organisation_key(text, text, ""), person_key(text, text)):
        assert 5 <= len(key) <= MAX_KEY_LENGTH
    assert same_domain(text, website) in (True, False)
    assert not (is_free_mail(text) and same_domain(text, website))
