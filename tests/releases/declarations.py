"""The declarations of a stored database, with endorsements in every state. Everybody in it is invented."""

from datetime import date
from io import StringIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page

from core.models import OutgoingMail
from endorsements.declarations import workflow as declarations
from endorsements.deliveries import workflow as deliveries
from endorsements.models import DeclarationPage, Endorsement, ImportedList, InitialSignatory, Invitation
from endorsements.models.sign_on import sign_on_of
from endorsements.moderation import bulk
from endorsements.moderation import workflow as moderation
from endorsements.responses import workflow as responses
from endorsements.signing import emails
from endorsements.states import DeclineReason, MailingKind, State
from members.models import Organisation
from tests.releases.days import on
from tests.support.declarations import change_text, confirmed, make_declaration, submitted
from tests.support.endorsing import link_in, link_of, press, sent

PAY, MIDWIVES, SCHOOLS, WATER = (
    "Pay health workers on time",
    "Let midwives move freely",
    "A nurse in every school",
    "Clean water at every clinic",
)
PAPER = """name;kind;country;website;role;affiliation;email;show_name
Nurses of Arua;organisation;UG;nurses-arua.example.org;;;chair@nurses-arua.example.org;
Ärzte für alle e.V.;organisation;DE;;;;;
Amina Yusuf;person;NG;;Midwife;Kano Clinic;;yes
Bola Ade;person;NG;;Nurse;Kano Clinic;bola@example.org;
;person;NG;;Nurse;A row without a name;;
"""


def organisation(name: str, site: str, **changes: str) -> dict[str, str]:
    """The form of an organisation, signed for at its own domain."""
    email = f"director@{site}.example.org"
    form = {"as": "organisation", "name": name, "acronym": "", "country": "UG", "website": f"https://{site}.example.org/"}
    return form | {"organisation_kind": "ngo", "signatory": "Akello Apio", "role": "Director", "email": email, "authorised": "on"} | changes


def person(name: str, **changes: str) -> dict[str, str]:
    email = f"{name.lower().replace(' ', '.')}@example.org"
    return {"as": "person", "name": name, "country": "NG", "role": "Nurse", "affiliation": "Enugu Clinic", "email": email, **changes}


def visitor(number: int) -> Client:
    """Somebody in a network of their own, so that no limit is passed."""
    return Client(REMOTE_ADDR=f"198.51.100.{number}")


def endorse(address: str, form: dict[str, str], number: int, *, confirm: bool = True) -> Endorsement:
    """Through the form at this address and, unless told otherwise, the link in the mail."""
    client = visitor(number)
    assert sent(address, form, client=client).url.endswith("/check-mail/"), form["name"]
    row = Endorsement.objects.latest("pk")
    assert row.name == form["name"]
    if confirm:
        mail = OutgoingMail.objects.filter(about=f"endorsement:{row.pk}", purpose="endorsements.confirm").latest("pk")
        assert press(link_in(mail, "confirm"), client).status_code == 303
    row.refresh_from_db()
    return row


def written_richly(page: DeclarationPage, home: Page) -> None:
    """Give it a text with every form that the canonical text knows, and an end note."""
    table = {
        "columns": [{"type": "text", "heading": "Country"}, {"type": "number", "heading": "Workers"}],
        "rows": [{"values": ["Kenya", "1.79"]}, {"values": ["Utopia", None]}],
        "caption": "",
    }
    blocks: list[tuple[str, Any]] = [
        ("heading", {"text": "What we ask", "level": "h2"}),
        ("text", "<p>We <b>ask</b> every <i>ministry</i>:</p><ol><li>pay</li><li>rest<ul><li>at night</li></ul></li></ol>"),
        (
            "text",
            f'<p>See <a linktype="page" id="{home.pk}">who we are</a> and <a href="https://example.org/a?b=1&amp;c">why</a>.<br/>10<sup>6</sup>.[1]</p>',
        ),
        ("quote", {"text": "Care for carers.", "name": "A nurse", "role": "Lilongwe"}),
        ("callout", {"tone": "note", "title": "Who", "text": "<p>Everybody who cares.</p>"}),
        ("key_messages", {"items": [{"title": "Train", "text": "<p>Now.</p>"}, {"title": "Keep", "text": ""}]}),
        ("accordion", {"title": "Questions", "items": [{"title": "Why?", "text": "<p>Because.</p>"}]}),
        ("table", {"caption": "Per 1,000", "table": table, "source": "A count"}),
        ("figures", {"title": "In numbers", "items": [{"value": "18 m", "label": "are missing", "source": "An estimate"}]}),
    ]
    page.body = page._meta.get_field("body").to_python([{"type": name, "value": value} for name, value in blocks])  # type: ignore[union-attr]
    page.notes = [("note", "<p>A source, 2026.</p>")]


