"""Identity: keys that tell organisations and people apart, countries, and the form fields for them."""
