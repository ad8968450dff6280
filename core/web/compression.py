"""Fewer bytes on the way to a phone: public pages are compressed once and kept so."""

import zlib

import brotli

# Below this many bytes the headers weigh more than what is saved.
SMALLEST = 500
_WORDS = ("text/", "application/json", "application/javascript", "application/ld+json", "application/manifest+json", "image/svg+xml")
_WORDS_ENDING = ("+xml", "+json", "/xml")


def wanted(accept: str) -> str:
    """The coding to answer in for an Accept-Encoding header (RFC 9110 §12.5.3): `br`, `gzip`, or `` for none."""
    codings = {}
    for entry in accept.lower().split(","):
        name, _, weight = entry.partition(";")
        codings[name.strip()] = weight.replace(" ", "").removeprefix("q=") not in ("0", "0.0", "0.00", "0.000")
    return next((coding for coding in ("br", "gzip") if codings.get(coding)), "")


def is_worth_it(content: bytes, content_type: str) -> bool:
    """Whether a body is text of some length. Pictures and archives are compressed already."""
    kind = content_type.partition(";")[0].strip().lower()
    return len(content) >= SMALLEST and (kind.startswith(_WORDS) or kind.endswith(_WORDS_ENDING))


def compress(content: bytes, coding: str) -> bytes:
    """The body in that coding, `br` or `gzip`. Only for what every reader may see: compressed secrets leak (BREACH)."""
    if coding == "br":
        return brotli.compress(content, mode=brotli.MODE_TEXT, quality=5)
    gzip = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return gzip.compress(content) + gzip.flush()
