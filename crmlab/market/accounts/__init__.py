"""The market between firms: a few hundred accounts instead of many people (the pack ``b2b``)."""
