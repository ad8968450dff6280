"""Content of a site at several sizes, made in bulk: `python -m benchmarks.content FOLDER [SIZE…]` makes `FOLDER/SIZE/db.sqlite3`."""
