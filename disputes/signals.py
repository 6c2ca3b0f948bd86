"""The one signal: the journal grew. It only hurries the relay, which also comes by itself."""

from django.dispatch import Signal

journal_grew = Signal()
