"""The made-up community as a Discord server."""
