"""The made-up community as repositories on GitHub."""
