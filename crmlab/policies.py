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
from crmlab.strategic.five_processes import FiveProcesses
from crmlab.strategic.idic import IDIC
from crmlab.strategic.mass import MassMarketing
from crmlab.strategic.one_to_one import (
    attract_capture_engage,
    customisation,
    face,
    personalisation,
)
from crmlab.strategic.portfolio.strategies import (
    one_strategy,
    random_strategies,
    seven_strategies,
)
from crmlab.strategic.reap_policy import REAP
from crmlab.strategic.tiers import PortfolioTiers
from crmlab.strategic.value_chain import ValueChain

__all__ = [
    "IDIC",
    "REAP",
    "FiveProcesses",
    "MassMarketing",
    "PortfolioTiers",
    "ValueChain",
    "attract_capture_engage",
    "cart_rule",
    "conversion",
    "customisation",
    "face",
    "interruption",
    "lifecycle",
    "newsletter",
    "nothing",
    "one_strategy",
    "permission",
    "personalisation",
    "random_strategies",
    "random_timing",
    "sense_and_respond",
    "seven_strategies",
    "standing",
    "together",
]
