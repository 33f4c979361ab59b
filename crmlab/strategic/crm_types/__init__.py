"""Strategic, operational, analytical, collaborative, social: the types of CRM as modules."""

from crmlab.strategic.crm_types.channel_choice import ChannelBandit, OneChannel
from crmlab.strategic.crm_types.choosing import ADVISED, RULES, Profile, advice, points, shares
from crmlab.strategic.crm_types.data_needs import data_needs, held
from crmlab.strategic.crm_types.modules import NO_TYPE, TYPES, CRMTypes
from crmlab.strategic.crm_types.trends import TRENDS, trends
from crmlab.strategic.crm_types.vignettes import vignettes

__all__ = [
    "ADVISED",
    "NO_TYPE",
    "RULES",
    "TRENDS",
    "TYPES",
    "CRMTypes",
    "ChannelBandit",
    "OneChannel",
    "Profile",
    "advice",
    "data_needs",
    "held",
    "points",
    "shares",
    "trends",
    "vignettes",
]
