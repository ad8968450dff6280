"""The public directory: list, map, growth and a page for each organisation."""
