"""What if m and u are both learnt on the blocked pairs? A lesson in how that fails.

Blocking leaves pairs that agree by construction: whoever shares a surname and a postcode shares
them, one person or not. Learnt on such pairs, u of the blocking fields is far too large, so their
agreement seems to tell nothing, and the share of matches is that of the candidates. The two
classes that EM then finds need not be "one person" and "two people" at all.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from crmlab.analytical.linkage.em import Candidates, Model, bits_of, shares_of
from crmlab.analytical.linkage.fellegi_sunter import FellegiSunter


class NaiveEM(FellegiSunter):
    """Fellegi and Sunter's model with u learnt from the blocked pairs, as it should not be.

    Parameters and attributes are those of `FellegiSunter`; no random pair is drawn and no
    household thought of.
    """

    def _learn(self, records: pd.DataFrame, pairs: Candidates) -> Model:
        sizes, count = self.plan_.sizes, pairs.count
        m = [x / x.sum() for x in (np.linspace(0.1, 1, size) ** 3 for size in sizes)]
        u, share = [m_k[::-1] for m_k in m], 0.5
        for _ in range(500):
            bits = np.clip(bits_of(pairs.levels, m, u) + np.log2(share / (1 - share)), -500, 500)
            match = count / (1 + 2**-bits)
            m, u = (
                shares_of(pairs.levels, sizes, match),
                shares_of(pairs.levels, sizes, count - match),
            )
            before, share = share, float(np.clip(match.sum() / max(count.sum(), 1), 1e-6, 1 - 1e-6))
            if abs(share - before) < 1e-6:
                break
        return Model(m, u, u, share, 0.0)
