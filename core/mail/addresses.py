"""Email addresses: the host behind the @, and the one spelling by which addresses are compared. Pure functions."""

import hashlib
import re
import unicodedata

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
        host = name.lower() if name.isascii() else idna.encode(name, uts46=True).decode()
    except UnicodeError:
        return ""
    host = host.removesuffix(".")
    return host if _HOST.fullmatch(host) else ""


def shortened(key: str, limit: int) -> str:
    """The key, or its beginning and the SHA-256 of all of it if it is longer than the limit."""
    if len(key) <= limit:
        return key
    digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
    return f"{key[: limit - len(digest) - 1]}#{digest}"
