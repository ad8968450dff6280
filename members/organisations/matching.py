"""Match names, countries and websites to the organisations that the coalition knows."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db.models import QuerySet

from members.identity.keys import organisation_key, sort_key, web_domain
from members.models import Organisation, OrganisationKey
from members.models.derived import numbers

# Returns the primary key of the organisation with a name, country and website, or None.
Matcher = Callable[[str, str, str], int | None]
_COMPARED = ("name", "acronym", "aliases", "more_domains", "country", "website")


def organisations_with(keys: Iterable[int]) -> QuerySet[Organisation]:
    """The organisations with one of these stored keys, and those of which none are stored yet."""
    with_key = OrganisationKey.objects.filter(key__in=list(keys)).values_list("organisation_id", flat=True)
    underived = Organisation.objects.filter(is_derived=False).values_list("pk", flat=True)
    return Organisation.objects.filter(pk__in={*with_key, *underived}).only(*_COMPARED)


def match_organisation(name: str, country: str, website: str) -> Organisation | None:
    """Return the organisation with this web domain, else with this name in this country; None without exactly one match.

    Other names and domains of an organisation match like its main ones.
    """
    keys = {f"same:{organisation_key(name, '', '')}", f"domain:{web_domain(website)}"}
    found = _matcher(organisations_with(numbers(keys)))(name, country, website)
    return Organisation.objects.filter(pk=found).first()


def organisation_matcher() -> Matcher:
    """Return a function that matches like `match_organisation`, for the thousands of rows of an import: it reads all organisations once."""
    return _matcher(Organisation.objects.only(*_COMPARED))


def _matcher(organisations: QuerySet[Organisation]) -> Matcher:
    by_domain: dict[str, set[int]] = defaultdict(set)
    by_name: dict[str, set[int]] = defaultdict(set)
    for organisation in organisations.iterator(chunk_size=500):
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


def match_keys(names: Iterable[str], websites: Iterable[str], country: str) -> set[str]:
    """Return the keys under which an organisation may be found: web domains, names, and names with country."""
    keys = {f"site:{domain}" for domain in map(web_domain, websites) if domain}
    for name in filter(None, map(str.strip, names)):
        keys |= {f"name:{sort_key(name)}", organisation_key(name, country, "")}
    return keys - {"name:"}


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
