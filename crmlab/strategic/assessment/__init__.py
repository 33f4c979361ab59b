"""How able is a firm to manage its customers? Assessment, benchmark and roadmap, SCHEMA-style."""

from crmlab.strategic.assessment.assess import LEVELS, Assessment, assess, blind_spots, level_of
from crmlab.strategic.assessment.evidence import EVIDENCE, Evidence, ask, evidence
from crmlab.strategic.assessment.mapping import (
    BLOCKS,
    EIGHT_BLOCKS,
    FIVE_PROCESSES,
    FRAMEWORKS,
    IDIC,
    PROCESSES,
    SCHEMA_STYLE,
    VALUE_CHAIN,
    mapping,
    seen_through,
)
from crmlab.strategic.assessment.roadmap import Roadmap, importance, roadmap

__all__ = [
    "BLOCKS",
    "EIGHT_BLOCKS",
    "EVIDENCE",
    "FIVE_PROCESSES",
    "FRAMEWORKS",
    "IDIC",
    "LEVELS",
    "PROCESSES",
    "SCHEMA_STYLE",
    "VALUE_CHAIN",
    "Assessment",
    "Evidence",
    "Roadmap",
    "ask",
    "assess",
    "blind_spots",
    "evidence",
    "importance",
    "level_of",
    "mapping",
    "roadmap",
    "seen_through",
]
