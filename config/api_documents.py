"""The interface's own description, and a page to read it on."""

from csp.constants import SELF
from csp.decorators import csp_update
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

import accounts.openapi  # noqa: F401 - teaches the generator our bearer tokens

schema = SpectacularAPIView.as_view()

documents = csp_update({"style-src": [SELF, "'unsafe-inline'"]})(
    SpectacularSwaggerSplitView.as_view(url_name="schema"),
)
"""Swagger's page writes style attributes, which no nonce can allow; its script comes from an address of its own."""
