"""Which organisation known to the coalition has this name, country or website?"""

from collections import defaultdict
from collections.abc import Callable

from members.identity.keys import organisation_key, web_domain
from members.models import Organisation

# From name, country and website to the primary key of an organisation of the coalition.
Recogniser = Callable[[str, str, str], int | None]


def known_organisation(name: str, country: str, website: str) -> Organisation | None:
    """The coalition's organisation with this web domain, else with this name in this country; None when there is none, or several.

    Its other names and domains count as much.
    """
    return Organisation.objects.filter(pk=recogniser()(name, country, website)).first()


def recogniser() -> Recogniser:
    """The same for many at once. A coalition knows hundreds of organisations, not thousands: all are looked at, in one query."""
    by_site: dict[str, set[int]] = defaultdict(set)
    by_name: dict[str, set[int]] = defaultdict(set)
    for organisation in Organisation.objects.only("name", "acronym", "aliases", "more_domains", "country", "website"):
        pk, seat = organisation.pk, str(organisation.country or "")
        for site in (organisation.website, *organisation.domains):
            by_site[web_domain(site)].add(pk)
        for known in filter(None, (organisation.name, organisation.acronym, *organisation.other_names)):
            by_name[organisation_key(known, seat, "")].add(pk)
    by_site.pop("", None)

    def recognise(name: str, country: str, website: str) -> int | None:
        # One without a seat works everywhere, so its name alone is looked at.
        same_name = by_name.get(organisation_key(name, country, ""), set()) | by_name.get(organisation_key(name, "", ""), set())
        found = by_site.get(web_domain(website)) or same_name
        return next(iter(found)) if len(found) == 1 else None

    return recognise


def add_names_and_domains(organisation: Organisation, *, names: list[str], websites: list[str]) -> None:
    """Match it by these too. Does not save."""
    known = {name.casefold() for name in (organisation.name, organisation.acronym, *organisation.other_names)}
    lines = organisation.other_names
    for name in (name.strip() for name in names):
        if name and name.casefold() not in known:
            known.add(name.casefold())
            lines.append(name)
    organisation.aliases = "\n".join(lines)
    domains = organisation.domains
    own = web_domain(organisation.website)
    domains += [domain for domain in dict.fromkeys(map(web_domain, websites)) if domain and domain not in (own, *domains)]
    organisation.more_domains = "\n".join(domains)
