"""What one platform calls otherwise than the rest, inside sentences that are the same for all.

The second review is 复审 on Taobao and Tmall and 申诉 on Xianyu and AliExpress; Xianyu says 客服介入 where the
others say 平台介入. English has one name for each. A review on the platform's own motion is nobody's 申诉 and
keeps its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

APPEAL: Final[Mapping[str, str]] = {
    "依职权复审": "依职权复审",
    "决定复审": "决定复审",
    "进行复审": "进行复审",
    "作出复审结果": "作出申诉处理结果",
    "平台复审处理结果": "平台复审处理结果",
    "平台复审中": "平台处理申诉中",
    "正在复审": "正在处理申诉",
    "申请复审": "申诉",
    "复审申请": "申诉",
    "复审": "申诉",
}
"""The longer phrase wins."""
OWN_TERMS: Final[Mapping[str, Mapping[str, str]]] = {
    "xianyu": {**APPEAL, "平台介入": "客服介入"},
    "aliexpress": APPEAL,
}


def in_terms_of(platform: str, text: object) -> str:
    """A sentence with what this platform calls otherwise; `platform` may be a pack's name (`xianyu.general`)."""
    terms = OWN_TERMS.get(platform.partition(".")[0])
    if terms is None:
        return str(text)
    phrases = "|".join(sorted(terms, key=len, reverse=True))
    return re.sub(phrases, lambda found: terms[found[0]], str(text))
