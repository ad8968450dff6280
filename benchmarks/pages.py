"""What is measured: an address for each kind of page that readers have, and for each list in the admin."""

from benchmarks.content.words import DECLARATION_SLUG as SLUG
from tests.support.public_pages import KINDS, NEWS

DECLARATION = f"{NEWS}{SLUG}/"
POST = f"{NEWS}nurses-in-gulu-win-back-their-pay-0/"
MEMBER = "/members/ndola-clinical-officers-society-5/"
NOT_KEPT = "not-kept=1"

# The addresses whose cost must not grow with the content.
READERS = {
    **{kind: address for kind, address in KINDS.items() if kind not in ("style guide", "verify", "snippet", "year", "author")},
    "post": POST,
    "second page": f"{NEWS}?page=2",
    "year": f"{NEWS}2021/",
    "author": f"{NEWS}authors/author-0/",
    "listing of a topic": f"{NEWS}?topic=gender-equity",
    "everything filtered": f"{NEWS}?kind=opinion&topic=gender-equity&year=2020",
    "search for a common word": "/search/?q=health",
    "search with facets": "/search/?q=health&kind=opinion&year=2019",
    "search for two words": "/search/?q=rural+clinics",
    "search in vain": "/search/?q=nosuchword",
    "open declaration": DECLARATION,
    "its signatories": f"{DECLARATION}signatories/",
    "its signatories, page 2": f"{DECLARATION}signatories/?page=2",
    "its signatories of a country": f"{DECLARATION}signatories/?country=UG",
    "its signatories of a letter": f"{DECLARATION}signatories/?letter=M",
    "its signatories who are people": f"{DECLARATION}signatories/?kind=person",
    "its signatories found": f"{DECLARATION}signatories/?q=okafor",
    "its signatories not found": f"{DECLARATION}signatories/?q=nosuchname",
    "all its signatories": f"{DECLARATION}signatories/all/",
    "its versions": f"{DECLARATION}versions/",
    "its snippet": f"{DECLARATION}snippet/",
    "its count": f"{DECLARATION}count.json",
    "its badge": f"{DECLARATION}badge.svg",
    "endorse": f"{DECLARATION}endorse/",
    "members of a kind": "/members/?kind=union",
    "members found": "/members/?q=midwives",
    "member with answers": MEMBER,
    "feed": "/feeds/all.rss",
    "feed of a topic": "/feeds/topic/gender-equity.json",
    "sitemap": "/sitemap.xml",
    "not found": "/no/such/page/",
}
ADMIN = {
    "dashboard": "/admin/",
    "explorer": "/admin/pages/",
    "explorer of the news": "/admin/pages/{news}/",
    "page search": "/admin/pages/search/?q=health",
    "posts": "/admin/posts/",
    "posts search": "/admin/posts/?q=health",
    "declarations": "/admin/all-declarations/",
    "queue": "/admin/endorsement-queue/",
    "names that wait": "/admin/endorsement-queue/names/",
    "endorsement": "/admin/endorsements/{waiting}/",
    "endorsements like it": "/admin/endorsements/{waiting}/alike/",
    "merging endorsements": "/admin/endorsements/{waiting}/merge/",
    "endorsements": "/admin/endorsements/",
    "endorsements search": "/admin/endorsements/?q=okafor",
    "member answers": "/admin/member-answers/",
    "reminding members": "/admin/member-answers/{declaration}/chase/",
    "organisations": "/admin/snippets/members/organisation/",
    "organisations search": "/admin/snippets/members/organisation/?q=midwives",
    "organisation": "/admin/snippets/members/organisation/inspect/{organisation}/",
    "applications": "/admin/applications/",
    "application": "/admin/applications/{application}/",
    "ballots": "/admin/ballots/",
    "profile changes": "/admin/profile-changes/",
    "coverage": "/admin/coverage/",
    "deliveries": "/admin/deliveries/",
    "emails": "/admin/mail/",
    "site history": "/admin/reports/site-history/",
    "authors": "/admin/snippets/news/author/",
}


def not_kept(address: str) -> str:
    """The address with an unknown parameter, which keeps the page out of the cache."""
    return f"{address}{'&' if '?' in address else '?'}{NOT_KEPT}"
