"""Entitlement sheets 应得测算单: what teams, departments and institutions are due by rules of their own."""
