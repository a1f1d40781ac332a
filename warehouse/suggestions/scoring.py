"""How much speaks for two accounts being one person's: Splink compares them, by a trained model."""

import logging
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

from warehouse import versions
from warehouse.suggestions.comparisons import COMPARISONS, Comparison

MODEL = Path(__file__).with_name("model.json")
ACCOUNTS, PAIRS = "accounts", "pairs"
# Where it is built, Splink makes tables of its own: never in the warehouse.
THREADS = 2


class Model(msgspec.Struct, frozen=True):
    """What was learned from the made-up community: see tests/benchmarks/training.py.

    `prior` is the share of the compared pairs that are one person's. `chances` tell of the levels
    of each comparison, and of none of them, how often they hold of accounts of one person, and of
    two people's. `curve` are points (odds in bits, probability), with straight lines between them.
    """

    prior: float
    chances: dict[str, list[tuple[float, float]]]
    curve: list[tuple[float, float]]


@cache
def model() -> Model:
    """Return the model that comes with the package."""
    return msgspec.json.decode(MODEL.read_bytes(), type=Model)


def compared(accounts: pa.Table, pairs: pa.Table, by: Model) -> pa.Table:
    """Return of each pair the odds that one person has both, and what is alike.

    `accounts` has the columns of features.sql, `pairs` account_a and account_b. The columns are
    account_a, account_b, bits (the logarithm of the odds), reasons (the strongest first), and for
    each comparison the level that holds: counted from the last, 0 is none, -1 unknown.
    """
    from splink import DuckDBAPI, Linker  # a second to import, and most builds need it not

    with versions.connect() as con:
        con.execute(f"set threads = {THREADS}")
        con.register("given_accounts", accounts)
        con.execute(f"create table {ACCOUNTS} as from given_accounts")
        con.register("given_pairs", pairs)
        con.execute(
            f"create table {PAIRS} as select account_a as join_key_l, account_b as join_key_r,"
            " '0' as match_key from given_pairs"
        )
        api = DuckDBAPI(con)
        accounts_given = api.register(ACCOUNTS)
        # To check settings that never change takes longer than to compare thousands of pairs.
        linker = Linker(
            accounts_given, _settings(by), log_level=logging.ERROR, validate_settings=False
        )
        linker.table_management.register_blocked_pairs_for_predict(api.register(PAIRS))
        scored = linker.inference.predict(warning_mode="never").physical_name
        return con.execute(_told(scored, by)).to_arrow_table()


def _settings(by: Model) -> Any:
    import splink.comparison_level_library as levels
    import splink.comparison_library as comparisons
    from splink import SettingsCreator, block_on

    def made(comparison: Comparison) -> Any:
        chances = by.chances[comparison.name]
        found: list[Any] = [levels.CustomLevel(comparison.unknown).configure(is_null_level=True)]
        conditions = [level.condition for level in comparison.levels]
        for condition, (m, u) in zip([*conditions, "else"], chances, strict=True):
            level = levels.ElseLevel() if condition == "else" else levels.CustomLevel(condition)
            found.append(level.configure(m_probability=m, u_probability=u))
        return comparisons.CustomComparison(found, output_column_name=comparison.name)

    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="account_id",
        probability_two_random_records_match=by.prior,
        comparisons=[made(comparison) for comparison in COMPARISONS],
        # The pairs are given: nothing is found by this rule.
        blocking_rules_to_generate_predictions=[block_on("account_id")],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )


def _told(scored: str, by: Model) -> str:
    """The SELECT of scored pairs with reasons."""
    reasons, gammas = [], []
    for comparison in COMPARISONS:
        gamma = f"gamma_{comparison.name}"
        gammas.append(f"{gamma}::tinyint as {comparison.name}")
        amount = len(comparison.levels)
        for place, level in enumerate(comparison.levels):
            m, u = by.chances[comparison.name][place]
            if level.reason and 2 * m > u:
                said = f"{{'strength': {m / u}, 'reason': {level.reason}}}"
                reasons.append(f"case when {gamma} = {amount - place} then {said} end")
    listed = ", ".join(reasons)
    return f"""
        with sides as (
            select scored.*, columns(l.*) as '\\0_l', columns(r.*) as '\\0_r'
            from (
                select account_id_l as a, account_id_r as b, match_weight, columns('^gamma_')
                from {scored}
            ) as scored
            join {ACCOUNTS} as l on l.account_id = scored.a
            join {ACCOUNTS} as r on r.account_id = scored.b
        )
        select
            a as account_a
            , b as account_b
            , match_weight as bits
            , list_transform(
                list_sort(list_filter([{listed}], lambda x: x is not null), 'desc')
                , lambda x: x.reason
            ) as reasons
            , {", ".join(gammas)}
        from sides
    """
