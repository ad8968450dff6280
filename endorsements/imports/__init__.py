"""Lists of signatories from spreadsheets."""
