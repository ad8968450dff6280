"""What the checks of an application say about who applies."""

import pytest
from django.utils import timezone

from members.applications import workflow as applications
from members.models import Application
from members.review import workflow as review
from members.review.checks import DOUBT, GOOD, PLAIN, checks_for
from members.states import ApplicationState
from tests.support.members import checking, make_organisation, submitted


def test_evidence_finds_who_it_may_be_and_what_came_before(db: None) -> None:
    known = make_organisation("Gulu Midwives’ Union", aliases="Midwives of Gulu")
    former = checking()
    review.decline(former, reason="unverified", by=None, now=timezone.now())  # type: ignore[arg-type]
    found = checks_for([submitted("someone@gmail.com", representative_email="someone@gmail.com")])
    told = [check.text for checks in found.values() for check in checks.all]
    assert any(known.name in text and "Member" in text for text in told)
    assert any(former.name in text and str(ApplicationState.DECLINED.label) in text for text in told)
    assert any("gmail.com" in text for text in told)


def test_only_a_domain_known_from_elsewhere_speaks_for_an_applicant(db: None) -> None:
    """The address that received the link is judged, and every other is not confirmed."""
    other = {"name": "Else", "acronym": "", "other_names": "", "website": "https://else.example", "second_email": "b@b.example"}

    def tones(row: Application) -> list[tuple[str, str]]:
        return [(check.tone, check.text) for check in checks_for([row])[row.pk].all]

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
    [check] = [check for check in checks_for([row])[row.pk].all if "World Health Organization" in check.text]
    assert check.tone == DOUBT
