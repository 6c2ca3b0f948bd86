"""Cases for the lab to look at."""

from __future__ import annotations

from typing import Any

import pytest

from disputes.services.sweeping import sweep_until_done


@pytest.fixture
def cases(lan: Any, order_of: Any, file: Any, does: Any, travel: Any) -> dict[str, str]:
    """One case that ended by silence, one that was agreed on the fourth day, one that runs since an hour."""
    silent, agreed = file(order_of()).number, file(order_of()).number
    travel(days=4)
    does(lan, "seller", agreed, "accept")
    travel(days=2)
    sweep_until_done(sweeper="test")
    fresh = file(order_of()).number
    travel(hours=1)
    return {"silent": silent, "agreed": agreed, "fresh": fresh}
