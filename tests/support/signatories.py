"""Names under a declaration by the hundred, stored as the workflow would leave them, without their mails."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from endorsements.models import Endorsement
from endorsements.models.sign_on import sign_on_of
from endorsements.states import Kind, Source, State
from members.identity.keys import index_letter, sort_key
from members.states import OrganisationKind

COUNTRIES = ("UG", "KE", "NG", "NL", "MW", "ZM", "CH", "IN", "BR", "PH", "US", "GB", "ZA", "TZ", "RW", "DE", "FR", "BD", "NP", "PK")
FIRST = ("Amina", "Ngozi", "Ada", "Jean", "María", "Łukasz", "Zoë", "Élodie", "Chidi", "Grace", "Wanjiru", "Priya", "Kwame")
LAST = ("Okafor", "Nakato", "Müller", "Santos", "Banda", "Kamau", "Diallo", "Achieng", "Phiri", "Singh", "Lefèvre")
ORGANISATIONS = ("Midwives of {}", "{} Nurses’ Association", "Health Rights {}", "Union of Health Workers of {}", "École de santé de {}")
PLACES = ("Gulu", "Kisumu", "Enugu", "Utrecht", "Lilongwe", "Ndola", "Genève", "Pune", "Recife", "Cebu", "Leeds", "Durban", "Arusha")


def listed(page: Any, name: str, **fields: Any) -> Endorsement:
    """A row in the list, not yet stored: an organisation from Uganda, if nothing else is said."""
    kind = fields.setdefault("kind", Kind.ORGANISATION)
    moment = fields.setdefault("listed_at", timezone.now())
    fields.setdefault("version", sign_on_of(page).version)
    return Endorsement(
        declaration_id=page.pk,
        name=name,
        **{"country": "UG", "state": State.LISTED, "source": Source.SITE, "key": f"{kind}:{name}", "confirmed_at": moment, **fields},
        submitted_at=moment,
        sort_key=sort_key(name),
        letter=index_letter(name),
    )


def list_names(page: Any, *names: str, **fields: Any) -> list[Endorsement]:
    return Endorsement.objects.bulk_create([listed(page, name, **fields) for name in names])


def fill(page: Any, organisations: int, people: int, *, since: datetime | None = None) -> None:
    """Names of many countries, kinds and letters, one an hour; of the people one in six is not named."""
    version, since = sign_on_of(page).version, since or timezone.now() - timedelta(days=90)
    rows = []
    for number in range(organisations):
        name = f"{ORGANISATIONS[number % 5].format(PLACES[number // 5 % 13])}{f' {number // 65}' if number >= 65 else ''}"
        told = {"organisation_kind": OrganisationKind.values[number % 9], "signatory": "Akello Apio", "email": "akello@example.org"}
        rows.append(listed(page, name, version=version, key=f"o{number}", country=COUNTRIES[number * 7 % 20], **told))
    for number in range(people):
        name, role = f"{FIRST[number % 13]} {LAST[number // 13 % 11]}", ("Nurse", "Midwife", "")[number % 3]
        person: dict[str, Any] = {"role": role, "show_name": number % 6 != 0, "email": f"p{number}@example.org"}
        rows.append(listed(page, name, kind=Kind.PERSON, version=version, key=f"p{number}", country=COUNTRIES[number * 3 % 20], **person))
    for number, row in enumerate(rows):
        row.listed_at = since + timedelta(hours=number)
    Endorsement.objects.bulk_create(rows, batch_size=5000)