def prepare(secretary: Any) -> None:
    """The declarations as they are before anybody endorses; one stays a draft."""
    with on("2026-09-05"):
        home = Page.objects.get(depth=2)
        fields: dict[str, Any] = {"goal": 100, "ask": "You agree to say so in public.", "privacy_note": "The ministry gets the names."}
        pay = make_declaration(PAY, live=False, subtitle="A call", closes_at=timezone.now().replace(year=2027), **fields)
        written_richly(pay, home)
        pay.addressed_to = "The ministers of health\nThe World Health Assembly"
        known = Organisation.objects.order_by("pk").first()
        pay.initial_signatories = [
            InitialSignatory(organisation=known),
            InitialSignatory(name="Friends of Nurses", country="NL", website="https://friends.example.org/"),
        ]
        pay.save_revision(user=secretary)
        declarations.open_sign_on(sign_on_of(pay), by=secretary, now=timezone.now())
        midwives = make_declaration(MIDWIVES, live=False)
        written_richly(midwives, home)
        midwives.save_revision(user=secretary)
        schools = make_declaration(SCHOOLS, text="One nurse in each school.", person_rule="none")
        declarations.open_sign_on(sign_on_of(schools), by=secretary, now=timezone.now())
        water = make_declaration(WATER, live=False, opens_at=timezone.now().replace(year=2027))
        written_richly(water, home)
        water.save_revision(user=secretary)


def found(title: str) -> DeclarationPage:
    return DeclarationPage.objects.get(title=title)


def first_autumn(secretary: Any) -> None:
    """Endorsements of the first text, and a text that is circulated, another that is handed over."""
    with on("2026-09-10"):
        pay = found(PAY)
        form = f"{pay.url}endorse/"
        endorse(form, organisation("Midwives of Gulu", "midwives-gulu", acronym="MoG"), 1)
        ngozi = endorse(form, person("Ngozi Okafor", show_name="on", news="on"), 2)
        endorse(form, person("Priya Nair", country="IN"), 3)
        gone = endorse(form, organisation("Clinic of Lira", "clinic-lira"), 4)
        left = endorse(form, person("Jean Kamau", show_name="on"), 5)
    with on("2026-09-12"):
        manage = link_of(ngozi, emails.MANAGE)
        assert Client().post(manage, {"action": "role", "role": "Head nurse", "affiliation": "Enugu Clinic"}).status_code == 303
        assert Client().post(manage, {"action": "news"}).status_code == 303
        for row, shown in ((gone, "yes"), (left, "")):
            assert Client().post(link_of(row, emails.MANAGE), {"action": "withdraw", "sure": "on", "shown": shown}).status_code == 303
        disowned = endorse(form, person("Somebody Else", email="not.me@example.org"), 6, confirm=False)
        assert press(link_of(disowned, emails.NOT_ME)).status_code == 303
    with on("2026-09-20"):
        schools = found(SCHOOLS)
        form = f"{schools.url}endorse/"
        endorse(form, organisation("Teachers of Utrecht", "teachers-utrecht", country="NL"), 7)
        grace = endorse(form, person("Grace Banda", show_name="on", country="MW"), 8)
        unnamed = endorse(form, person("Chidi Phiri", country="ZM"), 9)
        for row in (grace, unnamed):
            assert moderation.approve(row, by=secretary, now=timezone.now())
    with on("2026-10-01"):
        declarations.close(sign_on_of(schools), by=secretary, now=timezone.now())
        change_text(schools, "One nurse in every school.")
        declarations.publish_text(sign_on_of(schools), is_new=False, note="A better word.", by=secretary, now=timezone.now())
    with on("2026-10-05"):
        handed = {
            "recipient": "The Minister of Education",
            "delivered_on": date(2026, 10, 5),
            "method": "in person",
            "note": "We were heard.",
        }
        deliveries.deliver(sign_on_of(schools), **handed, by=secretary, now=timezone.now())


