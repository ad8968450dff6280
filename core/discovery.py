"""Modules that register something when they are imported: emails, scheduled work, signals."""

from importlib import import_module


def register_modules(app: str, *names: str) -> None:
    """Import the modules `names` of `app` for what they register. Called by an AppConfig once all apps are loaded."""
    for name in names:
        import_module(f"{app}.{name}")
