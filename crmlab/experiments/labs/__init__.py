"""Claims of the labs, one file a lab; every file here is loaded by `crmlab.experiments.claims`."""
