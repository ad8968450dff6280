"""Nobody forgets a new table: it is in the registry of personal data, or it is said here why it holds none."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.db.models import EmailField, Model
from django.utils.module_loading import import_string

from core.personal_data import PersonalData, Retention, register, registered_tables
from tests.template_database import APPS, ROOT

PUBLISHED = "published by an editor, and changed by hand"
PLUMBING = "nothing about people"
COALITION = "about an organisation"
RECORD = "what a colleague did, as the history says it"
NO_PERSONAL_DATA = {
    "core.contentversion": PLUMBING,
    "core.mailtext": PUBLISHED,
    "cms.announcement": PUBLISHED,
    "cms.navigation": PUBLISHED,
    "cms.searchentry": PUBLISHED,
    "cms.searchwords": PUBLISHED,
    "cms.sitedocument": PUBLISHED,
    "cms.siteidentity": PUBLISHED,
    "cms.siteimage": PUBLISHED,
    "cms.siterendition": PUBLISHED,
    "members.applicationkey": COALITION,
    "members.ballot": RECORD,
    "members.committeesettings": PLUMBING,
    "members.formeraddress": COALITION,
    "members.joiningsettings": PUBLISHED,
    "members.knownsize": COALITION,
    "members.membership": COALITION,
    "members.organisationkey": COALITION,
    "members.organisation": COALITION,
    "members.theme": PLUMBING,
    "news.author": PUBLISHED,
    "news.newsindexpage": PUBLISHED,
    "news.postauthor": PUBLISHED,
    "news.postpage": PUBLISHED,
    "news.relatedpost": PUBLISHED,
    "news.series": PUBLISHED,
    "news.spotlightpage": PUBLISHED,
    "news.topic": PUBLISHED,
    "endorsements.bulkact": RECORD,
    "endorsements.bulkactitem": RECORD,
    "endorsements.declarationpage": PUBLISHED,
    "endorsements.eventwindow": RECORD,
    "endorsements.initialsignatory": COALITION,
    "endorsements.knownname": COALITION,
    "endorsements.limitalarm": PLUMBING,
    "endorsements.mailing": RECORD,
    "endorsements.signon": PLUMBING,
    "endorsements.textversion": PUBLISHED,
    "pages.contentpage": PUBLISHED,
    "pages.convener": COALITION,
    "pages.homepage": PUBLISHED,
    "pages.workinggrouppage": PUBLISHED,
}


def tables_of() -> dict[str, PersonalData]:
    """By the label of a model, the declaration that answers for it."""
    return {model._meta.label_lower: table for table in registered_tables() for model in (table.model, *table.parts)}


def ours() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def emails_in(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields if isinstance(field, EmailField)}


def test_every_table_is_declared_or_holds_nobody() -> None:
    labels = {model._meta.label_lower for model in ours()}
    assert labels - set(tables_of()) - set(NO_PERSONAL_DATA) == set(), "declare it in the app's personal_data.py"
    assert set(tables_of()) & set(NO_PERSONAL_DATA) == set()
    assert set(NO_PERSONAL_DATA) - labels == set(), "there is no such table"


def test_every_email_address_finds_its_person() -> None:
    tables = tables_of()
    for model in ours():
        label = model._meta.label_lower
        if label in tables and tables[label].model is model:
            assert emails_in(model) <= {person.email for person in tables[label].people}, label
        elif emails_in(model):
            assert NO_PERSONAL_DATA.get(label) == PUBLISHED, label


@pytest.mark.parametrize("table", registered_tables(), ids=lambda table: table.model._meta.label_lower)
def test_every_table_is_searched_or_says_why_not_and_has_an_end(table: PersonalData) -> None:
    assert bool(table.people) != bool(table.why_not_searched)
    assert bool(table.people) == bool(table.section) == bool(table.permission)
    assert table.retention
    for rule in table.retention:
        if rule.expired:
            assert (rule.erase is None) != (rule.clear is None)
        elif rule.done_by:
            assert callable(import_string(rule.done_by))
        else:
            assert rule.period is None, f"nothing is done {rule.when}"


def test_a_table_is_declared_once() -> None:
    with pytest.raises(ValueError, match=r"members\.Contact is registered already"):
        register(tables_of()["members.contact"])


# docs/data-protection.md

PHRASES = {timedelta(days=365): "a year", timedelta(days=730): "two years"}
PERIOD = re.compile(r"\d+ days|\d+ months|a year|\w+ years")


def phrase(rule: Retention) -> set[str]:
    return {PHRASES.get(rule.period, f"{rule.period.days} days")} if rule.period else set()


def documented() -> Iterator[tuple[str, str]]:
    """From the tables of the page: what is called `Model` or `app.Model` under "Where", and what stands there under "How long"."""
    for line in (ROOT / "docs/data-protection.md").read_text().splitlines():
        cells = line.split("|")
        if len(cells) == 8:
            for name in re.findall(r"`((?:[a-z]+\.)?[A-Z]\w+)", cells[2]):
                yield name, cells[5]


def test_the_documentation_tells_the_same_periods() -> None:
    told: dict[str, set[str]] = defaultdict(set)
    for name, how_long in documented():
        (label,) = {label for label in tables_of() if f".{label}".endswith(f".{name.lower()}")}
        told[tables_of()[label].model._meta.label].update(PERIOD.findall(how_long))
    declared = {table.model._meta.label: set[str]().union(*map(phrase, table.retention)) for table in registered_tables()}
    assert dict(told) == {label: periods for label, periods in declared.items() if label in told or periods}
