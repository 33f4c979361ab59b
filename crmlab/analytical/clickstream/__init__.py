"""What is somebody looking for on the web site? Types, stages and pages that adapt (lab X11).

The parts: `paths` turns page views into counts, `evidence` scores them under Markov chains;
`features` describes a session in numbers, with k-means as the foil; `chains` finds types of
users by EM or learns them from labels; `recognition` says how well and how early they are
recognised; `stages` has the hidden Markov model of the buying process; `morphing` adapts pages
to the recognised type.
"""

from crmlab.analytical.clickstream.chains import MarkovMixture, MarkovRecogniser, compare_types
from crmlab.analytical.clickstream.features import kmeans_types, session_features
from crmlab.analytical.clickstream.morphing import TemplateBandit
from crmlab.analytical.clickstream.recognition import TypeMatch, match_types, recognition_by_click
from crmlab.analytical.clickstream.stages import StageHMM

__all__ = [
    "MarkovMixture",
    "MarkovRecogniser",
    "StageHMM",
    "TemplateBandit",
    "TypeMatch",
    "compare_types",
    "kmeans_types",
    "match_types",
    "recognition_by_click",
    "session_features",
]
