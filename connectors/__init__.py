"""What is known about each platform: how to fetch it and what its records mean."""
