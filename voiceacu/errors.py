"""The one error that a user sees."""


class UserError(Exception):
    """Bad input or a missing part: says what, where and what to do, for standard error.

    The command line prints the message as it is and exits with status 2. Several findings
    of one file come as several lines in one message.
    """
