"""Which customers, and treated how? The lecture models as policies and tables.

A model that acts (IDIC, the lifecycle, one-to-one marketing, the portfolio strategies) is a policy
here: from what the firm sees to a decision. What simulates again to judge it (factorials, oracles,
"remove this customer") is in `experiments`.
"""
