"""What is derived from the names, domains and countries of an organisation, to order, search and recognise it without reading the others.

Whoever writes an organisation leaves it to be derived: the database compares what it was derived from with what is there
(`Organisation.is_derived`), also for bulk writes and those of a former release. A save derives at once; what others left is derived by
`run_due` and by the first reader of the directory after a change. Who must miss nothing looks at those with `is_derived=False`, too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import models, transaction
from django.db.models import F, Func, Value
from django.db.models.functions import Coalesce

from core.due import due
from core.search_text import search_words
from members.identity.countries import country_name, other_names
from members.identity.keys import organisation_key, sort_key, web_domain
from members.identity.similar_names import kept_keys, shape

SOURCES = ("name", "acronym", "aliases", "more_domains", "website", "country", "countries_of_work")
PORTION = 200


class Joined(Func):
    """Texts joined by line breaks, as a generated column and an index may have it on every database."""

    template = "(%(expressions)s)"
    arg_joiner = " || "


def source_text() -> models.Expression:
    parts: list[Any] = [part for name in SOURCES for part in (Coalesce(F(name), Value("")), Value("\n"))]
    return Joined(*parts, output_field=models.TextField())


class OrganisationKey(models.Model):
    """A number under which an organisation is found by a name, domain or acronym that may be its own: the hash of a key."""

    # Without a constraint in the database: a former release, which does not know this table, deletes organisations, too.
    organisation = models.ForeignKey("members.Organisation", on_delete=models.CASCADE, related_name="keys", db_constraint=False)
    key = models.BigIntegerField()

    class Meta:
        verbose_name = "organisation key"
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("key", "organisation"), name="organisation_key_once"),)

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.key}"


def numbers(keys: Iterable[str]) -> set[int]:
    """The keys as they are stored. Two of one number cost a look at one organisation too many."""
    return {int.from_bytes(blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), signed=True) for key in keys}


def derive(rows: models.QuerySet[Any], keys: type[models.Model] = OrganisationKey) -> int:
    """Derive what belongs to these organisations. For migrations, too: the models may be historical ones."""
    found = list(rows.annotate(source=source_text()).only(*SOURCES))
    with transaction.atomic():
        keys._default_manager.filter(organisation__in=[row.pk for row in found]).delete()
        common = _number_of_names(found, keys)
        made = [keys(organisation_id=row.pk, key=number) for row in found for number in sorted(numbers(keys_of(row, common)))]
        keys._default_manager.bulk_create(made, batch_size=1000, ignore_conflicts=True)
        for row in found:
            # If the row has changed since it was read, it is not what it is derived from, and is derived again.
            values = {"sort_key": sort_key(row.name), "directory_text": directory_text(row), "derived_from": row.source}
            type(row)._base_manager.filter(pk=row.pk).update(**values)
    return len(found)


def derive_all(rows: models.QuerySet[Any], keys: type[models.Model] = OrganisationKey) -> int:
    """Derive what is not derived yet, in portions."""
    count = 0
    while pks := list(rows.filter(is_derived=False).order_by("pk").values_list("pk", flat=True)[:PORTION]):
        count += derive(rows.filter(pk__in=pks), keys)
    return count


def keys_of(row: Any, common: Mapping[str, int]) -> set[str]:
    """The keys of an organisation, given how many have each word in their names."""
    acronyms = [name for name in (row.acronym, *_names(row)) if name and (name == row.acronym or is_acronym(name))]
    named = [name for name in (row.acronym, *_names(row)) if name]
    shapes = [shape(name) for name in _names(row)]
    return {
        *(key for one in shapes for key in kept_keys(one, common)),
        *(f"has:{word}" for one in shapes for word in one.words),
        *(f"short:{shape(name).joined}" for name in acronyms),
        *(f"same:{organisation_key(name, '', '')}" for name in named),
        *(f"sorted:{sort_key(name)}" for name in named),
        *(f"domain:{domain}" for domain in map(web_domain, (row.website, *_lines(row.more_domains))) if domain),
    }


def _number_of_names(rows: Iterable[Any], keys: type[models.Model]) -> Counter[str]:
    """How many organisations have each word of these names in theirs: those that are derived, and these."""
    found = Counter(word for row in rows for word in {word for name in _names(row) for word in shape(name).words})
    words = {number: word for word in found for number in numbers([f"has:{word}"])}
    stored = keys._default_manager.filter(key__in=list(words)).order_by().values_list("key").annotate(models.Count("pk"))
    return found + Counter({words[number]: count for number, count in stored})


def _names(row: Any) -> list[str]:
    return [row.name, *_lines(row.aliases)]


def is_acronym(name: str) -> bool:
    """Whether a name is written like an acronym: "PSI"."""
    return name.isupper() and name.isalpha()


def directory_text(row: Any) -> str:
    """The folded words by which the directory finds an organisation, after a space: of its names and countries, and initials of each."""
    codes = [code for code in (str(row.country or ""), *_codes(row.countries_of_work)) if code]
    places = [name for code in codes for name in (country_name(code), *other_names(code))]
    words = [search_words(text) for text in (row.name, row.acronym, *_lines(row.aliases), *places) if text]
    # Visitors search for acronyms that are not recorded.
    initials = ["".join(word[0] for word in text_words) for text_words in words if len(text_words) > 1]
    return f" {' '.join([*(word for text_words in words for word in text_words), *initials])}"


def _codes(countries: Any) -> list[str]:
    return countries.split(",") if isinstance(countries, str) else [str(country.code) for country in countries or ()]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


@due("organisation keys")
def derive_what_others_wrote(now: datetime) -> str:
    """Derive what a bulk write or a former release left, and drop the keys of organisations that a former release deleted."""
    organisations = OrganisationKey.organisation.field.related_model._default_manager
    count = derive_all(organisations.all())
    OrganisationKey.objects.exclude(organisation__in=organisations.values("pk")).delete()
    return f"{count} derived" if count else ""
