"""A sign-on: every state × every verb, its text and versions, its clock."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from core.due import run_all
from core.transitions import NotPossible, TransitionNotAllowed
from endorsements.declarations import workflow as declarations
from endorsements.models import DeclarationPage, Endorsement, InitialSignatory, Mailing, SignOn, TextVersion
from endorsements.models.sign_on import sign_on_of
from endorsements.signing import workflow as signing
from endorsements.signing.workflow import Outcome
from endorsements.states import SIGN_ON_TRANSITIONS, SignOnState, Source, State
from members.models import Organisation
from tests.support.concurrency import at_once
from tests.support.declarations import ORGANISATION, change_text, confirmed, make_declaration, open_declaration, recorded, submitted

STATES = ("draft", "circulating", "open", "closed", "delivered")
REFUSED, NOTHING, NOT_POSSIBLE = "refused", "nothing", "not possible"
EXPECTED: dict[str, tuple[str, ...]] = {
    #                    draft          circulating    open      closed        delivered
    "circulate": ("circulating", NOTHING, REFUSED, REFUSED, REFUSED),
    "stop_circulating": (NOTHING, "draft", REFUSED, REFUSED, REFUSED),
    "open": ("open", "open", NOTHING, "open", REFUSED),
    "close": (REFUSED, REFUSED, "closed", NOTHING, REFUSED),
    "correct": (NOTHING, NOTHING, NOTHING, NOTHING, NOTHING),
    "revise": (NOTHING, NOTHING, NOTHING, NOT_POSSIBLE, NOT_POSSIBLE),
}


def now() -> Any:
    return timezone.now()


VERBS: dict[str, Any] = {
    "circulate": lambda row: declarations.circulate(row, by=None, now=now()),
    "stop_circulating": lambda row: declarations.stop_circulating(row, by=None, now=now()),
    "open": lambda row: declarations.open_sign_on(row, by=None, now=now()),
    "close": lambda row: declarations.close(row, by=None, now=now()),
    "correct": lambda row: declarations.publish_text(row, is_new=False, note="", by=None, now=now()),
    "revise": lambda row: declarations.publish_text(row, is_new=True, note="", by=None, now=now()),
}
WAY = {"draft": (), "circulating": ("circulate",), "open": ("open",), "closed": ("open", "close"), "delivered": ("open", "close")}


def fresh(page: Any) -> SignOn:
    return SignOn.objects.select_related("version", "declaration").get(declaration_id=page.pk)


def in_state(state: str) -> Any:
    page = make_declaration(live=False)
    for verb in WAY[state]:
        VERBS[verb](fresh(page))
    if state == "delivered":  # the verb itself is tested with deliveries
        SignOn.objects.update(state=state)
    assert fresh(page).state == state
    return page


@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state(db: None, state: str) -> None:
    page = in_state(state)
    for verb, expectations in EXPECTED.items():
        expected = expectations[STATES.index(state)]
        with transaction.atomic():
            said = _said(page, verb)
            came = fresh(page).state
            again = _said(page, verb) if said == "" else said
            transaction.set_rollback(True)
        if expected in (REFUSED, NOT_POSSIBLE):
            assert (came, said) == (state, expected), verb
        else:
            assert (came, said, again) == (state if expected == NOTHING else expected, "", ""), verb


def _said(page: Any, verb: str) -> str:
    try:
        with transaction.atomic():
            VERBS[verb](fresh(page))
    except TransitionNotAllowed:
        return REFUSED
    except NotPossible:
        return NOT_POSSIBLE
    return ""


def test_the_table_names_every_state() -> None:
    assert set(SIGN_ON_TRANSITIONS) == set(SignOnState) == set(STATES)


def test_opening_publishes_the_page_and_freezes_its_text(db: None) -> None:
    page = make_declaration(live=False)
    VERBS["open"](fresh(page))
    page = DeclarationPage.objects.get(pk=page.pk)
    found = fresh(page)
    assert page.live
    assert "Pay them on time." in found.version.text
    assert (found.version.number, found.version.correction, len(found.version.sha256)) == (1, 0, 64)


def test_publishing_an_older_draft_does_not_bring_back_an_older_state(db: None) -> None:
    page = make_declaration()
    revision = page.latest_revision
    VERBS["open"](fresh(page))
    confirmed(DeclarationPage.objects.get(pk=page.pk))
    revision.publish()
    assert fresh(page).state == "open"


def test_nobody_opens_after_the_closing_time(db: None) -> None:
    page = make_declaration(closes_at=now() - timedelta(hours=1))
    with pytest.raises(NotPossible):
        VERBS["open"](fresh(page))
    assert fresh(page).state == "draft"


def test_a_correction_leaves_every_endorsement_where_it_is(db: None) -> None:
    recorded()
    page = open_declaration()
    row = confirmed(page)
    change_text(page, "Pay them on time!")
    version = declarations.publish_text(fresh(page), is_new=False, note="A full stop too few.", by=None, now=now())
    row.refresh_from_db()
    assert (version.number, version.correction) == (1, 1)
    assert (row.version.number, row.version.correction, row.state) == (1, 0, State.LISTED)
    assert not Mailing.objects.exists()
    assert "on time!" in str(DeclarationPage.objects.get(pk=page.pk).body)


def test_a_new_version_asks_again_and_moves_no_name_by_itself(db: None) -> None:
    page = open_declaration()
    row = confirmed(page)
    change_text(page, "Pay them twice.")
    version = declarations.publish_text(fresh(page), is_new=True, note="Doubled.", by=None, now=now())
    row.refresh_from_db()
    assert (version.number, row.version.number) == (2, 1)
    assert Mailing.objects.get().version == version
    assert signing.renew(row, version=row.version, now=now()) == Outcome.TEXT_CHANGED
    assert signing.renew(row, version=version, now=now()) == Outcome.DONE
    assert signing.renew(row, version=version, now=now()) == Outcome.DONE
    assert Endorsement.objects.get(pk=row.pk).version.number == 2


def test_a_link_from_before_a_new_version_does_not_sign_it(db: None) -> None:
    page = open_declaration()
    row = submitted(page)
    seen = row.version
    change_text(page, "Pay them twice.")
    declarations.publish_text(fresh(page), is_new=True, note="", by=None, now=now())
    assert signing.confirm(row, version=seen, now=now()) == Outcome.TEXT_CHANGED
    assert Endorsement.objects.get(pk=row.pk).state == State.PENDING


def test_a_changed_text_that_slips_past_the_editor_is_a_new_version(db: None) -> None:
    page = open_declaration()
    row = confirmed(page)
    change_text(page, "Pay them twice.").latest_revision.publish()
    assert fresh(page).version.number == 2
    assert Endorsement.objects.get(pk=row.pk).version.number == 1


def test_the_publish_button_waits_for_a_decision_on_a_changed_text(db: None) -> None:
    page = open_declaration()
    draft = change_text(page, "Pay them twice.")
    assert [field for field, _reason in draft.publishing_errors()] == ["body"]
    assert list(DeclarationPage.objects.get(pk=page.pk).publishing_errors()) == []


def test_other_changes_are_published_as_on_any_page(db: None) -> None:
    page = open_declaration()
    page.goal = 500
    page.save_revision().publish()
    assert (DeclarationPage.objects.get(pk=page.pk).goal, TextVersion.objects.filter(declaration=page).count()) == (500, 1)


def test_a_closed_declaration_opens_again_with_a_later_closing_time(db: None) -> None:
    page = open_declaration()
    declarations.close(fresh(page), by=None, now=now())
    page = DeclarationPage.objects.get(pk=page.pk)
    page.closes_at = now() + timedelta(days=30)
    page.save_revision()
    VERBS["open"](fresh(page))
    assert DeclarationPage.objects.get(pk=page.pk).closes_at.date() == page.closes_at.date()
    assert fresh(page).takes_endorsements(now() + timedelta(days=20))


def test_a_new_secret_link_makes_the_former_worthless(db: None) -> None:
    from core.links import tokens

    page = make_declaration(live=False)
    first = VERBS["circulate"](fresh(page))
    second = VERBS["circulate"](fresh(page))
    assert tokens.find(first, declarations.CIRCULATION) is None
    assert tokens.find(second, declarations.CIRCULATION).subject == f"declaration:{page.pk}"


def test_what_changed_while_circulating_is_a_new_version_at_the_opening(db: None) -> None:
    page = make_declaration(live=False)
    VERBS["circulate"](fresh(page))
    row = confirmed(page)
    change_text(page, "Pay them twice.")
    VERBS["open"](fresh(page))
    assert (fresh(page).version.number, Endorsement.objects.get(pk=row.pk).version.number) == (2, 1)
    assert Mailing.objects.count() == 1


def test_initial_signatories_are_endorsements_and_follow_the_page(db: None) -> None:
    known = Organisation.objects.create(name="Known To Us", slug="known", country="KE", website="https://known.example")
    page = make_declaration(live=False)
    page.initial_signatories = [InitialSignatory(organisation=known), InitialSignatory(name="Others", country="UG", sort_order=1)]
    page.save_revision()
    VERBS["open"](fresh(page))
    listed = Endorsement.objects.for_declaration(page).filter(source=Source.INITIAL).in_order()
    assert [(row.name, row.state, row.organisation) for row in listed] == [("Known To Us", "listed", known), ("Others", "listed", None)]
    page = DeclarationPage.objects.get(pk=page.pk)
    page.initial_signatories = [InitialSignatory(name="Others", country="UG")]
    page.save_revision().publish()
    assert [row.name for row in listed.all() if row.state == State.LISTED] == ["Others"]


def test_an_initial_signatory_who_endorses_too_counts_once(db: None) -> None:
    page = make_declaration(live=False, closes_at=now() + timedelta(days=1))
    page.initial_signatories = [InitialSignatory(name=ORGANISATION["name"], website=ORGANISATION["website"])]
    page.save_revision()
    VERBS["open"](fresh(page))
    page = DeclarationPage.objects.get(pk=page.pk)
    confirmed(page)
    assert Endorsement.objects.for_declaration(page).listed().get().source == Source.INITIAL


def test_the_clock_opens_and_closes_late_and_twice(db: None) -> None:
    start = now()
    page = make_declaration(opens_at=start + timedelta(hours=1), closes_at=start + timedelta(hours=2))
    run_all(start)
    assert fresh(page).state == "draft"
    run_all(start + timedelta(hours=1))
    run_all(start + timedelta(hours=1))
    assert fresh(page).state == "open"
    assert not fresh(page).takes_endorsements(start + timedelta(hours=2)), "closed by the clock before run_due came by"
    run_all(start + timedelta(days=3))
    assert fresh(page).state == "closed"


def test_a_draft_page_does_not_open_by_itself_and_a_circulating_one_does(db: None) -> None:
    start = now()
    page = make_declaration(live=False, opens_at=start)
    run_all(start)
    assert fresh(page).state == "draft"
    VERBS["circulate"](fresh(page))
    run_all(start)
    assert fresh(page).state == "open"
    assert DeclarationPage.objects.get(pk=page.pk).live


def test_late_confirmations_count_for_the_days_of_grace(db: None) -> None:
    page = open_declaration(grace_days=2)
    in_time, too_late = submitted(page), submitted(page, name="Another", website="", email="x@another.example")
    closing = page.closes_at
    declarations.close(fresh(page), by=None, now=closing)
    version = fresh(page).version
    assert signing.confirm(in_time, version=version, now=closing + timedelta(days=1)) == Outcome.DONE
    assert signing.confirm(too_late, version=version, now=closing + timedelta(days=3)) == Outcome.CLOSED


def test_an_unpublished_declaration_pauses_confirmations_and_loses_none(db: None) -> None:
    page = open_declaration()
    row = submitted(page)
    page.unpublish()
    row = Endorsement.objects.get(pk=row.pk)
    assert signing.confirm(row, version=row.version, now=now()) == Outcome.PAUSED
    page.save_revision().publish()
    assert signing.confirm(Endorsement.objects.get(pk=row.pk), version=row.version, now=now()) == Outcome.DONE


@pytest.mark.django_db(transaction=True)
def test_ten_who_open_at_once_open_once() -> None:
    page = make_declaration(live=False)
    opened = at_once(10, lambda _number: declarations.open_sign_on(fresh(page), by=None, now=now()))
    assert sum(opened) == 1
    assert TextVersion.objects.filter(declaration=page).count() == 1


def test_a_copied_declaration_has_a_sign_on_of_its_own(db: None) -> None:
    page = open_declaration()
    copy = page.copy(update_attrs={"slug": "copy", "title": "Copy"})
    assert sign_on_of(copy).state == "draft"
    assert sign_on_of(page).state == "open"
