"""How are the events of one person in one week told apart? Their place, as part of their number."""

FIRST, RENEWAL, RECOVERED, WON = 0, 899, 900, 964
"""Orders: the first of all is 0, others count from 1; the invoice of a renewed contract; won back
from lost carts; won by a page."""
ORDER_END = 1_000
"""Sessions of orders have the order's code, below this; other sessions lie above."""
