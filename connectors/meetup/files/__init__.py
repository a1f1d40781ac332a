"""Meetup's history files: lists that organisers download, and archives of events."""
