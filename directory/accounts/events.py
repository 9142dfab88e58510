"""What accounts announce, for packages above. Ids and codes only."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTaken:
    """Somebody accepted a role that was offered to their mailbox. `role` is a code of `permissions.Role`."""

    user_id: UUID
    role: str
