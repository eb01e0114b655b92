"""On which platform a person hears, and who stands behind a notice: read once in a transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, bindparam, func

from handlers.context import Context
from models.company.people import ChannelAccount, Person
from models.rows import freeze, query
from models.statement import Statement


@dataclass(frozen=True)
class Addressee:
    """A person, active or not, with the accounts by platform."""

    person: Person
    accounts: Mapping[str, ChannelAccount]


_THEM = func.any(bindparam("people", type_=ARRAY(BigInteger)))
_PEOPLE = Statement(query(Person, Person.id == _THEM))
_ACCOUNTS = Statement(query(ChannelAccount, ChannelAccount.person_id == _THEM))


def known(ctx: Context, idents: Iterable[int]) -> dict[int, Addressee]:
    """Those of them that exist, by id."""
    wanted = dict.fromkeys(idents)
    memo: dict[int, Addressee] = ctx.memo.setdefault(Addressee, {})
    if missing := [ident for ident in wanted if ident not in memo]:
        accounts: dict[int, dict[str, ChannelAccount]] = {}
        for row in _ACCOUNTS.rows(ctx.db, {"people": missing}):
            account = freeze(ChannelAccount, row)
            accounts.setdefault(account.person_id, {})[account.platform] = account
        for row in _PEOPLE.rows(ctx.db, {"people": missing}):
            person = freeze(Person, row)
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
