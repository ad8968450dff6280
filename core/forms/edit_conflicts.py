"""Forms that several people may have open at once: a colleague's change is never overwritten silently."""

import hashlib
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from .public_form import PublicForm


class EditConflictForm(PublicForm):
    """A form for stored values, given to it as `initial`, that detects conflicts field by field.

    The page sends back `fingerprints`, a hash of each field's stored value when the page was shown. A field that the user left unchanged
    takes the value stored now. A field that both changed is invalid: the error quotes the colleague's value, and sending the page again
    replaces it. A field without a fingerprint is saved as sent.
    """

    @property
    def fingerprints(self) -> str:
        return " ".join(f"{name}:{fingerprint(self._stored(name))}" for name in self.fields)

    def full_clean(self) -> None:
        conflicts = self._take_stored_values() if self.is_bound else {}
        super().full_clean()
        for name, stored in conflicts.items():
            choices: dict[Any, Any] = dict(getattr(self.fields[name], "choices", ()))
            theirs = Truncator(", ".join(str(choices.get(one, one)) for one in stored) or _("nothing")).chars(300)
            explanation = _(
                "Something else was saved here meanwhile, by a colleague or by you in another window: “%(words)s”. "
                "Yours is not saved: send this page again if it shall stand instead."
            )
            self.add_error(name, explanation % {"words": theirs})

    def _take_stored_values(self) -> dict[str, list[str]]:
        """Fill the fields that the user left unchanged with their stored values. Returns the stored values of the fields in conflict."""
        conflicts, data = {}, self.data.copy()
        for name, was in self._fingerprints_sent():
            stored, sent = self._stored(name), _as_sent(self[name].value())
            if fingerprint(stored) == was or stored == sent:
                continue
            if fingerprint(sent) == was:
                data.setlist(name, stored)
            else:
                conflicts[name] = stored
        self.data = data
        return conflicts

    def _fingerprints_sent(self) -> list[tuple[str, str]]:
        sent = dict(pair.partition(":")[::2] for pair in str(self.data.get("fingerprints", "")).split())
        return [(name, sent[name]) for name in self.fields if name in sent]

    def _stored(self, name: str) -> list[str]:
        field = self.fields[name]
        return _as_sent(field.prepare_value(self.get_initial_for_field(field, name)))


def _as_sent(value: Any) -> list[str]:
    """The value as browsers send it, with "\n" as line end: one text, none if it is empty, or one for each ticked box."""
    values = value if isinstance(value, list) else [value]
    texts = (str(one).replace("\r\n", "\n").strip() for one in values if one not in (None, False))
    return sorted(filter(None, texts))


def fingerprint(texts: list[str]) -> str:
    return hashlib.blake2s("\n".join(texts).encode(), digest_size=4).hexdigest()
