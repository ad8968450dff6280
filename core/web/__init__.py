"""HTTP plumbing around the views: page cache, security headers, rate limits, redirects."""
