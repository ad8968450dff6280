"""Compression of public pages, which the page cache keeps compressed."""

import zlib

import brotli

# Below this, the headers cost more than compression saves.
MIN_BYTES = 500
_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/ld+json", "application/manifest+json", "image/svg+xml")
_TEXT_SUFFIXES = ("+xml", "+json", "/xml")


def choose_coding(accept: str) -> str:
    """The coding for an Accept-Encoding header (RFC 9110 §12.5.3): `br`, `gzip`, or '' for none."""
    return next((coding for coding in ("br", "gzip") if accepts(accept, coding)), "")


def accepts(accept: str, coding: str) -> bool:
    """Whether an Accept-Encoding header names this coding, and not with the weight 0."""
    codings = {}
    for entry in accept.lower().split(","):
        name, _, weight = entry.partition(";")
        codings[name.strip()] = weight.replace(" ", "").removeprefix("q=") not in ("0", "0.0", "0.00", "0.000")
    return codings.get(coding, False)


def should_compress(content: bytes, content_type: str) -> bool:
    """Whether a body is text of sufficient length. Pictures and archives are compressed already."""
    kind = content_type.partition(";")[0].strip().lower()
    return len(content) >= MIN_BYTES and (kind.startswith(_TEXT_TYPES) or kind.endswith(_TEXT_SUFFIXES))


def compress(content: bytes, coding: str) -> bytes:
    """The body in that coding, `br` or `gzip`. Only for public content, because compression can leak secrets (BREACH)."""
    if coding == "br":
        return brotli.compress(content, mode=brotli.MODE_TEXT, quality=5)
    gzip = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return gzip.compress(content) + gzip.flush()
