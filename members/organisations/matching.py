"""Match names, countries and websites to the organisations that the coalition knows."""

from collections import defaultdict
from collections.abc import Callable

from members.identity.keys import organisation_key, web_domain
from members.models import Organisation

# Returns the primary key of the organisation with a name, country and website, or None.
Matcher = Callable[[str, str, str], int | None]


def match_organisation(name: str, country: str, website: str) -> Organisation | None:
    """Return the organisation with this web domain, else with this name in this country; None without exactly one match.

    Other names and domains of an organisation match like its main ones.
    """
    return Organisation.objects.filter(pk=organisation_matcher()(name, country, website)).first()


def organisation_matcher() -> Matcher:
    """Return a function that matches like `match_organisation`, for many calls: it loads all organisations (hundreds) in one query."""
    by_domain: dict[str, set[int]] = defaultdict(set)
    by_name: dict[str, set[int]] = defaultdict(set)
    for organisation in Organisation.objects.only("name", "acronym", "aliases", "more_domains", "country", "website"):
        pk, country = organisation.pk, str(organisation.country or "")
        for website in (organisation.website, *organisation.domains):
            by_domain[web_domain(website)].add(pk)
        for name in filter(None, (organisation.name, organisation.acronym, *organisation.other_names)):
            by_name[organisation_key(name, country, "")].add(pk)
    by_domain.pop("", None)

    def match(name: str, country: str, website: str) -> int | None:
        # An organisation without a country works worldwide, so its name alone decides.
        same_name = by_name.get(organisation_key(name, country, ""), set()) | by_name.get(organisation_key(name, "", ""), set())
        found = by_domain.get(web_domain(website)) or same_name
        return next(iter(found)) if len(found) == 1 else None

    return match


def add_names_and_domains(organisation: Organisation, *, names: list[str], websites: list[str]) -> None:
    """Add names and web domains that the organisation does not have yet. Does not save."""
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
