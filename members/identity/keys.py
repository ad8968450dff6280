"""Keys that identify, sort and search organisations and people by their names, email addresses and websites.

A key compares names as they are read, not as they might have been meant: an organisation mistaken for another cannot endorse at all,
while two keys for one organisation only cost a moderator a look.
"""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

from core.mail.addresses import canonical_address, canonical_host, mail_domain, shortened
from core.mail.providers import is_free_mail_host, is_registered_domain
from core.search_words import fold

from .shared_hosts import SHARED_HOSTS, SITE_BUILDERS

MAX_KEY_LENGTH = 255
MAX_SORT_KEY_LENGTH = 160
_MAX_NAME_LENGTH = 1000
_WWW = re.compile(r"^(www\.)+")
_SCHEME = re.compile(r"[a-z][a-z\d+.-]*://", re.IGNORECASE)
# Letters without an accent to remove, and the plain letters that they are sorted and searched as.
BASE_LETTERS = str.maketrans(
    {"æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l", "ŋ": "n", "œ": "oe", "ŧ": "t"}
    | {"ƙ": "k", "ɓ": "b", "ɖ": "d", "ɗ": "d", "ɛ": "e", "ƒ": "f", "ɣ": "g", "ɩ": "i", "ɲ": "n", "ɔ": "o", "ʊ": "u", "ʋ": "v", "ƴ": "y"}
    | {"&": " and "}
)
_IGNORED_SIGNS = frozenset(".'’‘`´ʻʼ")
_ARTICLES = frozenset(("the", "a", "an"))
# Without those that may be a word or a country in a name: SA may be South Africa, AG and CO part of an acronym.
_LEGAL_FORMS = frozenset(
    (
        *("ltd", "limited", "inc", "incorporated", "llc", "llp", "plc", "cic", "cio", "clg", "npc", "ngo", "ong"),
        *("ev", "gmbh", "ggmbh", "asbl", "aisbl", "vzw", "ivzw", "onlus", "stichting"),
    )
)
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


# Hosts and addresses


@lru_cache(maxsize=8192)
def web_domain(url: str) -> str:
    """Return the host that identifies the owner of a website: "wemos.org" for "https://www.Wemos.org:443/en". The scheme is optional.

    In lower case and ASCII (IDNA 2008 with the mapping of UTS 46), without port and `www.`. Empty for other schemes, IP addresses, public
    suffixes such as co.ug and shared hosts; a subdomain at a website builder does identify its owner.
    """
    url = url.strip()
    try:
        parts = urlsplit(url if _SCHEME.match(url) else f"https://{url.lstrip('/')}")
        name = parts.hostname or ""
    except ValueError:
        return ""
    # With an @ it is an email address, or one host disguised as another.
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return ""
    host = _WWW.sub("", canonical_host(name))
    return host if is_registered_domain(host) and not _is_shared(host) else ""


def is_free_mail(address: str) -> bool:
    """Whether the email address is at a provider where anybody can get one."""
    return is_free_mail_host(mail_domain(address))


def same_domain(address: str, website: str) -> bool:
    """Whether the email address is at the website's own domain: the same host, or one below the other.

    False for free email providers, website builders and public suffixes, where an address proves nothing.
    """
    mail, site = mail_domain(address), web_domain(website)
    if not site or not is_registered_domain(mail) or _is_shared(mail):
        return False
    return mail == site or mail.endswith(f".{site}") or site.endswith(f".{mail}")


def _is_shared(host: str) -> bool:
    labels = host.split(".")
    above = {".".join(labels[place:]) for place in range(len(labels))}
    return host in SITE_BUILDERS or is_free_mail_host(host) or not above.isdisjoint(SHARED_HOSTS)


# Keys


def organisation_key(name: str, country: str, website: str) -> str:
    """Return the same key for the same organisation: its web domain, else its name with its country.

    Accents, case, punctuation, a leading "The" and legal forms at the ends (e.V., Ltd) do not count. At most MAX_KEY_LENGTH characters.
    """
    domain = web_domain(website)
    return shortened(f"domain:{domain}" if domain else f"name:{_distinctive_words(name)}|{country.upper()}", MAX_KEY_LENGTH)


def person_key(address: str, name: str) -> str:
    """Return the same key for the same name at the same mailbox, which two people may share. At most MAX_KEY_LENGTH characters."""
    words = " ".join(name_words(name)) or name.casefold()
    return shortened(f"mail:{canonical_address(address)}|{words}", MAX_KEY_LENGTH)


def name_key(name: str, country: str, affiliation: str) -> str:
    """Return the key of a person without an email address, as on paper: name, country and affiliation. Never an organisation's key."""
    words = " ".join(name_words(name)) or name.casefold()
    return shortened(f"name:{words}|{country.upper()}|{' '.join(name_words(affiliation))}", MAX_KEY_LENGTH)


def _distinctive_words(name: str) -> str:
    """Return a name without article and legal form, but at least one word: "wemos" for "Stichting Wemos" and "WEMOS e.V."."""
    words = name_words(name)
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words = words[:-1]
    while len(words) > 1 and words[0] in _LEGAL_FORMS:
        words = words[1:]
    return " ".join(words) or name.casefold()


def name_words(name: str) -> list[str]:
    """Return the folded words of a name, to compare or search by. Dots and apostrophes are dropped (U.S.A. is usa), other signs split.

    Folding drops accents, Arabic vowel points and Thai tone marks; the vowel signs of Indic scripts are letters and stay.
    """
    return list(_name_words(name[:_MAX_NAME_LENGTH]))


@lru_cache(maxsize=8192)
def _name_words(name: str) -> tuple[str, ...]:
    folded = fold(name).casefold().translate(BASE_LETTERS)
    return tuple("".join(char if unicodedata.category(char)[0] in "LMN" else " " for char in folded if not _is_ignored(char)).split())


def _is_ignored(char: str) -> bool:
    return char in _IGNORED_SIGNS or unicodedata.category(char) == "Cf"


# Order


def sort_key(name: str) -> str:
    """Return a text to order names by: folded, without a leading article or punctuation. At most MAX_SORT_KEY_LENGTH characters.

    To be ordered by its bytes (`SortKeyField`): a space becomes 0, a digit 1 and the digit, and a letter of another script, after all
    Latin ones, { and its number.
    """
    return "".join(_sort_code(char) for char in " ".join(_without_article(name)))[:MAX_SORT_KEY_LENGTH]


def index_letter(name: str) -> str:
    """Return the heading of a name in an A-Z index: "A" to "Z", or "#" for digits and other scripts."""
    first = "".join(_without_article(name))[:1]
    return first.upper() if first.isascii() and first.isalpha() else "#"


def _without_article(name: str) -> list[str]:
    words = name_words(name)
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _sort_code(char: str) -> str:
    if char == " ":
        return "0"
    if char.isascii():
        return f"1{char}" if char.isdigit() else char
    number = ord(char)
    return "{" + "".join(_DIGITS[number // 36**place % 36] for place in (3, 2, 1, 0))
