"""What the admin views of every room share: confirm then act, export, audit, records, the deletion guard."""
