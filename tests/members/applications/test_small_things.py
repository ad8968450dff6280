"""What applicants stumbled over: the Enter key, their own address, no country, terms unseen, boxes to tick, the same person twice."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from wagtail.models import Site

from members.applications.requirements import missing_answers
from members.models import Application, Contact, JoiningSettings, Organisation
from members.models.joining import joining_settings
from members.review import workflow as review
from pages.models import WorkingGroupPage
from tests.support.admin_forms import form_of, read_form
from tests.support.applying import PAGES, base_of
from tests.support.members import agreed, asked, draft, mails, make_contact, make_organisation
from tests.template_database import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
# Forms whose first button is not their main one, each with the reason.
FIRST_IS_HARMLESS = {
    "core/mail/admin/wording.html": "Enter shows the preview and saves nothing",
    "endorsements/moderation/admin/similar.html": "holding back can be undone, declining cannot",
}


def submit_buttons(form: Any) -> list[Any]:
    return form.select('button[type="submit"], input[type="submit"]')


def test_enter_on_the_answers_page_sends_them() -> None:
    row = asked(("logo", "A larger one?"), ("work", "How many?"))
    page = BeautifulSoup(Client().get(f"{base_of(row)}answers/").content, "html.parser")
    first, *others = submit_buttons(page.select_one("form.form"))
    assert (first["name"], first["value"]) == ("then", "send")
    assert "files" in [button["value"] for button in others]


def test_in_every_form_with_several_buttons_the_enter_key_presses_the_main_one() -> None:
    found = 0
    for file in sorted((ROOT / "templates").rglob("*.html")):
        name = str(file.relative_to(ROOT / "templates"))
        for form in BeautifulSoup(file.read_text(), "html.parser").select("form[method=post]"):
            buttons = submit_buttons(form)
            if len(buttons) < 2 or name in FIRST_IS_HARMLESS or "enter_button.html" in str(form).partition("<button")[0]:
                continue
            found += 1
            is_side_show = [bool({"quiet", "button-secondary", "no"} & set(button.get("class", []))) for button in buttons]
            assert not is_side_show[0] or all(is_side_show), name
    assert found > 3


@pytest.mark.parametrize("address", ["akello@midwives-gulu.example", "AKELLO@Midwives-Gulu.example", "akello+me@midwives-gulu.example"])
def test_nobody_invites_themselves(address: str) -> None:
    row = draft("akello@midwives-gulu.example")
    answer = Client().post(f"{base_of(row)}colleagues/", {"action": "invite", "email": address, "access": "read"})
    assert answer.status_code == 200
    assert BeautifulSoup(answer.content, "html.parser").select("#email_error")
    assert not row.invitations.exists()


def test_an_invited_colleague_does_not_take_their_own_right_away() -> None:
    row = draft("akello@midwives-gulu.example")
    invited = row.invitations.create(email="opio@midwives-gulu.example", address_key="opio@midwives-gulu.example", access="edit")
    Client().post(f"{base_of(invited)}colleagues/", {"action": "invite", "email": "Opio+x@midwives-gulu.example", "access": "read"})
    invited.refresh_from_db()
    assert invited.access == "edit"


# The country


@pytest.mark.parametrize(("sent", "is_missing", "is_global"), [("", True, False), ("global", False, True), ("UG", False, False)])
def test_no_country_is_chosen_and_never_assumed(sent: str, is_missing: bool, is_global: bool) -> None:
    row = draft(country="", countries_of_work=["UG", "KE"])
    page = f"{base_of(row)}organisation/"
    Client().post(page, PAGES["organisation"] | {"country": sent})
    row.refresh_from_db()
    assert ("country" in missing_answers(row), row.is_global) == (is_missing, is_global)
    assert form_of(Client().get(page))["country"] == [sent]


def test_an_application_from_before_stays_as_it_was() -> None:
    row = draft(country="", countries_of_work=["UG"])
    assert (row.works_worldwide, row.is_global, "country" in missing_answers(row)) == (None, True, False)


def test_a_member_chooses_a_country_or_none_on_purpose() -> None:
    from members.membership.emails import PROFILE

    contact = make_contact(make_organisation("Lira", country="UG"))
    page = f"{base_of(contact, PROFILE)}public/"
    form = read_form(Client(), page)
    assert Client().post(page, form | {"country": ""}).status_code == 200
    assert Client().post(page, form | {"country": "global"}).status_code == 303
    Organisation.objects.filter(pk=contact.organisation_id).update(country="")
    assert read_form(Client(), page)["country"] == ["global"]


# Vision and terms


def reasons(row: Application) -> str:
    return f"{base_of(row)}reasons/"


def test_the_terms_are_printed_above_the_box_and_kept_word_for_word() -> None:
    row = draft(agrees_terms=False, agrees_vision=False)
    html = Client().get(reasons(row)).content.decode()
    for line in joining_settings().terms.splitlines():
        assert html.index(line) < html.index('name="agrees_terms"')
    Client().post(reasons(row), read_form(Client(), reasons(row)) | {"agrees_terms": "on", "agrees_vision": "on"})
    row.refresh_from_db()
    assert (row.agrees_terms, row.terms_agreed) == (True, joining_settings().terms)
    assert joining_settings().vision in row.vision_agreed
    assert row.terms_agreed.splitlines()[0] in Client().get(f"{base_of(row)}review/").content.decode()


def test_who_ticked_a_box_under_other_words_is_asked_again() -> None:
    row = draft(agrees_terms=False)
    page, site = reasons(row), Site.objects.get(is_default_site=True)
    form = read_form(Client(), page) | {"agrees_terms": "on", "motivation": "To be heard."}
    JoiningSettings.objects.create(site=site, terms="We pay a thousand euros.")
    answer = Client().post(page, form)
    row.refresh_from_db()
    assert (answer.status_code, row.agrees_terms, row.motivation) == (200, False, "To be heard.")
    Client().post(page, read_form(Client(), page) | {"agrees_terms": "on"})
    row.refresh_from_db()
    assert (row.agrees_terms, row.terms_agreed) == (True, "We pay a thousand euros.")
    JoiningSettings.objects.update(terms="Nothing.")
    assert "agrees_terms" not in read_form(Client(), page), "the box is to be ticked again"


# Goals and working groups


def test_goals_and_working_groups_are_ticked_and_kept_at_admission() -> None:
    group = WorkingGroupPage.objects.live().first()
    assert group is not None
    row = agreed()
    Application.objects.filter(pk=row.pk).update(state="draft", goals="Our own goal", working_groups="")
    page = reasons(row)
    form = read_form(Client(), page)
    assert form["goals"] == ["Our own goal"], "what was typed before is still there"
    Client().post(page, form | {"goals": ["Our own goal", joining_settings().goal_lines[0]], "working_groups": [group.title]})
    row.refresh_from_db()
    assert set(row.goals.splitlines()) == {joining_settings().goal_lines[0], "Our own goal"}
    Application.objects.filter(pk=row.pk).update(state="with_committee")
    row.refresh_from_db()
    member = review.accept(row, organisation=None, summary="We train midwives.", by=None, now=timezone.now())
    assert member is not None
    assert (set(member.goals.splitlines()), member.working_groups) == (set(row.goals.splitlines()), group.title)
    assert member.summary == "We train midwives."


def test_the_secretary_words_the_public_summary_beside_the_answer(secretary_client: Client) -> None:
    from django.urls import reverse

    row = agreed(work="We were founded by a nurse. Call Akello at home.")
    url = reverse("applications:accept", args=(row.pk,))
    form = read_form(secretary_client, url)
    assert form["summary"] == [row.work]
    secretary_client.post(url, form | {"summary": "We train midwives.", "step": "do"})
    row.refresh_from_db()
    assert row.organisation is not None
    assert row.organisation.summary == "We train midwives."
    welcome = mails(purpose="members.welcome")
    assert welcome
    assert all(f"/members/{row.organisation.slug}/" in bytes(mail.content).decode().replace("=\n", "") for mail in welcome)


# The same person twice


@pytest.mark.parametrize("address", ["akello@midwives-gulu.example", "Akello+two@MIDWIVES-gulu.example"])
def test_the_second_contact_is_told_apart_on_the_page_where_it_is_typed(address: str) -> None:
    row = draft()
    answer = Client().post(f"{base_of(row)}people/", PAGES["people"] | {"second_email": address, "second_name": "Akello APIO"})
    page = BeautifulSoup(answer.content, "html.parser")
    assert page.select("#second_email_error")
    assert page.select("#second_name_error")
    assert not Contact.objects.exists()
