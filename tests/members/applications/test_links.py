"""After handing in, through the door: where it stands, the secretariat's questions, withdrawing, links of all ages."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from members.applications.emails import APPLICATION_READ
from members.models import Application
from members.review import workflow as review
from members.states import ApplicationState, DeclineReason
from tests.support.applying import PAGES, base_of
from tests.support.endorsing import parsed, words
from tests.support.members import asked, checking, draft, in_state, submitted, with_committee

from .test_form import picture

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.one_database]


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (ApplicationState.SUBMITTED, "It has arrived"),
        (ApplicationState.CHECKING, "is checking it"),
        (ApplicationState.MORE_INFORMATION, "We have asked you something"),
        (ApplicationState.WITH_COMMITTEE, "is deciding"),
        (ApplicationState.ACCEPTED, "Welcome!"),
        (ApplicationState.DECLINED, "We could not welcome"),
        (ApplicationState.WITHDRAWN, "It is withdrawn"),
    ],
)
def test_it_says_in_plain_words_where_it_stands_and_every_page_answers(state: str, told: str) -> None:
    row = in_state(state)
    base = base_of(row)
    page = Client().get(base)
    assert told in words(page)
    assert ("Withdraw the application" in words(page)) == row.may_be_withdrawn
    parsed(page)
    assert told in words(Client().get(base_of(row, APPLICATION_READ)))
    before = Application.objects.filter(pk=row.pk).values().get()
    for word in (*PAGES, "files", "review", "answers", "delete"):
        assert Client().get(f"{base}{word}/").status_code in (200, 303), word
    assert Client().get(f"{base}withdraw/").status_code in (200, 303)
    assert Application.objects.filter(pk=row.pk).values().get() == before
    for word in ("people", "reasons"):
        assert Client().post(f"{base}{word}/", PAGES[word]).status_code in (200, 409), word
    for word in ("review", "delete", "answers"):
        assert Client().post(f"{base}{word}/").status_code in (200, 303, 409), word
    row.refresh_from_db()
    assert row.state == state
    assert row.name == before["name"]


def test_it_tells_of_being_late_and_of_the_letter() -> None:
    row = submitted()
    review.set_promised_date(row, on=timezone.localdate() - timedelta(days=1), by=None)
    assert "we are late" in words(Client().get(base_of(row)))
    review.start_review(row, by=None, now=timezone.now())
    review.decline(row, reason=DeclineReason.COMMERCIAL, decision_message="With regret, <b>Ada</b>", by=None, now=timezone.now())
    told = words(Client().get(base_of(row)))
    assert "Funding from for-profit health business" in told
    assert "With regret, <b>Ada</b>" in told


def test_only_what_was_asked_about_is_answered_and_the_difference_is_kept() -> None:
    row = asked(("work", "How many midwives do you reach?"), ("", "Who may speak for you?"), ("logo", "A larger logo, please"))
    base = base_of(row)
    assert "How many midwives do you reach?" in words(Client().get(base))
    form = Client().get(f"{base}answers/")
    assert {field.get("name") for field in parsed(form).iter("textarea")} == {"work", f"reply_{row.questions.get(field='').pk}"}
    assert [button.get("value") for button in parsed(form).iter("button") if button.get("name") == "then"] == [
        "send",
        "files",
        "send",
        "stop",
    ]
    reply = f"reply_{row.questions.get(field='').pk}"
    kept = Client().post(f"{base}answers/", {"work": "Some 3,000 mothers", "name": "Others", "then": "stop"})
    assert kept.url == f"{base}?done=kept"
    to_files = Client().post(f"{base}answers/", {"work": "Some 3,100 mothers", "then": "files"})
    assert to_files.url == f"{base}files/"
    assert "3,100 mothers" in Client().get(f"{base}answers/").content.decode()
    lacking = Client().post(f"{base}answers/", {"work": "", reply: ""})
    alert = "".join(parsed(lacking).find(".//*[@role='alert']").itertext())
    assert "Tell what it does" in alert
    assert "Please write a reply" in alert
    assert Client().post(f"{base}files/", {"action": "logo", "file": picture()}).status_code == 303
    assert Client().post(f"{base}files/", {"action": "document", "file": picture()}).status_code == 200
    sent = Client().post(f"{base}answers/", {"work": "3,200 mothers", reply: "Akello", "then": "send"})
    assert sent.url == f"{base}?done=answered"
    row.refresh_from_db()
    assert (row.state, row.work, row.name) == (ApplicationState.CHECKING, "3,200 mothers", "Midwives of Gulu")
    question = row.questions.get(field="work")
    assert question.is_changed
    assert question.after == "3,200 mothers"
    assert row.questions.get(field="").reply == "Akello"
    assert row.questions.get(field="logo").after == "our logo.png"
    assert Client().post(f"{base}answers/", {"work": "again"}).status_code in (303, 409)
    row.refresh_from_db()
    assert row.work == "3,200 mothers"


def test_a_mistake_in_an_answer_is_told_and_nothing_is_sent() -> None:
    row = asked(("representative_email", "This one bounces"), ("for_profit_funding", "Really none?"))
    base = base_of(row)
    answer = Client().post(f"{base}answers/", {"representative_email": "akello@", "for_profit_funding": "yes"})
    assert "such as name@example.org" in words(answer)
    row.refresh_from_db()
    assert row.state == ApplicationState.MORE_INFORMATION
    assert row.for_profit_funding is True


def test_withdrawing_asks_once_more_and_only_who_applied_may() -> None:
    row = checking()
    base = base_of(row)
    with_committee(row)
    assert "cannot be taken back" in words(Client().get(f"{base}withdraw/"))
    assert Client().post(f"{base}withdraw/").url == f"{base}?done=withdrawn"
    assert Client().post(f"{base}withdraw/").status_code == 303
    row.refresh_from_db()
    assert row.state == ApplicationState.WITHDRAWN
    assert not row.ballots.running().exists()


def test_withdrawing_after_acceptance_is_refused_in_words() -> None:
    row = in_state(ApplicationState.ACCEPTED)
    answer = Client().post(f"{base_of(row)}withdraw/")
    assert answer.status_code == 409
    assert "decided already" in words(answer)
    row.refresh_from_db()
    assert row.state == ApplicationState.ACCEPTED


def test_unknown_foreign_and_old_links_offer_a_new_one() -> None:
    row = draft()
    base = base_of(row)
    for path in ("/join/application/x/", f"/join/application/{'a' * 43}/people/", f"/join/application/read/{base.split('/')[-2]}/"):
        answer = Client().get(path)
        assert answer.status_code == 404
        assert "Send me the link" in words(answer)
    with time_machine.travel(timezone.now() + timedelta(days=200), tick=False):
        answer = Client().post(f"{base}people/", PAGES["people"])
        assert answer.status_code == 410
        assert "too old" in words(answer)
    Application.objects.filter(pk=row.pk).update(anonymised_at=timezone.now())
    assert Client().get(base).status_code == 404
