"""All ready policies in one place; each lives on the floor that it belongs to.

>>> from crmlab import policies
>>> policies.newsletter(every_weeks=2)
newsletter(every_weeks=2)
"""

from crmlab.operational.campaigns import (
    conversion,
    interruption,
    newsletter,
    nothing,
    random_timing,
)
from crmlab.operational.consent import permission
from crmlab.operational.rules import (
    cart_rule,
    lifecycle,
    sense_and_respond,
    standing,
    together,
)

__all__ = [
    "cart_rule",
    "conversion",
    "interruption",
    "lifecycle",
    "newsletter",
    "nothing",
    "permission",
    "random_timing",
    "sense_and_respond",
    "standing",
    "together",
]
