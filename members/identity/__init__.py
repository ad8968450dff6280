"""Who is the same: keys of organisations and people, countries, and the fields they are typed into."""
