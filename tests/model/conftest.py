"""The marketplace in miniature of the tests of disputes, for the walks through the house."""

from tests.disputes.conftest import order_of, published, shop

__all__ = ["order_of", "published", "shop"]
