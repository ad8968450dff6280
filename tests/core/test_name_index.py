"""Parts of names are found by an index that follows every write, and is made again when a migration drops it."""

import random
import re
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

from core.name_index import index_of, make_indexes
from core.search_text import fill_search_texts, query_words, search_text
from endorsements.models import Endorsement
from endorsements.signatories.listing import SignatoryList
from tests.support.declarations import open_declaration
from tests.support.signatories import list_names

NAMES = [
    *(
        "Łukasz Żółć",
        "Nurses of Łódź",
        "Al-Shifa Nurses’ Union",
        "AlShifa",
        "王小明",
        "김철수",
        "สมาคมพยาบาล",
        "Ben",
        "Be",
        "U.S.A. Nurses",
    ),
    *(
        "Здоровье для всех",
        "فاطمة أحمد",
        "Jean-Luc N’Diaye",
        "100% Health",
        "ガーナ看護",
        "O’Brien & Sons",
        "a_b",
        "Ø",
        "Nurse nurses nursing",
        "42",
    ),
]


def scanned(asked: str) -> list[str]:
    """What reading every name finds."""
    words = query_words(asked)
    return sorted(name for name in NAMES if words and all(word in search_text(name) for word in words))


def questions() -> list[str]:
    chosen = random.Random(7)
    pieces = [name[start : start + chosen.randint(1, 6)].strip() or name for name in NAMES for start in range(0, len(name), 2)]
    pairs = [f"{chosen.choice(pieces)} {chosen.choice(pieces)}" for _ in range(60)]
    return [*NAMES, *pieces, *pairs, "nurses of", "urses", "nurses shifa", "zzz", "%", "_", '"', "x" * 300, "1%"]


def found(page: Any, asked: str) -> list[str]:
    return sorted(one.name for one in Endorsement.objects.filter(pk__in=SignatoryList(page, {"q": asked}).keys))


def test_a_search_finds_what_reading_every_name_would(home: Any) -> None:
    page = open_declaration()
    list_names(page, *NAMES)
    for asked in questions():
        assert found(page, asked) == scanned(asked), asked
        assert SignatoryList(page, {"q": asked}).total == len(scanned(asked)), asked


def test_the_index_follows_every_write(home: Any) -> None:
    page = open_declaration()
    one, other = list_names(page, "Zebrafinch", "Marmot")
    Endorsement.objects.filter(pk=one.pk).update(name="Ocelot")
    assert (found(page, "zebraf"), found(page, "ocelo")) == ([], ["Ocelot"])
    other.name = "Tapir"
    other.save()
    assert (found(page, "marm"), found(page, "apir")) == ([], ["Tapir"])
    Endorsement.objects.bulk_update([one], ["role"])
    with connection.cursor() as cursor:  # as a former release writes it
        cursor.execute("UPDATE endorsements_endorsement SET name = 'Quetzal', folded = '' WHERE id = %s", [one.pk])
    assert found(page, "ocelo") == []
    fill_search_texts(timezone.now())
    assert found(page, "quetz") == ["Quetzal"]
    Endorsement.objects.filter(pk=other.pk).delete()
    assert found(page, "tapir") == []
    assert found(page, "quetz") == ["Quetzal"]


def test_the_index_answers(home: Any) -> None:
    page = open_declaration()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")  # as for many rows
    plan = Endorsement.objects.filter(folded__contains_words=["zebrafinch", "ab"]).explain()
    index = index_of(Endorsement._meta.get_field("folded"))
    assert (f"Bitmap Index Scan on {index}" if connection.vendor == "postgresql" else f"{index} VIRTUAL TABLE INDEX 0:M") in plan, plan
    assert not re.search(r"Seq Scan|SCAN endorsements_endorsement\b", plan), plan
    assert SignatoryList(page, {"q": "zebrafinch"}).total == 0


def test_an_index_that_a_migration_dropped_is_made_again(home: Any) -> None:
    page = open_declaration()
    index = index_of(Endorsement._meta.get_field("folded"))
    lost = f"DROP TRIGGER {index}_changed" if connection.vendor == "sqlite" else f"DROP INDEX {index}"
    with connection.cursor() as cursor:
        cursor.execute(lost)
    [row] = list_names(page, "Zebrafinch")
    Endorsement.objects.filter(pk=row.pk).update(name="Ocelot")
    make_indexes(app_config=apps.get_app_config("endorsements"), using="default")
    assert (found(page, "zebraf"), found(page, "ocelo")) == ([], ["Ocelot"])
