"""As whom somebody is looking: a choice among what they may be, never a right by itself."""

from typing import Final

from accounts.models import Membership, StaffRole, User

BUYER: Final = "buyer"
SELLER: Final = "seller"
ARBITRATOR: Final = "arbitrator"
ADMINISTRATOR: Final = "administrator"

SESSION_KEY: Final = "role"

_ROLE_OF_KIND: Final[dict[str, str]] = {
    StaffRole.Kind.ARBITRATOR: ARBITRATOR,
    StaffRole.Kind.LEAD: ARBITRATOR,
    StaffRole.Kind.ADMINISTRATOR: ADMINISTRATOR,
}


def available_roles(user: User) -> tuple[str, ...]:
    """The roles this person may look as, the one they most likely came for first; everybody may buy."""
    held = StaffRole.objects.filter(user=user).values_list("kind")
    sells = Membership.objects.filter(user=user).values_list("role")
    found = {_ROLE_OF_KIND.get(kind, SELLER) for (kind,) in held.union(sells)}
    return (*(role for role in (ARBITRATOR, ADMINISTRATOR, SELLER) if role in found), BUYER)


def acting_as(chosen: str | None, roles: tuple[str, ...]) -> str:
    """The chosen role while it is still available, else the first."""
    return chosen if chosen in roles else roles[0]
