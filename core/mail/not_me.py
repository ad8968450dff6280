"""The link in every email that a stranger can cause: "this wasn't me", so that nobody can make us write to that address again.

It is about the address alone, of which it holds an HMAC. Emails that are about a row of their own (an endorsement, an invitation) have a
link that ends that row as well (`disown_url`).
"""

from datetime import timedelta

from core.links import tokens

from .suppression import STRANGERS, digest_of

PURPOSE = "core.not_me"
URL_NAME = "not_me"
LIFETIME = timedelta(days=180)
SUBJECT = "address:"


def link(address: str) -> str:
    """The URL of a new link for this address."""
    return tokens.make_url(URL_NAME, purpose=PURPOSE, subject=f"{SUBJECT}{digest_of(address, STRANGERS)}", lifetime=LIFETIME)
