"""How do customers differ, and which differences pay? Segments from records.

The three families of data mining that the lecture names, and two older habits of the trade:

* `behaviour`: what customers did, as of a moment; what they need; what they brought afterwards.
* `rfm_cells`: `RFMCells`: recency, frequency and value in fifths (Hughes 1994).
* `tiers`: `value_tiers`: most valuable, most growable, below zero (Peppers and Rogers).
* `clusters`: `Clusters`: k-means, and how many.
* `latent`: `LatentClasses`: a mixture of kinds of customer, with probabilities of membership.
* `tree`: `TreeSegments`: rules that part those who will bring much from those who will not.
* `network`: `NetworkBands`: bands of the score of a small neural network.
* `profiles`: what distinguishes a segment, in figures and in words.
* `grades`: how well segments fit.
* `pilot`, `lesson`: what a treatment did to each segment of a randomised pilot.

Every method has ``fit(X, y=None)`` and ``segment(X)``, which puts any customer, new ones too,
into one of its ``segments_``. Which of them leads to the best decisions is not seen from a fit:
`crmlab.experiments.segment_policies` measures it.
"""

from crmlab.analytical.segments.base import OneSegment, Segmenter
from crmlab.analytical.segments.behaviour import behaviour, margin_between, need_shares
from crmlab.analytical.segments.clusters import Clusters, choose_k
from crmlab.analytical.segments.grades import compare_by_fit
from crmlab.analytical.segments.latent import LatentClasses, choose_classes
from crmlab.analytical.segments.lesson import Lesson, lesson
from crmlab.analytical.segments.network import NetworkBands
from crmlab.analytical.segments.pilot import effects_by_segment
from crmlab.analytical.segments.profiles import describe, lifts, profile
from crmlab.analytical.segments.rfm_cells import RFMCells, hughes_columns
from crmlab.analytical.segments.tiers import TIERS, Borders, value_tiers
from crmlab.analytical.segments.tree import TreeSegments

__all__ = [
    "TIERS",
    "Borders",
    "Clusters",
    "LatentClasses",
    "Lesson",
    "NetworkBands",
    "OneSegment",
    "RFMCells",
    "Segmenter",
    "TreeSegments",
    "behaviour",
    "choose_classes",
    "choose_k",
    "compare_by_fit",
    "describe",
    "effects_by_segment",
    "hughes_columns",
    "lesson",
    "lifts",
    "margin_between",
    "methods",
    "need_shares",
    "profile",
    "value_tiers",
]


def methods(seed: int = 0) -> dict[str, Segmenter]:
    """All ways to segment by behaviour, ready to be fitted and compared, by name.

    The first puts everybody into one segment: the foil of all others.

    >>> list(methods())
    ['one for all', 'RFM cells', 'k-means', 'latent classes', 'tree', 'network']
    """
    return {
        "one for all": OneSegment(),
        "RFM cells": RFMCells(),
        "k-means": Clusters(seed=seed),
        "latent classes": LatentClasses(seed=seed),
        "tree": TreeSegments(seed=seed),
        "network": NetworkBands(seed=seed),
    }
