"""A Django cache in the memory of this process, for small values that belong to one version of the public content.

Unlike `LocMemCache` it gives back the very object that was stored, so reading costs nothing. It is for values that nobody changes: texts,
tuples, frozen dataclasses. It holds values of one version at a time, and at most `MAX_BYTES` of them; those read longest ago go first.
"""

import pickle
import time
from collections import OrderedDict
from threading import Lock
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

MAX_BYTES = 8 * 1024 * 1024
_UNPICKLABLE_BYTES = 4096
_OVERHEAD = 200


class _Store:
    """What all threads share: the values of one version by key, each with its size and the time it expires."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.version: Any = None
        self.size = 0
        self.values: OrderedDict[Any, tuple[Any, int, float]] = OrderedDict()

    def clear(self, version: Any = None) -> None:
        self.version, self.size = version, 0
        self.values.clear()

    def discard(self, key: Any) -> bool:
        found = self.values.pop(key, None)
        self.size -= found[1] if found else 0
        return found is not None


_stores: dict[str, _Store] = {}


class VersionMemory(BaseCache):
    """The cache. A key may be any hashable value; the version is that of the content (`core.web.page_cache.content_version`)."""

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._store = _stores.setdefault(name, _Store())
        self._max_bytes = params.get("OPTIONS", {}).get("MAX_BYTES", MAX_BYTES)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        store = self._store
        with store.lock:
            found = store.values.get(key) if store.version == version else None
            if found is None or found[2] < time.monotonic():
                return default
            store.values.move_to_end(key)
            return found[0]

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Store the value, unless it alone is too large."""
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        expires = float("inf") if seconds is None else time.monotonic() + seconds
        size, store = _size_of(value) + _OVERHEAD, self._store
        with store.lock:
            if store.version != version:
                store.clear(version)
            store.discard(key)
            if size > self._max_bytes:
                return
            store.values[key] = (value, size, expires)
            store.size += size
            while store.size > self._max_bytes:
                store.discard(next(iter(store.values)))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        if self.has_key(key, version):
            return False
        self.set(key, value, timeout, version)
        return True

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        if not self.has_key(key, version):
            return False
        self.set(key, self.get(key, version=version), timeout, version)
        return True

    def delete(self, key: Any, version: Any = None) -> bool:
        with self._store.lock:
            return self._store.version == version and self._store.discard(key)

    def has_key(self, key: Any, version: Any = None) -> bool:
        return self.get(key, _stores, version) is not _stores

    def clear(self) -> None:
        with self._store.lock:
            self._store.clear()


def _size_of(value: Any) -> int:
    """About how many bytes the value takes."""
    if isinstance(value, str):
        return len(value) * (1 if value.isascii() else 2)
    try:
        return 3 * len(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
    except (TypeError, AttributeError, pickle.PicklingError):
        return _UNPICKLABLE_BYTES
