"""What is unverified never stands in the way of what is verified, whichever way each comes; the secretariat chooses between the rest."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from endorsements.imports.reader import read_list
from endorsements.imports.workflow import import_list
from endorsements.models import BulkAct, DeclarationPage, Endorsement, ImportedList, InitialSignatory
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import bulk
from endorsements.moderation import workflow as moderation
from endorsements.moderation.checks import checks_of
from endorsements.responses import workflow as responses
from endorsements.responses.queries import not_asked
from endorsements.signing import workflow as signing
from endorsements.signing.emails import MANAGE
from endorsements.signing.workflow import Outcome, SignatoryIsListed
from endorsements.states import Answer, HoldReason, ListingRule, Source, State
from members.models import Contact, Organisation
from tests.support.concurrency import at_once
from tests.support.declarations import confirmed, endorse, open_declaration, submitted, typed
from tests.support.endorsing import link_in, link_of, mails, press, sent
from tests.support.members import make_contact, make_organisation

DECIDE, MERGE, QUEUE = "/admin/endorsements/{}/decide/", "/admin/endorsements/{}/merge/", "/admin/endorsement-queue/"


def make_member() -> Organisation:
    return make_organisation("Nurses of Lira", country="UG", website="https://lira-nurses.example/")


@pytest.fixture
def member(home: Any) -> Organisation:
    return make_member()


@pytest.fixture
def contact(member: Organisation) -> Contact:
    return make_contact(member, "nandi@gmail.com")


STRANGER = {"name": "Nurses of Lira", "website": "https://lira-nurses.example/", "email": "stranger@gmail.com", "signatory": "A Stranger"}
DIRECTOR = STRANGER | {"email": "director@lira-nurses.example", "signatory": "The Director"}


def state(row: Endorsement) -> str:
    row.refresh_from_db()
    return str(row.state)


def submit_as_director(declaration: Any) -> str:
    """The link that the director gets after filling in the form."""
    before = len(mails("confirm"))
    sent(f"{declaration.url}endorse/", **DIRECTOR)
    assert len(mails("confirm")) == before + 1, "the director gets a link, whatever is there"
    assert not mails("stands_already")
    return link_in(mails("confirm")[-1], "confirm")


def director(declaration: Any) -> Endorsement:
    return Endorsement.objects.for_declaration(declaration).get(email=DIRECTOR["email"])


# Waiting, held, listed


@pytest.mark.one_database
@pytest.mark.parametrize("then", ["pending", "confirmed", "held"])
def test_a_claim_that_waits_keeps_nobody_out(member: Organisation, then: str) -> None:
    declaration = open_declaration()
    claim = submitted(declaration, **STRANGER) if then == "pending" else confirmed(declaration, **STRANGER)
    if then == "held":
        moderation.hold(claim, by=None, now=timezone.now())
    assert press(submit_as_director(declaration)).status_code == 303
    assert (director(declaration).state, state(claim)) == (State.LISTED, then)
    if then != "pending":
        [check] = [check for check in checks_of([claim])[claim.pk].checks if getattr(check, "others", ()) == (director(declaration),)]
        assert check.tone == "doubt"
    else:
        assert signing.confirm(claim, version=sign_on_of(declaration).version, now=timezone.now()) == Outcome.ALREADY_ENDORSED


@pytest.mark.one_database
def test_a_claim_in_the_list_gives_way_and_waits(home: Any, secretary_client: Client) -> None:
    declaration = open_declaration(organisation_rule=ListingRule.ALL)
    claim = confirmed(declaration, **STRANGER)
    assert claim.state == State.LISTED, "nobody knows the organisation yet"
    make_member()
    manage = link_of(claim, MANAGE)
    press(submit_as_director(declaration))
    assert (director(declaration).state, state(claim), claim.hold_reason) == (State.LISTED, State.HELD, HoldReason.OUTRANKED)
    assert Client().get(manage).status_code == 200
    assert not [
        mail for mail in mails() if mail.recipient == claim.email and mail.purpose not in ("endorsements.confirm", "endorsements.confirmed")
    ]
    assert secretary_client.get(QUEUE).content.decode().count("stranger@gmail.com")


@pytest.mark.one_database
@pytest.mark.parametrize("rule", ListingRule.values)
def test_a_director_whose_organisation_nobody_knows_is_not_kept_out_either(home: Any, rule: str) -> None:
    declaration = open_declaration(organisation_rule=rule)
    claim = confirmed(declaration, **STRANGER)
    assert press(submit_as_director(declaration)).status_code == 303
    assert (state(claim), director(declaration).state) == (claim.state, State.CONFIRMED)


@pytest.mark.one_database
def test_two_claims_wait_beside_each_other(member: Organisation) -> None:
    declaration = open_declaration()
    first = confirmed(declaration, **STRANGER)
    second = confirmed(declaration, **STRANGER | {"email": "nandi@yahoo.com"})
    assert [state(first), state(second)] == [State.CONFIRMED] * 2
    assert press(submit_as_director(declaration)).status_code == 303


def test_what_a_colleague_approved_stays_until_a_colleague_exchanges_it(
    member: Organisation, secretary: Any, secretary_client: Client
) -> None:
    declaration = open_declaration()
    claim = confirmed(declaration, **STRANGER)
    moderation.approve(claim, by=secretary, now=timezone.now())
    press(submit_as_director(declaration))
    row = director(declaration)
    assert (row.state, state(claim)) == (State.CONFIRMED, State.LISTED)
    page = secretary_client.get(QUEUE).content.decode()
    assert reverse("endorsements:inspect", args=(claim.pk,)) in page
    answer = secretary_client.post(DECIDE.format(row.pk), {"action": "approve", "shown": "confirmed"}, follow=True)
    assert MERGE.format(row.pk) in answer.content.decode()
    assert (state(row), state(claim)) == (State.CONFIRMED, State.LISTED)
    secretary_client.post("/admin/endorsement-queue/chosen/", {"row": f"{row.pk}:confirmed", "action": "approve"})
    assert state(row) == State.CONFIRMED
    page = secretary_client.get(MERGE.format(row.pk)).content.decode()
    assert f'value="{claim.pk}:listed"' in page
    same = [f"{claim.pk}:listed", f"{row.pk}:confirmed"]
    secretary_client.post(MERGE.format(row.pk), {"same": same, "stays": f"{row.pk}:confirmed"})
    assert (state(row), state(claim), claim.merged_into) == (State.LISTED, State.DECLINED, row)
    act = BulkAct.objects.latest("pk")
    assert secretary_client.get(f"/admin/endorsement-queue/acts/{act.pk}/").status_code == 200
    assert bulk.undo(act, by=None, now=timezone.now()).restored == 2
    assert (state(row), state(claim)) == (State.CONFIRMED, State.LISTED)


@pytest.mark.one_database
def test_the_one_in_the_list_may_stay(member: Organisation, secretary: Any, secretary_client: Client) -> None:
    declaration = open_declaration()
    claim = confirmed(declaration, **STRANGER)
    moderation.approve(claim, by=secretary, now=timezone.now())
    press(submit_as_director(declaration))
    row = director(declaration)
    same = [f"{claim.pk}:listed", f"{row.pk}:confirmed"]
    secretary_client.post(MERGE.format(row.pk), {"same": same, "stays": f"{claim.pk}:listed"})
    assert (state(row), state(claim)) == (State.DECLINED, State.LISTED)


def test_approving_beside_a_verified_one_asks_which_stays(member: Organisation, secretary_client: Client) -> None:
    declaration = open_declaration()
    claim = confirmed(declaration, **STRANGER)
    press(submit_as_director(declaration))
    with pytest.raises(SignatoryIsListed):
        moderation.approve(claim, by=None, now=timezone.now())
    answer = secretary_client.post(DECIDE.format(claim.pk), {"action": "approve", "shown": "confirmed"}, follow=True)
    assert answer.status_code == 200
    assert MERGE.format(claim.pk) in answer.content.decode()
    assert (state(claim), director(declaration).state) == (State.CONFIRMED, State.LISTED)


def test_a_second_person_makes_a_claim_a_proof(home: Any) -> None:
    declaration = open_declaration(organisation_rule=ListingRule.ALL)
    claim = confirmed(declaration, **STRANGER)
    make_member()
    Endorsement.objects.update(second_email="colleague@lira-nurses.example")
    other = Endorsement.objects.get(pk=claim.pk)
    other.pk, other.state, other.email, other.address_key, other.listed_at = None, State.CONFIRMED, "b@yahoo.com", "b@yahoo.com", None
    other.save()
    assert signing.confirm_as_second_person(other, now=timezone.now()) == Outcome.DONE
    assert (state(other), state(claim)) == (State.LISTED, State.HELD)
    third = Endorsement.objects.get(pk=claim.pk)
    assert signing.confirm_as_second_person(third, now=timezone.now()) == Outcome.DONE
    assert (state(third), state(other)) == (State.HELD, State.LISTED), "what is held stays so"


@pytest.mark.one_database
def test_nothing_more_to_do_is_said_when_it_is_so(member: Organisation) -> None:
    declaration = open_declaration()
    press(submit_as_director(declaration))
    for address in ("stranger@gmail.com", "secretary@lira-nurses.example"):
        signing.submit(declaration, typed(**DIRECTOR | {"email": address}), now=timezone.now())
    assert [mail.recipient for mail in mails("stands_already")] == ["stranger@gmail.com", "secretary@lira-nurses.example"]
    assert len(mails("confirm")) == 1


# Members, imports, initial signatories


@pytest.mark.parametrize("rule", [ListingRule.VERIFIED, ListingRule.ALL])
def test_a_claim_does_not_speak_for_a_member(home: Any, rule: str) -> None:
    declaration = open_declaration(organisation_rule=rule)
    claim = confirmed(declaration, **STRANGER)
    contact = make_contact(make_member(), "nandi@gmail.com")
    if rule == ListingRule.VERIFIED:
        assert contact.organisation in not_asked(declaration, timezone.now())
    assert endorse(declaration, contact) == Outcome.DONE
    row = Endorsement.objects.for_declaration(declaration).get(source=Source.MEMBER)
    assert (row.state, state(claim)) == (State.LISTED, State.HELD if rule == ListingRule.ALL else State.CONFIRMED)


@pytest.mark.one_database
@pytest.mark.parametrize("is_approved", [False, True])
def test_a_member_says_no_though_somebody_claimed_yes(home: Any, secretary: Any, is_approved: bool) -> None:
    declaration = open_declaration(organisation_rule=ListingRule.VERIFIED if is_approved else ListingRule.ALL)
    claim = confirmed(declaration, **STRANGER)
    if is_approved:
        moderation.approve(claim, by=secretary, now=timezone.now())
    contact = make_contact(make_member(), "nandi@gmail.com")
    assert state(claim) == State.LISTED
    assert responses.record_answer(declaration, contact, answer=Answer.NO, now=timezone.now()) == Outcome.DONE
    assert (state(claim), claim.hold_reason) == (State.HELD, HoldReason.OUTRANKED)


@pytest.mark.one_database
def test_a_members_own_answer_waits_beside_what_a_colleague_approved(contact: Contact, secretary: Any) -> None:
    declaration = open_declaration()
    claim = confirmed(declaration, **STRANGER)
    moderation.approve(claim, by=secretary, now=timezone.now())
    assert endorse(declaration, contact) == Outcome.DONE
    row = Endorsement.objects.for_declaration(declaration).get(source=Source.MEMBER)
    assert (row.state, state(claim)) == (State.CONFIRMED, State.LISTED)
    assert endorse(declaration, contact) == Outcome.ALREADY_ENDORSED


def test_a_claim_keeps_nobody_out_of_an_import_or_the_initial_signatories(member: Organisation) -> None:
    declaration = open_declaration()
    waits = confirmed(declaration, **STRANGER)
    raw = b"name,country,website\nNurses of Lira,UG,lira-nurses.example\n"
    assert [entry.match for entry in read_list(raw, declaration, {}).entries] == [None]
    imported = ImportedList.objects.create(declaration=declaration, provenance="A letter", content=raw)
    assert import_list(imported, by=None, now=timezone.now())
    assert (imported.added, state(waits)) == (1, State.CONFIRMED)
    other = open_declaration("Another", organisation_rule=ListingRule.ALL)
    listed = confirmed(other, **STRANGER, country="KE")
    assert listed.state == State.CONFIRMED
    Endorsement.objects.filter(pk=listed.pk).update(state=State.LISTED, listed_at=timezone.now())  # before it was known
    page = DeclarationPage.objects.get(pk=other.pk)
    page.initial_signatories = [InitialSignatory(organisation=member)]
    page.save_revision().publish()
    assert state(listed) == State.HELD
    assert Endorsement.objects.for_declaration(other).listed().get().source == Source.INITIAL


# At once


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_confirm_at_once_and_one_is_listed() -> None:
    make_member()
    for number in range(4):
        declaration = open_declaration(f"Declaration {number}", organisation_rule=ListingRule.ALL)
        version = sign_on_of(declaration).version
        rows = [submitted(declaration, **DIRECTOR | {"email": f"{name}@lira-nurses.example"}) for name in ("a", "b")]
        rows += [submitted(declaration, **STRANGER | {"email": f"{name}@gmail.com"}) for name in ("c", "d")]

        def act(turn: int, rows: list[Endorsement] = rows, version: Any = version) -> Outcome:
            return signing.confirm(Endorsement.objects.get(pk=rows[turn].pk), version=version, now=timezone.now())

        outcomes = at_once(4, act)
        assert outcomes[:2].count(Outcome.DONE) == 1
        listed = Endorsement.objects.for_declaration(declaration).listed().get()
        assert listed.email.endswith("@lira-nurses.example")
        for row, outcome in zip(rows, outcomes, strict=True):
            row.refresh_from_db()
            assert row.is_live == (outcome == Outcome.DONE)


@pytest.mark.django_db(transaction=True)
def test_two_moderators_approve_two_of_one_signatory_at_once() -> None:
    make_member()
    for number in range(4):
        declaration = open_declaration(f"Declaration {number}")
        rows = [confirmed(declaration, **STRANGER | {"email": f"{name}@gmail.com"}) for name in ("c", "d")]

        def act(turn: int, rows: list[Endorsement] = rows) -> str:
            try:
                return str(moderation.approve(Endorsement.objects.get(pk=rows[turn].pk), by=None, now=timezone.now()))
            except SignatoryIsListed:
                return "refused"

        assert sorted(at_once(2, act)) == ["True", "refused"]
        assert sorted(state(row) for row in rows) == [State.CONFIRMED, State.LISTED]


@pytest.mark.django_db(transaction=True)
def test_undoing_and_approving_at_once_leaves_one_in_the_list() -> None:
    make_member()
    for number in range(4):
        declaration = open_declaration(f"Declaration {number}")
        first, second = (confirmed(declaration, **STRANGER | {"email": f"{name}@gmail.com"}) for name in ("c", "d"))
        moderation.approve(first, by=None, now=timezone.now())
        act = bulk.merge_all([first], into=second, by=None, now=timezone.now())
        moderation.hold(second, by=None, now=timezone.now())

        def do(turn: int, act: BulkAct = act, second: Endorsement = second) -> Any:
            try:
                if turn:
                    return bulk.undo(act, by=None, now=timezone.now())
                return moderation.approve(Endorsement.objects.get(pk=second.pk), by=None, now=timezone.now())
            except SignatoryIsListed:
                return "refused"

        at_once(2, do)
        assert sorted({state(first), state(second)} & {State.LISTED}) == [State.LISTED]
        assert Endorsement.objects.for_declaration(declaration).listed().count() == 1
