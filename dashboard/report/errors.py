"""What can be wrong with a report; each message says what to do."""


class ReportError(Exception):
    """A report cannot be made, issued or read."""


class BadReportCall(ReportError):
    """What was asked does not exist: a quarter, an event, a sponsor, a form, a locale."""
