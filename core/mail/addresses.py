"""Email addresses and hosts: what is stored and sent, what is compared, and what is shown. Pure functions.

A host has one form, in ASCII, by IDNA 2008 (RFC 5891, with the mapping of UTS 46). Python's and Django's own encoders follow the rules of
2003, by which pflege-straße.example becomes pflege-strasse.example, the domain of somebody else: they must never see another host.
"""

import hashlib
import re
import unicodedata
from urllib.parse import urlsplit

import idna

LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3: 256 with its angle brackets
# RFC 1123 §2.1, with the underscore that some hosts have. The last label begins with a letter, so that no IP address is one.
_HOST = re.compile(r"(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.){1,126}[a-z][a-z\d-]{0,61}[a-z\d]")


def canonical_address(address: str) -> str:
    """One spelling for all addresses that lead to one mailbox: "ada@gmail.com" for "A.da+hw4all@GoogleMail.com". For comparing only.

    Servers may tell capitals apart (RFC 5321 §2.4), but none that people use does; nearly all of them ignore what follows a plus.
    Never raises, and is never longer than LONGEST_ADDRESS; what is not an address comes back in lower case.
    """
    local, at, domain = unicodedata.normalize("NFC", address.strip()).casefold().rpartition("@")
    domain = mail_domain(address) or domain
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        domain, local = "gmail.com", local.replace(".", "") or local
    return shortened(unicodedata.normalize("NFC", local) + at + domain, LONGEST_ADDRESS)


def mail_domain(address: str) -> str:
    """The host behind the last @, in lower case and ASCII; empty if there is none."""
    return canonical_host(address.strip().rpartition("@")[2]) if "@" in address else ""


def canonical_host(name: str) -> str:
    """A host name in lower case and ASCII (IDNA 2008), without a final dot; empty for anything else, IP addresses included."""
    if len(name) > 253:
        return ""
    try:
        host = name.lower() if name.isascii() else ".".join(map(_ascii_label, idna.uts46_remap(name, std3_rules=False).split(".")))
    except UnicodeError:
        return ""
    host = host.removesuffix(".")
    return host if _HOST.fullmatch(host) else ""


def _ascii_label(label: str) -> str:
    return label if label.isascii() else idna.alabel(label).decode()


def with_ascii_host(address: str) -> str:
    """The address as it is stored and sent: its host in ASCII. Unchanged if the host is in ASCII, or has no such form."""
    local, at, host = address.rpartition("@")
    return address if host.isascii() else f"{local}{at}{canonical_host(host.strip()) or host}"


def url_with_ascii_host(url: str) -> str:
    """The web address as it is stored: its host in ASCII. Unchanged if the host is in ASCII, or has no such form."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    user, at, place = parts.netloc.rpartition("@")
    name, colon, port = place.partition(":")
    host = "" if name.isascii() else canonical_host(name)
    return parts._replace(netloc=f"{user}{at}{host}{colon}{port}").geturl() if host else url


# A host as people read it

_ENCODED_LABELS = re.compile(r"(?<![a-z\d.-])(?:[a-z\d_-]+\.)*xn--[a-z\d-]+(?:\.[a-z\d_-]+)*", re.IGNORECASE)
# In these scripts whole words look Latin, so that such a name is shown only under a top-level domain of the same script.
_LIKE_LATIN = frozenset(("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"))
_TOGETHER = (
    frozenset(("CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "IDEOGRAPHIC")),
    frozenset(("CJK", "HANGUL")),
    frozenset(("CJK", "BOPOMOFO")),
)
_LATIN_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzßæøœłđðþħıŋ")


def readable_hosts(text: str) -> str:
    """An address or web address as people read it: "pflege-straße.example" for "xn--pflege-strae-x9a.example".

    A name that could pass for another (letters of several scripts, or of one that looks Latin) stays as it is.
    """
    return _ENCODED_LABELS.sub(lambda found: _readable_host(found[0]), text)


def _readable_host(host: str) -> str:
    try:
        labels = [idna.ulabel(label) if label.lower().startswith("xn--") else label for label in host.split(".")]
    except UnicodeError:
        return host
    top = _scripts(labels[-1])
    return ".".join(labels) if all(_is_unmistakable(label, top) for label in labels if not label.isascii()) else host


def _is_unmistakable(label: str, top: frozenset[str]) -> bool:
    scripts = _scripts(label)
    if scripts == {"LATIN"}:
        return all(unicodedata.normalize("NFD", char)[0] in _LATIN_LETTERS for char in label if char.isalpha())
    if any(scripts <= together for together in _TOGETHER):
        return True
    return len(scripts) == 1 and (scripts.isdisjoint(_LIKE_LATIN) or scripts == top)


def _scripts(label: str) -> frozenset[str]:
    """The scripts of a label's letters: the first words of their Unicode names."""
    return frozenset(unicodedata.name(char, "?").partition(" ")[0] for char in label if not (char.isdecimal() or char == "-"))


def shortened(key: str, limit: int) -> str:
    """The key, or its beginning and the SHA-256 of all of it if it is longer than the limit."""
    if len(key) <= limit:
        return key
    digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
    return f"{key[: limit - len(digest) - 1]}#{digest}"
