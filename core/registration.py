"""Importing modules that register something: emails, scheduled work, signals."""

from importlib import import_module


def register_modules(app: str, *names: str) -> None:
    """Import modules of an app. Called by `AppConfig.ready`."""
    for name in names:
        import_module(f"{app}.{name}")