def circulated(secretary: Any) -> str:
    """A text under embargo, read and endorsed at a secret address; returns the path of that."""
    with on("2026-09-12"):
        token = declarations.circulate(sign_on_of(found(MIDWIVES)), by=secretary, now=timezone.now())
        address = reverse("declaration_circulating", args=(token,))
        endorse(f"{address}endorse/", organisation("Migrants’ Clinic", "migrants-clinic", country="KE"), 10)
        endorse(f"{address}endorse/", person("Zoë Lefèvre", country="FR", email="zoe@example.org"), 11, confirm=False)
    return address


def second_text(secretary: Any) -> None:
    """A slip is mended, then the text gets a new version, which those who signed the first are asked to confirm."""
    with on("2026-10-08"):
        pay = found(PAY)
        change_text(pay, "We ask every ministry: pay on time.")
        declarations.publish_text(sign_on_of(pay), is_new=False, note="A slip.", is_same_meaning=True, by=secretary, now=timezone.now())
        change_text(pay, "We ask every ministry: pay on time, and enough.")
        declarations.publish_text(sign_on_of(pay), is_new=True, note="We say how much.", by=secretary, now=timezone.now())
        call_command("run_due", stdout=StringIO())
        renewed = Endorsement.objects.get(name="Priya Nair")
        assert press(link_of(renewed, emails.RENEW)).status_code == 303


def moderated(secretary: Any, secretary_client: Client) -> None:
    """What waits for the secretariat, what it decided, and what it did to many at once."""
    with on("2026-11-18"):
        pay, now = found(PAY), timezone.now()
        form = f"{pay.url}endorse/"
        elsewhere = {"email": "akello@elsewhere.example.org"}
        rows = {
            number: endorse(form, organisation(f"Health Rights {place}", f"rights-{place.lower()}", **elsewhere), 20 + number)
            for number, place in enumerate(("Kisumu", "Enugu", "Ndola", "Pune", "Recife", "Cebu", "Leeds", "Durban"))
        }
        press(link_of(rows[0], emails.MANAGE), action="second", email="colleague@rights-kisumu.example.org")
        press(link_of(rows[1], emails.MANAGE), action="second", email="colleague@rights-enugu.example.org")
        assert press(link_of(Endorsement.objects.get(pk=rows[1].pk), emails.SECOND)).status_code == 303
        moderation.hold(rows[2], by=secretary, now=now, note="Ask who signs for them.")
        moderation.decline(rows[3], reason=DeclineReason.AUTHORITY, by=secretary, now=now, message="Write to us, please.", tell=True)
        kept, double = (
            endorse(form, organisation("Union of Arusha", site, **elsewhere), 30 + place)
            for place, site in enumerate(("arusha", "union-arusha"))
        )
        moderation.merge(double, into=kept, by=secretary, now=now)
        moderation.write_note(kept, note="They wrote twice.", by=secretary)
        listed, _refused = bulk.apply_to_all(
            rows_of(4, 5, rows), lambda row: moderation.approve(row, by=secretary, now=now), to=State.LISTED, by=secretary, now=now
        )
        undone, _none = bulk.apply_to_all(
            rows_of(6, 7, rows), lambda row: moderation.approve(row, by=secretary, now=now), to=State.LISTED, by=secretary, now=now
        )
        assert (listed.items.count(), bulk.undo(undone, by=secretary, now=now).restored) == (2, 2)
        submitted(
            pay, over_limit=True, name="Nurses of a full network", email="full@network.example.org", website="https://network.example.org/"
        )
        imported(pay, secretary_client)


def rows_of(first: int, last: int, rows: dict[int, Endorsement]) -> list[Endorsement]:
    return [rows[number] for number in range(first, last + 1)]


