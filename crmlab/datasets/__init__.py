"""Which data can I work with at once? Three sets that the package generates, and a real one.

>>> from crmlab import datasets
>>> list(datasets.load("own_log"))
['receipt', 'client', 'day', 'amount']
>>> len(datasets.load("corner_shop").customers)
500

The sets lie in ``datasets/`` of the repository, each with a datasheet. Where the package is
installed without the repository they are generated, each when it is first asked for, into
the user's cache, and a line on the standard error says so.
"""

from crmlab.datasets.public import fetch
from crmlab.datasets.regenerate import build, check
from crmlab.datasets.shelf import catalogue, load, path, truth

__all__ = ["build", "catalogue", "check", "fetch", "load", "path", "truth"]
