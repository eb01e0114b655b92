"""On which platform a person hears, and who stands behind a notice: read once in a transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from handlers.context import Context
from models.company.people import ChannelAccount, Person
from models.rows import fetch_all


@dataclass(frozen=True)
class Addressee:
    """A person, active or not, with the accounts by platform."""

    person: Person
    accounts: Mapping[str, ChannelAccount]


def known(ctx: Context, idents: Iterable[int]) -> dict[int, Addressee]:
    """Those of them that exist, by id."""
    wanted = dict.fromkeys(idents)
    memo: dict[int, Addressee] = ctx.memo.setdefault(Addressee, {})
    if missing := [ident for ident in wanted if ident not in memo]:
        accounts: dict[int, dict[str, ChannelAccount]] = {}
        for account in fetch_all(ctx.db, ChannelAccount, ChannelAccount.person_id.in_(missing)):
            accounts.setdefault(account.person_id, {})[account.platform] = account
        for person in fetch_all(ctx.db, Person, Person.id.in_(missing)):
            memo[person.id] = Addressee(person, accounts.get(person.id, {}))
    return {ident: memo[ident] for ident in wanted if ident in memo}


def address(ctx: Context, idents: Iterable[int], prefer: str | None) -> dict[int, ChannelAccount]:
    """The account to tell, of the active ones who have any: the platform last used, else where the matter started,
    else WeCom first."""
    chosen = {}
    for ident, one in known(ctx, idents).items():
        order = [one.person.last_platform, prefer, "wecom", "dingtalk"]
        if one.person.is_active and one.accounts:
            chosen[ident] = next(one.accounts[name] for name in order if name is not None and name in one.accounts)
    return chosen
