"""One address for each kind of public page, for the tests that every kind must pass."""

NEWS = "/news/"
POSTS = {
    "briefing": "briefing-recording-and-resources-why-and-how-civil-society-can-contribute-to-the-4th-round-of-who-code-reporting",
    "declaration": "come-together-for-bold-civil-society-action-for-human-resources-for-health",
    "news": "a-renewed-lively-and-democratic-civil-society-coalition",
    "key messages": "key-messages-from-public-services-international-psi-on-the-who-code-of-practice-in-the-context-of-covid-19",
    "spotlight": "member-spotlight-denis-bukenya",
    "open letter": "invest-in-health-workers-for-the-present-covid-19-crisis-and-future-health-system-resilience",
    "opinion": "how-does-the-international-migration-of-health-professionals-affect-gender-equity-in-the-health-workforce",
    "statement": "statement-on-abduction-dr-magombeyi",
    "event report": "three-takeaways-from-the-72nd-world-health-assembly",
}
DELIVERED = f"{NEWS}a-health-worker-for-everyone-everywhere/"
KINDS = {
    "home": "/",
    "listing": NEWS,
    "filtered listing": "/news/?kind=opinion&year=2019",
    "year": "/news/2020/",
    "author": "/news/authors/katie-fox/",
    **{kind: f"{NEWS}{slug}/" for kind, slug in POSTS.items()},
    "delivered declaration": DELIVERED,
    "signatories": f"{DELIVERED}signatories/",
    "signatories of a country": f"{DELIVERED}signatories/?country=IT",
    "all signatories": f"{DELIVERED}signatories/all/",
    "versions": f"{DELIVERED}versions/",
    "version": f"{DELIVERED}versions/1.0/",
    "snippet": f"{DELIVERED}snippet/",
    "verify": "/verify/",
    "why": "/why/",
    "goals": "/goals/",
    "what we did": "/what-we-did/",
    "about": "/about/",
    "working groups": "/working-groups/",
    "working group": "/working-groups/migration-of-health-workers/",
    "members": "/members/",
    "members of a country": "/members/?country=KE",
    "member": "/members/wemos/",
    "members in numbers": "/members/numbers/",
    "join": "/join/",
    "contact": "/contact/",
    "search": "/search/?q=nurse",
    "style guide": "/styleguide/",
}
# Pages with a form: private, and looked at in a browser as all are.
FORMS = {"endorse": f"{NEWS}{POSTS['declaration']}/endorse/", "endorse as a person": f"{NEWS}{POSTS['declaration']}/endorse/?as=person"}
# What a reader meets when an address is wrong, with the status it must have.
ERRORS = {
    "not found": ("/no-such-page/", 404),
    "unknown filter": ("/news/?kind=gossip", 404),
    "unknown filter of members": ("/members/?country=XX", 404),
    "unreadable address": ("/news/?page=%00", 400),
}
