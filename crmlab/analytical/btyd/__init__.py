"""Buy till you die: from purchase histories to who is still there and what is to come."""

from crmlab.analytical.btyd.bgbb import BGBB
from crmlab.analytical.btyd.bgnbd import BGNBD, MBGNBD
from crmlab.analytical.btyd.boundary import BoundaryWarning
from crmlab.analytical.btyd.discounting import rate_per_period
from crmlab.analytical.btyd.mbgcnbd import MBGCNBD
from crmlab.analytical.btyd.nbd import NBD
from crmlab.analytical.btyd.paretonbd import ParetoNBD
from crmlab.analytical.btyd.timing import interval_logs

__all__ = [
    "BGBB",
    "BGNBD",
    "MBGCNBD",
    "MBGNBD",
    "NBD",
    "BoundaryWarning",
    "ParetoNBD",
    "interval_logs",
    "rate_per_period",
]
