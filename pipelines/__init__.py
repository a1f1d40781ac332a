"""The order of things: settings, steps, flows and the command line."""
