"""What an applicant, a seat of the committee or a member does with the pages behind their links, for tests through the door."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from core.links import tokens
from core.models import OutgoingMail
from members.applications.emails import APPLICATION
from members.applications.emails import PAGES as APPLICATION_PAGES
from members.committee.emails import PAGE, VOTE
from members.membership.emails import LIFETIMES
from members.membership.emails import PAGES as MEMBERSHIP_PAGES
from members.models.subjects import subject

from .endorsing import began, hidden, parsed, text_of

APPLY, LINK = "/join/apply/", "/members/link/"
# What is typed on each page of the form.
PAGES: dict[str, dict[str, str]] = {
    "organisation": {
        "name": "Midwives of Gulu",
        "acronym": "MoG",
        "other_names": "Gulu Midwives’ Union",
        "country": "UG",
        "kind": "professional",
        "website": "midwives-gulu.example",
        "category": "member",
    },
    "work": {
        "countries_of_work": "Uganda, South Sudan\nKorea, South",
        "founded": "1998",
        "size": "240 members",
        "registration": "NGO bureau 1234",
        "work": "It trains midwives in rural clinics,\r\nand speaks for them.",
        "for_profit_funding": "no",
        "for_profit_explanation": "",
    },
    "reasons": {
        "motivation": "We want to be heard in Geneva.",
        "goals": "Commitments monitored and kept",
        "working_groups": "",
        "heard": "",
        "agrees_vision": "on",
        "agrees_terms": "on",
    },
    "people": {
        "representative_name": "Akello Apio",
        "representative_position": "Director",
        "representative_email": "akello@midwives-gulu.example",
        "representative_phone": "+256 772 123456",
        "second_name": "Opio Okot",
        "second_position": "",
        "second_email": "opio@midwives-gulu.example",
    },
}


def ask(address: str, client: Client | None = None, **changes: str) -> Any:
    """Ask for the link to the form, after a minute's thought."""
    return (client or Client()).post(APPLY, {"email": address, "began": began(APPLY), **changes})


def link_in(mail: OutgoingMail) -> str:
    """The path of the link that acts."""
    [found] = set(
        re.findall(r"/(?:join/application|members/(?:vote|profile|year|address/confirm|address/stop))/(?:read/)?[\w-]{43}/", text_of(mail))
    )
    return str(found)


# The purposes of links in the emails of members, each with the name of its view.
LINK_PAGES = {**APPLICATION_PAGES, VOTE: PAGE, **MEMBERSHIP_PAGES}


def base_of(row: Any, purpose: str = APPLICATION) -> str:
    """The path of a new link."""
    lifetime = LIFETIMES.get(purpose, timedelta(days=180))
    token = tokens.make(purpose=purpose, subject=subject(row), lifetime=lifetime)
    return reverse(LINK_PAGES[purpose], args=(token,))


def write_all(base: str, client: Client | None = None, **changes: str) -> None:
    """Fill in every page, and save."""
    client = client or Client()
    for word, typed in PAGES.items():
        mine = {name: changes[name] for name in typed if name in changes}
        assert client.post(f"{base}{word}/", {**typed, **mine}).status_code == 303, word


def fill_in(page: Any, typed: dict[str, str]) -> None:
    """In a browser: what belongs on the page, by the names of its fields."""
    for name, text in typed.items():
        field = page.locator(f"[name={name}]")
        kind = field.first.evaluate("field => field.type")
        if kind == "radio":
            page.locator(f"[name={name}][value={text}]").check()
        elif kind == "checkbox" and field.count() > 1:
            for line in filter(None, text.splitlines()):
                page.locator(f'[name={name}][value="{line}"]').check()
        elif kind == "checkbox":
            field.check()
        elif kind == "select-one":
            field.select_option(text)
        else:
            field.fill(text)


def stamped(address: str, **typed: str) -> dict[str, str]:
    """The form at this address with what it carries along."""
    return {**hidden(Client().get(address)), **typed}


def chosen(page: Any, name: str) -> list[str]:
    """The choices of this list that the page shows as chosen."""
    [field] = [field for field in parsed(page).iter("select") if field.get("name") == name]
    return [option.get("value") for option in field if "selected" in option.attrib]
