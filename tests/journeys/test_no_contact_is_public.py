"""How to reach the people of our members is told nowhere: a contact with unmistakable data is looked for at every public address."""

import logging
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members.membership import workflow as membership
from members.models import Seat
from tests.support.declarations import confirmed, open_declaration
from tests.support.members import make_contact, make_organisation, submitted
from tests.support.public_pages import ERRORS, FORMS, KINDS
from tests.support.sitemap import mapped, sitemap_text

pytestmark = pytest.mark.one_database

NAME, SURNAME, PHONE, MAILBOX = "Zyxwena", "Qwertzuiop", "+999 77 4711 0815", "zyxwena.qwertzuiop@planted.example"
PLANTED = re.compile(f"{NAME}|{SURNAME}|4711.?0815|%40planted|@planted|{MAILBOX.partition('@')[0]}", re.IGNORECASE)
MORE = (
    *("/sitemap.xml", "/robots.txt", "/members/members.csv", "/members/members.json", "/members/?page=1", "/search/?q=planted"),
    *(
        "/feeds/all.rss",
        "/feeds/all.atom",
        "/feeds/all.json",
        "/join/apply/",
        "/join/apply/questions.txt",
        "/members/link/",
        "/members/planted/",
    ),
)


def test_a_planted_contact_is_found_at_no_public_address_and_in_no_log(client: Client, home: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # what the database is told is in no log of a site in use
    organisation = make_organisation("Planted", country="UG", website="https://planted.example/")
    contact = make_contact(organisation, MAILBOX, name=f"{NAME} {SURNAME}", position=f"Chair {SURNAME}", phone=PHONE)
    people = {"person_name": NAME, "person_email": MAILBOX, "alternate_name": SURNAME, "alternate_email": f"z.{MAILBOX}"}
    Seat.objects.create(organisation=organisation, **people)
    application = submitted(
        MAILBOX, representative_name=NAME, representative_email=MAILBOX, second_name=SURNAME, second_position=f"Tel. {PHONE}"
    )
    membership.propose_change(organisation, contact=contact, values={"summary": "We wait."}, logo=None, now=timezone.now())
    confirmed(open_declaration(), name="Planted", website="https://planted.example/", email=MAILBOX, country="UG")
    asked = client.post(reverse("member_link"), {"email": MAILBOX})
    assert asked.status_code in (200, 302)
    assert not PLANTED.search(asked.headers.get("Location", "")), "no address of mail stands in an address of ours"
    call_command("run_due", verbosity=0)

    paths = mapped(sitemap_text(client))
    assert "/members/planted/" in paths
    parts = mapped(client.get("/sitemap.xml").content.decode())
    errors = (address for address, _status in ERRORS.values())
    looked_at = {*paths, *parts, *KINDS.values(), *FORMS.values(), *errors, *MORE}
    for address in sorted(looked_at):
        answer = client.get(address)
        told = f"{address}\n{dict(answer.items())}\n{b''.join(answer).decode()}"
        found = PLANTED.search(told)
        assert not found, (address, told[max(0, found.start() - 200) : found.end() + 50])
    assert application.pk
    assert not PLANTED.search(caplog.text)
