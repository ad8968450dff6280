"""The only writers of a state: of a sign-on (`sign_on`), of an endorsement by its holder (`endorsing`) and by the secretariat
(`moderating`), of deliveries (`delivering`). Every verb is atomic, may be called twice, and writes the audit log."""
