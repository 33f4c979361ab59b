"""Operational CRM: from insight to action. Policies that a firm's software would carry out."""
