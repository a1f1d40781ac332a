/*
grain = "One row per decision about who is who, as the file of decisions has it."
unique = ["number"]
not_null = ["number", "what", "accounts", "is_undone"]

[columns]
number = "Its number in the file"
decided_at = "When, UTC; null: the file does not say"
decided_by = "Who decided it; null: the file does not say"
what = "merge: one person has these accounts; split: this account is of nobody else; reject: these accounts are of different people; bot: no person has this account; not-bot: a person has it, whatever it acts like; undo: an earlier decision counts no more"
accounts = "The accounts, as the file has them"
why = "The reason; null: none is given"
undoes = "Of an undo: the number of the decision"
is_undone = "An undo that itself was not undone takes it back"
*/
select
    number
    , decided_at
    , decided_by
    , what
    , accounts
    , why
    , undoes
    , is_undone
from facts.decisions
