"""The demo marketplace: invented people, shops and goods, and their disputes in every stage of every platform.

Everything is done through the same services as in life, at moments of the past that the travelling clock is set to,
so the journal of a demo case is as true as any. Only where the clock can travel.
"""
