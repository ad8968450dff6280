"""The snapshot of a delivery: the text and its signatories as displayed, to whom, when and how, in a form that anybody can check.

It is JSON in UTF-8, without a byte order mark, white space between its parts, or a line end; the keys of an object are sorted, and only
what JSON requires is escaped. In Python that is
`json.dumps(…, ensure_ascii=False, sort_keys=True, separators=(",", ":"))`. The SHA-256 is that of exactly these bytes, as
`sha256sum` prints it for the file. It contains:

- `format`: "declaration-delivery 1".
- `declaration`: `title` and `address`.
- `delivery`: `recipient`, `on` (the day), `method`, and `recorded_at`, the time in UTC, so that no two snapshots are the same.
- `counts`: `organisations`, `people`, `people_unnamed` (how many of these are counted and not named), `countries`.
- `country_names`: for each code of ISO 3166-1 below, the name that is displayed.
- `signed`: a list, one entry for each version with signatories: first the version that is delivered, then earlier ones whose endorsers
  have not confirmed a newer one. In each: `text` with `number`, `correction`, `text` and `sha256`; `initial_signatories` and
  `organisations` with `name`, `acronym`, `country`; `people` with `name`, `role`, `affiliation`, `country`; and `people_unnamed`.
  Organisations are sorted by country, then by name; people by name. A sample has `"sample":true`.

It never contains an email address, who signed for an organisation, or the name of a person who did not agree to show it.
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
CACHE_SECONDS = 24 * 3600
FIELDS = ("pk", "kind", "source", "show_name", "version__number", "country", "name", "acronym", "role", "affiliation")

Data = dict[str, Any]


@dataclass(frozen=True)
class Snapshot:
    """The content to store, the endorsements in it, and the counts."""

    content: str
    signatories: tuple[int, ...]
    organisations: int
    people: int
    countries: int

    @property
    def sha256(self) -> str:
        return digest(self.content)


def take(sign_on: SignOn, *, recipient: str, delivered_on: date, method: str, now: datetime) -> Snapshot:
    """Take a snapshot of what is listed now. A hundred thousand names take a few seconds."""
    page = sign_on.declaration
    with translation.override(settings.LANGUAGE_CODE):
        signed, codes, signatories = _signed(sign_on)
        data: Data = {
            "format": FORMAT,
            "declaration": {"title": page.title, "address": absolute(page.get_url() or "/")},
            "delivery": {
                "recipient": recipient,
                "on": delivered_on.isoformat(),
                "method": method,
                "recorded_at": now.astimezone(UTC).isoformat(timespec="microseconds"),
            },
            "counts": _counts(signed, codes),
            "country_names": _sort_by_country(signed),
            "signed": signed,
        }
    content = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    counts = data["counts"]
    return Snapshot(content, signatories, counts["organisations"], counts["people"], counts["countries"])


def _signed(sign_on: SignOn) -> tuple[list[Data], set[str], tuple[int, ...]]:
    """The signatories by version, the one in force first; the codes of all countries, those of unnamed people included; the keys of all."""
    versions = {version.number: version for version in TextVersion.objects.filter(declaration_id=sign_on.declaration_id)}
    if sign_on.version is not None:
        versions[sign_on.version.number] = sign_on.version
    by_version = {number: _entry(version) for number, version in sorted(versions.items(), reverse=True)}
    codes, keys = set(), []
    rows = Endorsement.objects.filter(declaration_id=sign_on.declaration_id).listed().in_order().values_list(*FIELDS)
    for pk, kind, source, show_name, number, country, name, acronym, role, affiliation in rows.iterator(chunk_size=2000):
        codes.add(str(country))
        keys.append(pk)
        entry = {"name": name, "country": str(country)} | ({"sample": True} if source == Source.SAMPLE else {})
        if kind == Kind.ORGANISATION:
            group = "initial_signatories" if source == Source.INITIAL else "organisations"
            by_version[number][group].append(entry | {"acronym": acronym})
        elif show_name:
            by_version[number]["people"].append(entry | {"role": role, "affiliation": affiliation})
        else:
            by_version[number]["people_unnamed"] += 1
    first, *earlier = by_version.values()
    return [first, *filter(_number_of_signatories, earlier)], codes - {""}, tuple(keys)


def _entry(version: TextVersion) -> Data:
    text = {"number": version.number, "correction": version.correction, "text": version.text, "sha256": version.sha256}
    return {"text": text, "initial_signatories": [], "organisations": [], "people": [], "people_unnamed": 0}


def _number_of_signatories(group: Data) -> int:
    """How many have signed one version, named or not."""
    return int(group["people_unnamed"]) + sum(len(group[name]) for name in ("initial_signatories", "organisations", "people"))


def _counts(signed: list[Data], codes: set[str]) -> dict[str, int]:
    unnamed = sum(group["people_unnamed"] for group in signed)
    return {
        "organisations": sum(len(group["initial_signatories"]) + len(group["organisations"]) for group in signed),
        "people": unnamed + sum(len(group["people"]) for group in signed),
        "people_unnamed": unnamed,
        "countries": len(codes),
    }


def _sort_by_country(signed: list[Data]) -> dict[str, str]:
    """Sort the organisations by country, global ones last. Returns the name of each country by its code."""
    named = [one["country"] for group in signed for part in ("initial_signatories", "organisations", "people") for one in group[part]]
    names = {code: country_name(code) for code in set(named) if code}
    positions = {code: sort_key(name) for code, name in names.items()}
    for group in signed:
        for part in ("initial_signatories", "organisations"):
            group[part].sort(key=lambda one: (not one["country"], positions.get(one["country"], "")))
    return names


# Read a snapshot


def read(content: str) -> Data:
    """The content with what pages show of it: `organisations_by_country`, `details` beside other names, and the number of signatories of
    `earlier` versions."""
    data: Data = json.loads(content)
    country_names = data["country_names"]
    data["earlier"] = sum(map(_number_of_signatories, data["signed"][1:]))
    for group in data["signed"]:
        group["organisations_by_country"] = list(_by_country(group["organisations"], country_names))
        for one in group["initial_signatories"]:
            one["details"] = country_names.get(one["country"], "")
        for one in group["people"]:
            one["details"] = ", ".join(filter(None, (one["role"], one["affiliation"], country_names.get(one["country"], ""))))
    return data


def _by_country(organisations: list[Data], names: dict[str, str]) -> Iterator[tuple[str, list[Data]]]:
    for code, there in groupby(organisations, key=lambda one: one["country"]):
        yield names.get(code, ""), list(there)


def without_people(delivery: Delivery) -> Data:
    """The snapshot without the names of people, cached, so that a public page does not read a hundred thousand names to show none.

    Empty if the content had to be erased (docs/data-protection.md).
    """
    key = f"endorsements.snapshot:{delivery.sha256}"
    data: Data | None = caches["default"].get(key)
    if data is None:
        content = Delivery.objects.values_list("content", flat=True).get(pk=delivery.pk)
        if not content:
            return {}
        data = read(content)
        for group in data["signed"]:
            group["people"] = len(group["people"])
        caches["default"].set(key, data, CACHE_SECONDS)
    return data


def counts_text(organisations: int, people: int, countries: int) -> str:
    """ "42 organisations and 1,300 people from 23 countries", without what is zero."""
    parts = [
        ngettext("%(number)s organisation", "%(number)s organisations", organisations) % {"number": _grouped(organisations)},
        ngettext("%(number)s person", "%(number)s people", people) % {"number": _grouped(people)},
    ]
    names = _(" and ").join(part for part, number in zip(parts, (organisations, people), strict=True) if number) or parts[0]
    if not countries:
        return names
    from_countries = ngettext("%(number)s country", "%(number)s countries", countries) % {"number": _grouped(countries)}
    return _("%(names)s from %(countries)s") % {"names": names, "countries": from_countries}


def _grouped(number: int) -> str:
    return number_format(number, use_l10n=True, force_grouping=True)
