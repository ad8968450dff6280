"""The secretariat's pages: moving a sign-on, and deciding on endorsements."""
