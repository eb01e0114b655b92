"""Products: what is sold, and which one a line means (domain.md A.12)."""

from collections.abc import Sequence

from sqlalchemy import Text as SqlText
from sqlalchemy import cast, func, or_

from handlers import permits
from handlers.context import Context
from handlers.nouns import Noun
from handlers.presenting import common, money
from models.base import Json
from models.errors import Ambiguous, Invalid
from models.money.product import Product
from models.normal import company_key
from models.rows import fetch_all

KNOWN = 8  # products that a refusal names


def find_product(ctx: Context, ref: str, number: int) -> Product:
    """The product of line `number` (from 0) by code, name, alias, or an unambiguous part of name or alias.

    Raises `Invalid` that names what there is, or `Ambiguous` whose field is the path of that line's product.
    """
    said = company_key(ref)
    candidates = _like(ctx, ref.strip(), said) if said else []
    exact = [product for product in candidates if said in _keys(product)]
    found = exact or [product for product in candidates if any(said in key for key in _keys(product))]
    if len(found) == 1:
        return found[0]
    if found:
        raise Ambiguous(f"lines.{number}.product", ref, [(product.code, product.name) for product in found])
    raise Invalid("lines", f"没有产品「{ref}」", _known(ctx), "请用产品的编号、名称或别名")


def _like(ctx: Context, ref: str, said: str) -> list[Product]:
    """What the database thinks similar; spelling is compared afterwards."""
    parts = {ref.lower(), said.lower()}
    texts = [func.lower(column) for column in (Product.code, Product.name, cast(Product.aliases, SqlText))]
    near = or_(*[text.contains(part, autoescape=True) for text in texts for part in parts])
    found = fetch_all(ctx.db, Product, Product.is_active, near, order_by=[Product.id])
    return found or fetch_all(ctx.db, Product, Product.is_active, order_by=[Product.id])


def _keys(product: Product) -> list[str]:
    return [company_key(name) for name in (product.code, product.name, *product.aliases)]


def _known(ctx: Context) -> str:
    found = fetch_all(ctx.db, Product, Product.is_active, order_by=[Product.id], limit=KNOWN + 1)
    names = "、".join(product.name for product in found[:KNOWN])
    return f"现有产品：{names}{' 等' if len(found) > KNOWN else ''}" if found else "还没有录入任何产品"


def present(ctx: Context, rows: Sequence[Product]) -> list[Json]:
    """Products as the API shows them."""
    return [
        {
            "code": row.code,
            "name": row.name,
            "price": money(row.price_fen),
            "unit": row.unit,
            "stock": row.stock,
            "aliases": row.aliases,
            "is_active": row.is_active,
            **common(ctx, row),
        }
        for row in rows
    ]


PRODUCT = Noun(
    name="product", plural="products", title="产品", model=Product, gate=permits.public, present=present,
    named=("name",), columns=("code", "name", "unit", "stock", "is_active"),
    filters={"alias": lambda _ctx, said: Product.aliases.contains([said])},
)  # fmt: skip
