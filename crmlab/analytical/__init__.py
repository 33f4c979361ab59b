"""Analytical CRM: from records to insight. Everything here sees tables only."""
