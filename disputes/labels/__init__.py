"""Codes in people's words. The engine and the journal speak codes; only these modules know languages.

Words of a pack's own document win over the generic ones here.
"""

from disputes.labels.refusals import FIELD_PROBLEMS, REFUSALS, field_sentence, refusal_sentence

__all__ = ["FIELD_PROBLEMS", "REFUSALS", "field_sentence", "refusal_sentence"]
