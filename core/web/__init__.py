"""What stands between a request and a view: cache, security headers, limits, redirects."""
