"""The made-up community as groups of a Meetup Pro network."""
