"""The made-up community as chapters of a Meetup Pro network."""
