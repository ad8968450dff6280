"""Recorded organisations are found by stored keys: all those that reading every one of them would find, and few others."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members.models import Organisation, OrganisationKey
from members.models.derived import derive_what_others_wrote, keys_of, numbers
from members.organisations import known
from members.organisations.known import Claim, Known, judge, recorded
from members.organisations.matching import match_organisation, organisation_matcher
from tests.support.members import make_organisation

WORDS = """
    Association Federation Union Nurses Midwives Doctors Health Workers Kampala Lira Zambia Gambia Physiotherapists Anaesthesiologists Gulu
    Community Internationale Zusammenarbeit Pharmacists Hope Wemos Kenya Uganda Rural Clinics Organisation Médecins Frontières Santé
    Gesundheitsarbeiter Lékarská Komora Ärztekammer Mother Child Okapi Baobab Zebu Una Sol 2030 1998 Союз медсестёр जनस्वास्थ्य 健康联盟
"""
LOOK_ALIKE = str.maketrans("aeopcxi", "аеорсхı")


def _edit(text: str, chance: random.Random) -> str:
    """One slip of the pen."""
    at = chance.randrange(len(text))
    letter = chance.choice("aeinrstz")
    swapped = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    return chance.choice((text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :], swapped)) or text


def _edit_a_word(name: str, chance: random.Random) -> str:
    words = name.split()
    at = chance.randrange(len(words))
    words[at] = _edit(words[at], chance)
    return " ".join(words)


MUTATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "same": lambda name, chance: name,
    "upper": lambda name, chance: name.upper(),
    "slip": _edit,
    "slip in a word": _edit_a_word,
    "swap in the middle": lambda name, chance: name[: len(name) // 2 - 1] + name[len(name) // 2 - 1 :][1::-1] + name[len(name) // 2 + 1 :],
    "shuffled": lambda name, chance: " ".join(chance.sample(name.split(), len(name.split()))),
    "joined": lambda name, chance: name.replace(" ", "", chance.randrange(1, 4)),
    "split": lambda name, chance: f"{name[: len(name) // 2]} {name[len(name) // 2 :]}",
    "look-alikes": lambda name, chance: name.translate(LOOK_ALIKE),
    "legal form": lambda name, chance: chance.choice((f"{name} e.V.", f"Stichting {name}", f"The {name} Ltd")),
    "inside": lambda name, chance: f"{chance.choice(WORDS.split())} {name} {chance.choice(WORDS.split())}",
    "run on": lambda name, chance: f"{name.replace(' ', '')}ists {chance.choice(name.split())}",
    "abbreviated": lambda name, chance: " ".join(word[: chance.randrange(3, 9)] for word in name.split()),
    "initials": lambda name, chance: "".join(word[0] for word in name.split()),
    "a word less": lambda name, chance: " ".join(name.split()[1:]) or name,
    "digits": lambda name, chance: name.replace("o", "0").replace("l", "1"),
}


def _name(chance: random.Random) -> str:
    return " ".join(chance.sample(WORDS.split(), chance.randrange(1, 6)))


def _organisations(number: int, chance: random.Random) -> list[Organisation]:
    names = list(dict.fromkeys(_name(chance) for _number in range(number)))
    return [
        Organisation(
            pk=pk,
            name=name,
            slug=f"org-{pk}",
            acronym=chance.choice((*[""] * 12, "".join(word[0] for word in name.split()).upper(), "W H O", "PSI")),
            aliases=chance.choice((*[""] * 4, _name(chance), f"{_name(chance)}\nPSI Africa")),
            website=chance.choice(("", f"https://org{pk}.example/en")),
            country=chance.choice(("", "UG", "KE")),
        )
        for pk, name in enumerate(names, 1_000_000)
    ]


def _claims(names: list[str], number: int, chance: random.Random) -> list[tuple[str, Claim]]:
    claims = []
    for _number in range(number):
        kinds = chance.sample(sorted(MUTATIONS), chance.choice((1, 1, 2, 3)))
        name = chance.choice(names)
        for kind in kinds:
            name = MUTATIONS[kind](name, chance) or name
        acronym = chance.choice(("", "", "PSI", "W.H.O.", "PSI Africa", _name(chance)))
        claims.append((", ".join(kinds), Claim((name,), acronym, f"https://org{1_000_000 + chance.randrange(400)}.example")))
    return claims


class Everybody(known._Index):
    """Compares with all, and looks up nobody by a key."""

    def __init__(self, everybody: list[Known]) -> None:
        super().__init__(everybody)
        self.everybody = set(everybody)

    def _candidates(self, typed: Any, claim: Claim) -> set[Known]:
        return self.everybody


@pytest.mark.one_database
def test_the_keys_find_whoever_reading_all_would_find() -> None:
    chance = random.Random(1871)
    rows = _organisations(400, chance)
    everybody = [recorded(row, is_member=False) for row in rows]
    index, by_key = Everybody(everybody), defaultdict(set)
    common = Counter(word for one in everybody for name in one.shapes for word in name.words)
    for row, one in zip(rows, everybody, strict=True):
        for number in numbers(keys_of(row, common)):
            by_key[number].add(one)
    claims = _claims([name for row in rows for name in (row.name, *row.other_names)], 4000, chance)
    alike, looked_at = 0, 0
    for kinds, claim in claims:
        found: set[Known] = {one for number in numbers(known._keys_of(claim)) for one in by_key.get(number, ())}
        missed = index._alike(claim).keys() - found
        assert not missed, (kinds, claim.names, claim.acronym, [one.name for one in missed])
        alike, looked_at = alike + len(index._alike(claim)), looked_at + len(found)
    assert alike > len(claims)
    assert looked_at / len(claims) < len(rows) / 5  # although their names are made of few words


def test_a_judgement_is_the_same_as_over_all_organisations(db: None) -> None:
    chance = random.Random(2030)
    Organisation.objects.bulk_create(_organisations(150, chance))
    for row in Organisation.objects.filter(pk__gte=1_000_000)[:60]:
        row.memberships.create(category="member")
    assert Organisation.objects.filter(is_derived=False).count() > 100
    members = set(Organisation.objects.filter(memberships__category="member").values_list("pk", flat=True))
    everybody = [recorded(row, is_member=row.pk in members) for row in Organisation.objects.order_by("pk")]
    index = Everybody([*sorted(everybody, key=lambda one: not one.is_member), *known._famous()])
    names = [name for row in Organisation.objects.all() for name in (row.name, *row.other_names)]
    matcher = organisation_matcher()
    claims = _claims(names, 60, chance)
    for is_derived in (False, True):
        for kinds, claim in claims:
            [found], expected = judge([claim]), index.judge(claim)
            told = [(one.name if one else None) for one in (found.proven_as, found.resembles, expected.proven_as, expected.resembles)]
            assert told[:2] == told[2:], (kinds, claim, is_derived)
            match = match_organisation(claim.names[0], "UG", "")
            assert (match.pk if match else None) == matcher(claim.names[0], "UG", "")
        derive_what_others_wrote(None)  # type: ignore[arg-type]
        assert not Organisation.objects.filter(is_derived=False).exists()


def test_whoever_writes_an_organisation_it_is_found(db: None) -> None:
    row = make_organisation("Nurses of Gulu", website="https://gulu.example")

    def resembles(name: str) -> Any:
        [found] = judge([Claim((name,), address="a@x.example")])
        return found.resembles and found.resembles.organisation_id

    assert resembles("Nurse of Gulu") == row.pk
    # A bulk write, or a release that knows no keys: what was derived is of another name now.
    Organisation.objects.filter(pk=row.pk).update(name="Okapi Clinic")
    assert (resembles("Okapi Clinics"), resembles("Nurses of Gulu")) == (row.pk, None)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_organisation SET aliases = 'Zebu Trust' WHERE id = %s", [row.pk])
    assert resembles("The Zebu Trust") == row.pk
    assert derive_what_others_wrote(None) == "1 derived"  # type: ignore[arg-type]
    assert (resembles("Zebu Trust"), resembles("Okapi Clinic"), resembles("Nurses of Gulu")) == (row.pk, row.pk, None)
    with connection.cursor() as cursor:  # a former release deletes it, and leaves its keys
        cursor.execute("DELETE FROM members_membership WHERE organisation_id = %s", [row.pk])
        cursor.execute("DELETE FROM members_organisation WHERE id = %s", [row.pk])
    assert resembles("Okapi Clinic") is None
    derive_what_others_wrote(None)  # type: ignore[arg-type]
    assert not OrganisationKey.objects.filter(organisation_id=row.pk).exists()


def test_no_judgement_reads_a_whole_table(db: None) -> None:
    Organisation.objects.bulk_create(_organisations(300, random.Random(7)))
    derive_what_others_wrote(None)  # type: ignore[arg-type]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with CaptureQueriesContext(connection) as queries:
        judge([Claim(("Okapi Clinic of Gulu",), "OCG", "https://org7.example", "a@x.example")])
        match_organisation("Okapi Clinic of Gulu", "UG", "https://org7.example")
    assert queries.captured_queries
    for query in queries.captured_queries:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # which would rather read so few rows all
                cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{query['sql']}")
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        for table in ("members_organisation", "members_organisationkey"):
            assert f"SCAN {table}\n" not in f"{plan}\n", plan
            assert f"Seq Scan on {table} " not in plan, plan
