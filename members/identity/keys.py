"""Who is the same? Keys for organisations and people, and the order in which names stand. Pure functions: no database, no network.

A key must never be too clever. It decides who may sign once, and an organisation that is taken for another cannot sign at all; two
keys for one organisation cost a moderator a look. So names are compared as they are read, not as they might have been meant.
"""

import re
import unicodedata
from urllib.parse import urlsplit

from core.mail.addresses import canonical_address, canonical_host, mail_domain, shortened
from core.search_words import fold

from .shared_hosts import FREE_MAIL, FREE_MAIL_NAMES, SECOND_LEVELS, SHARED_HOSTS, SITE_BUILDERS

LONGEST_KEY = 255
LONGEST_SORT_KEY = 160
_LONGEST_READ = 1000
_WWW = re.compile(r"^(www\.)+")
_SCHEME = re.compile(r"[a-z][a-z\d+.-]*://", re.IGNORECASE)
# Letters that have no accent to take away but stand in the alphabet where these do.
PLAIN_LETTERS = str.maketrans(
    {"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l", "ŋ": "n", "œ": "oe", "ŧ": "t"}
    | {"ƙ": "k", "ɓ": "b", "ɖ": "d", "ɗ": "d", "ɛ": "e", "ƒ": "f", "ɣ": "g", "ɩ": "i", "ɲ": "n", "ɔ": "o", "ʊ": "u", "ʋ": "v", "ƴ": "y"}
    | {"&": " and "}
)
_SILENT = frozenset(".'’‘`´ʻʼ")
_ARTICLES = frozenset(("the", "a", "an"))
# Only those that are no word or abbreviation of a country in any name: SA may be South Africa, AG and CO a part of an acronym.
_LEGAL_FORMS = frozenset(
    (
        *("ltd", "limited", "inc", "incorporated", "llc", "llp", "plc", "cic", "cio", "clg", "npc", "ngo", "ong"),
        *("ev", "gmbh", "ggmbh", "asbl", "aisbl", "vzw", "ivzw", "onlus", "stichting"),
    )
)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


# Hosts and addresses


def web_domain(url: str) -> str:
    """The host that identifies the owner of a website: "wemos.org" of "https://www.Wemos.org:443/en". The scheme may be missing.

    In lower case and ASCII (IDNA 2008 with the mapping of UTS 46), without port and `www.`. Empty for what is no http address, for IP
    addresses, for public suffixes such as co.ug, and for hosts that belong to many; of a website builder the subdomain is somebody's.
    """
    url = url.strip()
    try:
        parts = urlsplit(url if _SCHEME.match(url) else f"https://{url.lstrip('/')}")
        name = parts.hostname or ""
    except ValueError:
        return ""
    # With an @ it is a mail address, or one host dressed as another.
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return ""
    host = _WWW.sub("", canonical_host(name))
    return host if _has_owner(host) and not _belongs_to_many(host) else ""


def is_free_mail(address: str) -> bool:
    """Whether the address is at a provider where anybody gets one."""
    return _is_free_mail_host(mail_domain(address))


def same_domain(address: str, website: str) -> bool:
    """Whether the mail address is at the website's own domain: the same host, or one below the other.

    Never for free mail, website builders or public suffixes: having an address there proves nothing.
    """
    mail, site = mail_domain(address), web_domain(website)
    if not site or not _has_owner(mail) or _belongs_to_many(mail):
        return False
    return mail == site or mail.endswith(f".{site}") or site.endswith(f".{mail}")


def _has_owner(host: str) -> bool:
    labels = host.split(".")
    return len(labels) > 2 or (len(labels) == 2 and not (len(labels[1]) == 2 and labels[0] in SECOND_LEVELS))


def _belongs_to_many(host: str) -> bool:
    labels = host.split(".")
    above = {".".join(labels[place:]) for place in range(len(labels))}
    return host in SITE_BUILDERS or _is_free_mail_host(host) or not above.isdisjoint(SHARED_HOSTS)


def _is_free_mail_host(host: str) -> bool:
    name, _, suffix = host.partition(".")
    return host in FREE_MAIL or (name in FREE_MAIL_NAMES and (suffix in ("com", "net") or bool(re.fullmatch(r"(com?\.)?[a-z]{2}", suffix))))


# Keys


def organisation_key(name: str, country: str, website: str) -> str:
    """The same for the same organisation: its web domain, else its folded name with its country.

    Of the name, accents, case, punctuation, a leading "The" and legal forms at the ends (e.V., Ltd) do not count. At most LONGEST_KEY.
    """
    domain = web_domain(website)
    return shortened(f"domain:{domain}" if domain else f"name:{_essence(name)}|{country.upper()}", LONGEST_KEY)


def person_key(address: str) -> str:
    """The same for the same mailbox, at most LONGEST_KEY."""
    return shortened(f"mail:{canonical_address(address)}", LONGEST_KEY)


def name_key(name: str, country: str, affiliation: str) -> str:
    """Of a person without an address, as on paper: the folded name with country and affiliation. Never an organisation's key."""
    who = " ".join(name_words(name)) or name.casefold()
    return shortened(f"name:{who}|{country.upper()}|{' '.join(name_words(affiliation))}", LONGEST_KEY)


def _essence(name: str) -> str:
    """The words that make the name: "wemos" of "Stichting Wemos" and of "WEMOS e.V."; at least one is left."""
    words = name_words(name)
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words = words[:-1]
    while len(words) > 1 and words[0] in _LEGAL_FORMS:
        words = words[1:]
    return " ".join(words) or name.casefold()


def name_words(name: str) -> list[str]:
    """The folded words of a name, to compare or search by. Dots and apostrophes fall away (U.S.A. is usa), other signs part words.

    Folding takes away accents, Arabic vowel points, Thai tone marks; the vowel signs of Indic scripts are letters and stay.
    """
    folded = fold(name[:_LONGEST_READ]).casefold().translate(PLAIN_LETTERS)
    return "".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in folded if not _is_silent(char)).split()


def _is_silent(char: str) -> bool:
    return char in _SILENT or unicodedata.category(char) == "Cf"


# Order


def sort_key(name: str) -> str:
    """A text to order names by: folded, without a leading article, quotes and other signs. At most LONGEST_SORT_KEY characters.

    Made of a-z and 0-9 alone, because that is what SQLite's bytes and every collation of PostgreSQL put in the same order: a space
    becomes 0, a digit 1 and the digit, and a letter of another script, after all of ours, zz and its number.
    """
    return "".join(_sorting(char) for char in " ".join(_without_article(name)))[:LONGEST_SORT_KEY]


def letter(name: str) -> str:
    """Where the name stands in an A-Z: "A" to "Z", or "#" for digits and other scripts."""
    first = "".join(_without_article(name))[:1]
    return first.upper() if first.isascii() and first.isalpha() else "#"


def _without_article(name: str) -> list[str]:
    words = name_words(name)
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _sorting(char: str) -> str:
    if char == " ":
        return "0"
    if char.isascii():
        return f"1{char}" if char.isdigit() else char
    number = ord(char)
    return "zz" + "".join(_DIGITS[number // 36**place % 36] for place in (3, 2, 1, 0))
