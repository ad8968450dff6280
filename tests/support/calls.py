"""How often a function is called, and with what."""

from typing import Any

import pytest


def record_calls(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[Any]:
    """Let the function of one argument work as before; the list holds the argument of each call."""
    original, arguments = getattr(module, name), []

    def recorded(argument: Any) -> Any:
        arguments.append(argument)
        return original(argument)

    monkeypatch.setattr(module, name, recorded)
    return arguments
