"""Several people may have one page of a form open: what a colleague saved meanwhile is not overwritten unread."""

import hashlib
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from .public_form import PublicForm


class EditConflictForm(PublicForm):
    """A form over what is stored, given to it as `initial`, that finds conflicts field by field.

    `seen` travels with the page: a fingerprint of what was stored in each field when the page was shown. A field that comes back as it
    was keeps what is stored now. Where both changed the field, it is invalid: its error quotes the colleague's text, and sending the page
    once more is a decision. What comes back without `seen` counts as written now.
    """

    @property
    def seen(self) -> str:
        return " ".join(f"{name}:{_fingerprint(self._stored(name))}" for name in self.fields)

    def full_clean(self) -> None:
        conflicts = self._merge_stored() if self.is_bound else {}
        super().full_clean()
        for name, stored in conflicts.items():
            choices: dict[Any, Any] = dict(getattr(self.fields[name], "choices", ()))
            theirs = Truncator(", ".join(str(choices.get(one, one)) for one in stored) or _("nothing")).chars(300)
            explanation = _(
                "Something else was saved here meanwhile, by a colleague or by you in another window: “%(words)s”. "
                "Yours is not saved: send this page again if it shall stand instead."
            )
            self.add_error(name, explanation % {"words": theirs})

    def _merge_stored(self) -> dict[str, list[str]]:
        """Put what is stored now into the fields that came back unchanged. Returns what is stored in those that both have changed."""
        conflicts, data = {}, self.data.copy()
        for name, fingerprint in self._fingerprints_sent():
            stored, sent = self._stored(name), _as_sent(self[name].value())
            if _fingerprint(stored) == fingerprint or stored == sent:
                continue
            if _fingerprint(sent) == fingerprint:
                data.setlist(name, stored)
            else:
                conflicts[name] = stored
        self.data = data
        return conflicts

    def _fingerprints_sent(self) -> list[tuple[str, str]]:
        sent = dict(pair.partition(":")[::2] for pair in str(self.data.get("seen", "")).split())
        return [(name, sent[name]) for name in self.fields if name in sent]

    def _stored(self, name: str) -> list[str]:
        field = self.fields[name]
        return _as_sent(field.prepare_value(self.get_initial_for_field(field, name)))


def _as_sent(value: Any) -> list[str]:
    """What the browser sends back of it, however it ends lines: a text, nothing when empty, or one text for each box that is ticked."""
    values = value if isinstance(value, list) else [value]
    texts = (str(one).replace("\r\n", "\n").strip() for one in values if one not in (None, False))
    return sorted(filter(None, texts))


def _fingerprint(texts: list[str]) -> str:
    return hashlib.blake2s("\n".join(texts).encode(), digest_size=4).hexdigest()
