"""Accounts that act like bots, and of which nobody has said whether they are.

One row per account that is no bot, not of staff, and the only one of its person:

account_id: the account
reasons: what speaks for a bot, in words
posts: how many conversations it opened
answered: those that another person answered
answers: how often it answered something
first_date, last_date: local dates of its first participation and of its last one

It is asked where it is shown, and not built: hardly anybody looks.
"""

from pathlib import Path

ROBOTS = Path(__file__).with_name("robots.sql").read_text(encoding="utf-8")
