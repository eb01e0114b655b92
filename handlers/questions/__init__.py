"""What people ask instead of command: numbers, each with the rows that sum to it (domain.md D17, E.11)."""
