"""What is handed over, as one text that anybody can check: the words, the names as displayed under them, to whom, when and how.

It is JSON in UTF-8, without a byte order mark and without white space between its parts; the keys of an object stand in the order of
their characters, nothing is escaped that JSON does not ask for, and no line end follows. In Python that is
`json.dumps(…, ensure_ascii=False, sort_keys=True, separators=(",", ":"))`. The SHA-256 is that of exactly these bytes, as `sha256sum`
says it of the file. What stands in it:

- `format`: "declaration-delivery 1".
- `declaration`: `title` and `address`.
- `delivery`: `recipient`, `on` (the day), `method`, and `recorded_at`, the moment in UTC, so that no two deliveries are the same text.
- `counts`: `organisations`, `people`, `people_unnamed` (how many of these are counted and not named), `countries`.
- `country_names`: for each code of ISO 3166-1 below, the name that is displayed.
- `signed`: a list, one entry for each text that names stand under: first the text that is handed over, then earlier versions whose
  endorsers have not confirmed a newer one. In each: `text` with `number`, `correction`, `text` and `sha256`; `initial_signatories` and
  `organisations` with `name`, `acronym`, `country`; `people` with `name`, `role`, `affiliation`, `country`; and `people_unnamed`.
  Organisations stand by country, then by name; people by name. A sample has `"sample":true`.

Never in it: a mail address, who signed for an organisation, the name of a person who did not say that it may be shown.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.absolute_urls import absolute
from endorsements.models import Delivery, Endorsement, SignOn, TextVersion
from endorsements.states import Kind, Source
from endorsements.text.canonical import digest
from members.identity.countries import country_name
from members.identity.keys import sort_key

FORMAT = "declaration-delivery 1"
REMEMBERED = 24 * 3600
FIELDS = ("kind", "source", "show_name", "version__number", "country", "name", "acronym", "role", "affiliation")

Told = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """The text to store, with what a listing wants to know without reading it."""

    content: str
    organisations: int
    people: int
    countries: int

    @property
    def sha256(self) -> str:
        return digest(self.content)


def take(sign_on: SignOn, *, recipient: str, delivered_on: date, method: str, now: datetime) -> Snapshot:
    """All that stands at this moment. Names are read once, row by row: a hundred thousand take a few seconds."""
    page = sign_on.declaration
    with translation.override(settings.LANGUAGE_CODE):
        signed, codes = _signed(sign_on)
        told: Told = {
            "format": FORMAT,
            "declaration": {"title": page.title, "address": absolute(page.get_url() or "/")},
            "delivery": {
                "recipient": recipient,
                "on": delivered_on.isoformat(),
                "method": method,
                "recorded_at": now.astimezone(UTC).isoformat(timespec="microseconds"),
            },
            "counts": _counts(signed, codes),
            "country_names": _in_order_of_countries(signed),
            "signed": signed,
        }
    content = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    counts = told["counts"]
    return Snapshot(content, counts["organisations"], counts["people"], counts["countries"])


def _signed(sign_on: SignOn) -> tuple[list[Told], set[str]]:
    """The names by the text they stand under, the one in force first, and the codes of all countries, unnamed people's too."""
    versions = {version.number: version for version in TextVersion.objects.filter(declaration_id=sign_on.declaration_id)}
    if sign_on.version is not None:
        versions[sign_on.version.number] = sign_on.version
    under = {number: _text(version) for number, version in sorted(versions.items(), reverse=True)}
    codes = set()
    rows = Endorsement.objects.filter(declaration_id=sign_on.declaration_id).listed().in_order().values_list(*FIELDS)
    for kind, source, show_name, number, country, name, acronym, role, affiliation in rows.iterator(chunk_size=2000):
        codes.add(str(country))
        place = {"name": name, "country": str(country)} | ({"sample": True} if source == Source.SAMPLE else {})
        if kind == Kind.ORGANISATION:
            group = "initial_signatories" if source == Source.INITIAL else "organisations"
            under[number][group].append(place | {"acronym": acronym})
        elif show_name:
            under[number]["people"].append(place | {"role": role, "affiliation": affiliation})
        else:
            under[number]["people_unnamed"] += 1
    first, *earlier = under.values()
    return [first, *filter(_size, earlier)], codes - {""}


