"""Normal forms by which records are compared (domain.md E.8)."""

from models.normal.company import CompanyName, Likeness, company_core, company_key, company_name, jaccard, likeness
from models.normal.person import email_key
from models.normal.phone import e164, is_transfer_number, normal_phone
from models.normal.text import simplified
from models.normal.uscc import normal_uscc

__all__ = [
    "CompanyName", "Likeness", "company_core", "company_key", "company_name", "e164", "email_key",
    "is_transfer_number", "jaccard", "likeness", "normal_phone", "normal_uscc", "simplified",
]  # fmt: skip
