"""The verbs of rewards: `offering` (the catalogue), `taking` (vouchers and services), `caring` (the rule, and who is asked)."""
