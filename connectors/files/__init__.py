"""The same platforms, read from files that a community already has."""