def _text(version: TextVersion) -> Told:
    text = {"number": version.number, "correction": version.correction, "text": version.text, "sha256": version.sha256}
    return {"text": text, "initial_signatories": [], "organisations": [], "people": [], "people_unnamed": 0}


def _size(group: Told) -> int:
    """How many stand under one text, named or not."""
    return int(group["people_unnamed"]) + sum(len(group[name]) for name in ("initial_signatories", "organisations", "people"))


def _counts(signed: list[Told], codes: set[str]) -> dict[str, int]:
    unnamed = sum(group["people_unnamed"] for group in signed)
    return {
        "organisations": sum(len(group["initial_signatories"]) + len(group["organisations"]) for group in signed),
        "people": unnamed + sum(len(group["people"]) for group in signed),
        "people_unnamed": unnamed,
        "countries": len(codes),
    }


def _in_order_of_countries(signed: list[Told]) -> dict[str, str]:
    """Put the organisations by country, those that work everywhere last; returns the names of all countries that are named."""
    named = [one["country"] for group in signed for part in ("initial_signatories", "organisations", "people") for one in group[part]]
    names = {code: country_name(code) for code in set(named) if code}
    places = {code: sort_key(name) for code, name in names.items()}
    for group in signed:
        for part in ("initial_signatories", "organisations"):
            group[part].sort(key=lambda one: (not one["country"], places.get(one["country"], "")))
    return names


# Reading it again


def read(content: str) -> Told:
    """The snapshot as it was taken, with what a page shows of it: organisations as pairs of a country's name and those there too, what
    stands `beside` other names, and how many stand under `earlier` versions of the text."""
    told: Told = json.loads(content)
    places = told["country_names"]
    told["earlier"] = sum(map(_size, told["signed"][1:]))
    for group in told["signed"]:
        group["organisations_by_country"] = list(_by_country(group["organisations"], places))
        for one in group["initial_signatories"]:
            one["beside"] = places.get(one["country"], "")
        for one in group["people"]:
            one["beside"] = ", ".join(filter(None, (one["role"], one["affiliation"], places.get(one["country"], ""))))
    return told


def _by_country(organisations: list[Told], names: dict[str, str]) -> Iterator[tuple[str, list[Told]]]:
    for code, there in groupby(organisations, key=lambda one: one["country"]):
        yield names.get(code, ""), list(there)


def without_people(delivery: Delivery) -> Told:
    """The snapshot but for the names of people, remembered: a public page must not read a hundred thousand names to show none.

    Empty when the content had to be erased (docs/data-protection.md).
    """
    key = f"endorsements.delivery:{delivery.sha256}"
    told: Told | None = caches["default"].get(key)
    if told is None:
        content = Delivery.objects.values_list("content", flat=True).get(pk=delivery.pk)
        if not content:
            return {}
        told = read(content)
        for group in told["signed"]:
            group["people"] = len(group["people"])
        caches["default"].set(key, told, REMEMBERED)
    return told


def counted(organisations: int, people: int, countries: int) -> str:
    """ "42 organisations and 1,300 people from 23 countries", without what there is none of."""
    told = [
        ngettext("%(number)s organisation", "%(number)s organisations", organisations) % {"number": _grouped(organisations)},
        ngettext("%(number)s person", "%(number)s people", people) % {"number": _grouped(people)},
    ]
    names = _(" and ").join(words for words, number in zip(told, (organisations, people), strict=True) if number) or told[0]
    if not countries:
        return names
    places = ngettext("%(number)s country", "%(number)s countries", countries) % {"number": _grouped(countries)}
    return _("%(names)s from %(countries)s") % {"names": names, "countries": places}


def _grouped(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)
