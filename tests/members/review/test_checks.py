"""What the checks of an application say about who applies."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.applications import workflow as applications
from members.applications.keys import keep_keys_of_others
from members.erasure import erase_application
from members.models import Application, ApplicationKey
from members.review import workflow as review
from members.review.checks import DOUBT, GOOD, PLAIN, checks_for, similar_checks
from members.states import ApplicationState
from tests.support.members import asked, checking, make_organisation, submitted
from tests.support.query_plans import analyse, reads_all


def test_evidence_finds_who_it_may_be_and_what_came_before(db: None) -> None:
    known = make_organisation("Gulu Midwives’ Union", aliases="Midwives of Gulu")
    former = checking()
    review.decline(former, reason="unverified", by=None, now=timezone.now())  # type: ignore[arg-type]
    found = checks_for([submitted("someone@gmail.com", representative_email="someone@gmail.com")])
    told = [check.text for checks in found.values() for check in checks]
    assert any(known.name in text and "Member" in text for text in told)
    assert any(former.name in text and str(ApplicationState.DECLINED.label) in text for text in told)
    assert any("gmail.com" in text for text in told)


def test_only_a_domain_known_from_elsewhere_speaks_for_an_applicant(db: None) -> None:
    """The address that received the link is judged, and every other is not confirmed."""
    other = {"name": "Else", "acronym": "", "other_names": "", "website": "https://else.example", "second_email": "b@b.example"}

    def tones(row: Application) -> list[tuple[str, str]]:
        return [(check.tone, check.text) for check in checks_for([row])[row.pk]]

    borrowed = submitted("stranger@gmail.com", **other, representative_email="director@else.example")
    found = tones(borrowed)
    assert GOOD not in {tone for tone, _text in found}
    assert any(tone == DOUBT and "director@else.example" in text for tone, text in found)
    applications.withdraw(borrowed, now=timezone.now())
    theirs = submitted("Director@else.example", **other, representative_email="director@else.example")
    found = tones(theirs)
    assert any(tone == PLAIN and "else.example" in text for tone, text in found)
    assert [text for tone, text in found if tone == GOOD or "Director@" in text or "director@" in text] == []
    make_organisation("Else", website="https://else.example")
    assert [text for tone, text in tones(theirs) if tone == GOOD and "else.example" in text]
    assert GOOD not in {tone for tone, _text in tones(borrowed)}, "what somebody else typed is still no proof"


@pytest.mark.parametrize("name", ["World Health Organization", "WHO Europe", "Wоrld Health Organisation"])
def test_an_applicant_with_a_borrowed_name_is_amber_and_the_owner_is_named(db: None, name: str) -> None:
    row = submitted("a@who-int.example", name=name, acronym="", other_names="", website="https://who-int.example")
    [check] = [check for check in checks_for([row])[row.pk] if "World Health Organization" in check.text]
    assert check.tone == DOUBT


def test_other_applications_are_found_by_stored_keys(db: None) -> None:
    """By name in another country, by domain, by address; also after an answer has changed the name, and not once they are erased."""
    none = {"acronym": "", "other_names": "", "website": ""}

    def named(name: str, email: str, country: str = "KE") -> dict[str, str]:
        return {**none, "name": name, "email": email, "representative_email": email, "country": country}

    mine = submitted(**named("Nurses of Gulu", "ada@gulu.example", "UG"))
    by_name = submitted(**named("The Nurses of Gulu", "b@b.example"))
    by_domain = submitted(**named("Somebody else", "c@gulu.example"))
    by_new_name = asked(("name", "Your full name?"), **named("Lira Clinic", "d@d.example", "TZ"))
    submitted(**named("Nurses of Lira", "e@e.example"))

    def similar() -> set[int]:
        found = similar_checks([mine])[mine.pk]
        return {int(check.url.strip("/").split("/")[-1]) for check in found}

    assert similar() == {by_name.pk, by_domain.pk}
    applications.answer(by_new_name, values={"name": "Nurses of Gulu"}, now=timezone.now())
    assert similar() == {by_name.pk, by_domain.pk, by_new_name.pk}
    for row in (by_name, by_domain):
        erase_application(row, by=None, now=timezone.now())
    assert similar() == {by_new_name.pk}
    ApplicationKey.objects.all().delete()  # a former release stores none
    assert similar() == set()
    keep_keys_of_others(timezone.now())
    assert similar() == {by_new_name.pk}


def test_no_check_reads_all_applications(db: None) -> None:
    rows = [
        submitted(f"a@n{number}.example", name=f"Nurses of place {number}", website=f"https://n{number}.example") for number in range(9)
    ]
    analyse()
    with CaptureQueriesContext(connection) as queries:
        similar_checks(rows[:3])
    about = [query["sql"] for query in queries.captured_queries if '"members_application' in query["sql"]]
    assert len(about) == 2
    assert not [sql for sql in about if reads_all(sql, "members_application") or reads_all(sql, "members_applicationkey")]