def imported(pay: DeclarationPage, secretary_client: Client) -> None:
    """A list from paper, with one row that could not be read; and another that was only looked at."""
    for provenance in ("Paper sheets, Kampala", "Paper sheets, Arua"):
        file = SimpleUploadedFile("sheets.csv", PAPER.encode(), "text/csv")
        answer = secretary_client.post(reverse("signatory_import:upload", args=(pay.pk,)), {"provenance": provenance, "file": file})
        assert answer.status_code == 302, answer.content.decode()
        if "Kampala" in provenance:
            row = ImportedList.objects.latest("pk")
            version = sign_on_of(pay).version
            assert version
            assert secretary_client.post(reverse("signatory_import:list", args=(row.pk,)), {"version": version.pk}).status_code == 302
            row.refresh_from_db()
            assert (row.added, bool(row.content)) == (4, True)


def asked_members(secretary: Any) -> None:
    """The members are asked: one endorses, one decides later, one says no, one is silent and reminded."""
    with on("2026-11-10"):
        pay = found(PAY)
        assert responses.ask_members(pay, by=secretary, now=timezone.now()) == 5
    with on("2026-11-12"):
        yes, later, no, *_silent = Invitation.objects.filter(declaration=pay).order_by("pk")
        words: dict[Any, dict[str, str]] = {
            yes: {"action": "endorse"},
            later: {"action": "deciding", "until": "2027-01-15"},
            no: {"action": "no"},
        }
        for row, typed in words.items():
            mail = OutgoingMail.objects.filter(
                purpose="endorsements.invited", about__endswith=f":{row.organisation.contacts.get().pk}"
            ).latest("pk")
            assert press(link_in(mail, "answer"), **typed).status_code == 303, typed
        assert responses.remind_members(pay, by=secretary, now=timezone.now()) == 2


def handed_over(secretary: Any) -> None:
    """Those who endorsed what was delivered are told, and then of the reply, whose mails wait to be written."""
    with on("2026-11-15"):
        delivery = found(SCHOOLS).deliveries.get()
        deliveries.announce(delivery, MailingKind.DELIVERED, by=secretary, now=timezone.now())
        call_command("run_due", stdout=StringIO())


def last_days(secretary: Any) -> None:
    """What is still under way when the database is stored: mails that wait, links that nobody has pressed."""
    pay, now = found(PAY), timezone.now()
    delivery = found(SCHOOLS).deliveries.get()
    deliveries.record_reply(delivery, reply="Thank you.\nWe shall see.", replied_on=date(2026, 11, 25), by=secretary, now=now)
    deliveries.announce(delivery, MailingKind.REPLY, by=secretary, now=now)
    change_text(pay, "We ask every ministry: pay on time, enough, and in cash.")
    form = f"{pay.url}endorse/"
    endorse(form, organisation("Nurses of Lilongwe", "nurses-lilongwe", country="MW"), 40, confirm=False)
    endorse(form, person("Wanjiru Achieng", show_name="on", country="KE"), 41, confirm=False)
    endorse(form, organisation("Midwives of Recife", "midwives-recife", country="BR"), 42)
    lost = confirmed(
        pay, name="Carers of Leeds", email="lost@carers-leeds.example.org", website="https://carers-leeds.example.org/", country="GB"
    )
    for number, (name, shown) in enumerate((("Clinic of Cebu", "yes"), ("Clinic of Arusha", ""))):
        gone = endorse(form, organisation(name, name.lower().replace(" ", "-")), 43 + number)
        assert Client().post(link_of(gone, emails.MANAGE), {"action": "withdraw", "sure": "on", "shown": shown}).status_code == 303
    disowned = endorse(form, person("Another Else", email="not.me.either@example.org"), 45, confirm=False)
    assert press(link_of(disowned, emails.NOT_ME)).status_code == 303
    again = Endorsement.objects.get(name="Health Rights Kisumu")
    press(link_of(again, emails.MANAGE), action="second", email="another@rights-kisumu.example.org")
    Client().post(reverse("endorsement_link"), {"email": lost.email})
