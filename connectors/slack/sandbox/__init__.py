"""The made-up community as a Slack workspace."""
