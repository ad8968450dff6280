"""All limits on emails that somebody outside can cause, in one table, and how they are counted.

Counts are in the database (`core.web.throttle`), so that all processes and hosts agree. A limit of network or site is told on the screen,
and what was typed stays there (`core.links.limits`); a limit of the recipient is told to nobody outside: the email is kept back, and the
secretariat can send it (`core.mail.limits`). The limits on endorsements themselves are in `endorsements.signing.limits`.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .throttle import LimitExceeded, hit, peek

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` in one `window`, counted by `scope` and a key. `words` tell the secretariat which limit it is."""

    scope: str
    most: int
    window: timedelta
    words: str | Promise

    def __str__(self) -> str:
        return str(self.words) % {"most": self.most}

    def hit(self, key: str) -> LimitExceeded | None:
        """Count one more."""
        return hit(self.scope, key, limit=self.most, window=self.window)

    def peek(self, key: str) -> LimitExceeded | None:
        """What `hit` would return, without counting."""
        return peek(self.scope, key, limit=self.most - 1, window=self.window)


# Told on the screen. An office, a hospital or a whole country may share one network address.
FROM_NETWORK = Limit("mail.network", 60, HOUR, _("%(most)d times an hour from one network, for each form"))
ON_SITE = Limit("mail.site", 3 * settings.ENDORSEMENTS_PER_HOUR, HOUR, _("%(most)d emails an hour from all forms of the site"))

# Told to nobody outside. The recipient is the canonical address: A.da+x@GoogleMail.com is ada@gmail.com.
TO_RECIPIENT = Limit("mail.recipient", 10, DAY, _("%(most)d emails a day to one address from our forms"))
# A flood of one kind leaves room for the others.
OF_ONE_KIND = Limit("mail.kind", 8, DAY, _("%(most)d emails of one kind a day to one address from our forms"))
# The domain that somebody registered, with all below it; not that of a free mail provider.
TO_DOMAIN = Limit("mail.domain", 200, HOUR, _("%(most)d emails an hour to one domain from our forms"))
# Emails that Django and Wagtail send: error reports, notes to editors.
OF_THE_SITE = Limit("mail.of_the_site", 60, HOUR, _("%(most)d emails an hour to one address about the site itself"))
# No limit, but a count for each submission in the name of an address.
ASKED_FOR = Limit("mail.asked_for", 10_000, HOUR, "")
# Emails caused by somebody who has opened a link of ours, so whose address is theirs: to themselves, or to the secretariat.
BY_HOLDER = Limit("mail.holder", 40, DAY, _("%(most)d emails a day to one address about its own endorsements and applications"))
