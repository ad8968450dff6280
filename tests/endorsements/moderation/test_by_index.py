"""What the queue and the list of all endorsements look up costs the same beside a hundred thousand others: an index answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.mail.addresses import mail_domain
from endorsements.models import Endorsement
from endorsements.moderation.checks import checks_of, similar
from endorsements.responses.queries import count_responses, organisations_with_response
from endorsements.signing import known
from endorsements.states import Kind, State
from tests.support.calls import record_calls
from tests.support.declarations import open_declaration
from tests.support.members import make_contact, make_organisation
from tests.support.query_plans import analyse, plan_of, reads_all
from tests.support.signatories import fill, list_names

pytestmark = pytest.mark.django_db
ADDRESSES = (
    *("ada@lira.example", "grace@lira.example", "ada@not-lira.example", "ada@lira.example.org", "lira.example@gulu.example", ""),
    *("ada@sub.lira.example", '"at@lira.example"@gulu.example', "no address", "lira.example"),
)


def test_the_domain_of_an_address_is_what_follows_its_last_at(home: Any) -> None:
    page = open_declaration()
    for number, address in enumerate(ADDRESSES):
        list_names(page, f"Name {number}", address_key=address)
    for domains in ({"lira.example"}, {"gulu.example", "sub.lira.example"}, {""}, set()):
        found = set(Endorsement.objects.at_domains(domains).exclude(address_key="lira.example").values_list("address_key", flat=True))
        assert found == {address for address in ADDRESSES if mail_domain(address) in domains - {""}}


def test_plans(home: Any) -> None:
    page = open_declaration()
    fill(page, 400, 1600)
    rows = list(Endorsement.objects.for_declaration(page))
    for row in rows:
        row.address_key, row.network = f"a@n{row.pk % 500}.example", f"n{row.pk % 300}"
    Endorsement.objects.bulk_update(rows, ["address_key", "network"])
    analyse()
    all_rows, now = Endorsement.objects.order_by(), timezone.now()
    plans = {
        "endorsement_domain": all_rows.at_domains(["lira.example", "gulu.example"]),
        "endorsement_near": all_rows.filter(network__in=["n1", "n2"], submitted_at__range=(now - timedelta(days=400), now)),
        "endorsement_newest": Endorsement.objects.order_by("-submitted_at", "-pk")[:50],
    }
    for index, queryset in plans.items():
        assert index in queryset.explain(), index
    one = Endorsement.objects.filter(pk=rows[0].pk).get()
    with CaptureQueriesContext(connection) as queries:
        checks_of([one])
        list(similar(one))
    for query in queries.captured_queries:
        if 'FROM "endorsements_endorsement"' in query["sql"] and "EXPLAIN" not in query["sql"]:
            assert not reads_all(query["sql"], "endorsements_endorsement"), query["sql"]
            assert "declaration_id_" not in plan_of(query["sql"]), "reads all of the declaration"


def test_names_are_compared_only_of_those_at_a_known_domain(home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    page = open_declaration()
    make_organisation("Nurses of Lira", website="https://lira.example/")
    own, other = (
        list_names(page, name, kind=Kind.ORGANISATION, website="https://x.example/", email="a@lira.example", address_key="a@lira.example")[
            0
        ]
        for name in ("Nurses of Lira", "Doctors of Gulu")
    )
    rows = list_names(page, *(f"Nurses of place {number}" for number in range(5)), kind=Kind.ORGANISATION)
    compared = record_calls(monkeypatch, known, "judge")
    assert known.verified([*rows, own, other]) == [False] * 5 + [True, False]
    assert [len(claims) for claims in compared] == [2]


@pytest.mark.one_database
def test_whom_a_declaration_was_endorsed_by_is_looked_up_once(admin_client: Client, home: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from endorsements.responses import queries

    page = open_declaration()
    for number in range(3):
        organisation = make_organisation(f"Nurses of place {number}", website=f"https://n{number}.example/")
        make_contact(organisation, f"c@n{number}.example")
        list_names(page, organisation.name, organisation=organisation, state=State.CONFIRMED, email=f"c@n{number}.example")
    asked = record_calls(monkeypatch, queries, "speaking")
    html = admin_client.get(reverse("member_answers:declaration", args=(page.pk,))).content.decode()
    assert [len(rows) for rows in asked] == [3]
    assert "?answer=yes" in html
    assert count_responses(organisations_with_response(page, timezone.now()))["yes"] == 3
