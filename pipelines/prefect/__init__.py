"""All that knows Prefect: the flows, their server, their schedule."""
