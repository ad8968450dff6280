"""The proof that the site works. `./run test` runs it all; `tests/__main__.py` says in which parts."""
