"""A real PostgreSQL and a real Valkey under HOME for whoever gave no addresses of his own.

They run while anybody holds a lease on them: a user is a shared lock on `HOME/stores/users.lock`, which the
system lets go whatever way a process ends. One detached keeper (keeper.py) starts the stores, and ends them and
itself when nobody is left. So commands side by side share one pair, and nothing survives its last user for long.
"""

from bot.embedded.lease import Lease as Lease
from bot.embedded.lease import Stores as Stores
from bot.embedded.lease import stores as stores
from bot.embedded.processes import StoreError as StoreError
