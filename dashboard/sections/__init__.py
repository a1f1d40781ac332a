"""What pages show of one subject."""
