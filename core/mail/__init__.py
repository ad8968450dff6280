"""Every email: written with the change it tells of, sent later, visible in the admin."""
